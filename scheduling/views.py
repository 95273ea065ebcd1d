"""Find a time, book it, see it, give it back."""

from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.models import Clinic, Practitioner, User

from . import booking
from .forms import BookingForm, WaitlistForm, chosen_day, chosen_slot
from .joining import can_join
from .models import Appointment, Offer, WaitlistEntry
from .openings import open_slots

MOVE_CHOICES = 48  # times that are named to whoever moves


@require_safe
@login_required
def clinics(request):
    """First: which clinic?"""
    return render(request, "scheduling/clinics.html", {"clinics": Clinic.objects.filter(availabilities__isnull=False).distinct()})


@require_safe
@login_required
def doctors(request, clinic):
    """Then: which doctor?"""
    clinic = get_object_or_404(Clinic, pk=clinic)
    return render(request, "scheduling/doctors.html", {"clinic": clinic, "doctors": _doctors_of(clinic)})


@require_safe
@login_required
def times(request, clinic, doctor):
    """The free times of a doctor, one day at a time, on the reader's clock."""
    clinic, doctor = clinic_and_doctor(clinic, doctor)
    days = _by_day(open_slots(doctor, clinic))
    day = chosen_day(request.GET, list(days))
    page = {"clinic": clinic, "doctor": doctor, "days": list(days), "day": day, "slots": days.get(day, [])}
    page["waitlist"] = WaitlistForm(user=request.user)
    return render(request, "scheduling/times.html", page | _clock(clinic))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def book(request, clinic, doctor):
    """Confirm a time and book it."""
    clinic, doctor = clinic_and_doctor(clinic, doctor)
    slot = chosen_slot(request.POST or request.GET)
    form = BookingForm(request.POST or None, user=request.user, initial={"patient": request.GET.get("patient")})
    page = {"clinic": clinic, "doctor": doctor, "slot": slot, "form": form} | _clock(clinic)
    facts = {"practitioner": doctor, "clinic": clinic, "by": request.user}
    try:
        if not form.is_bound:
            booking.hold(slot, **facts)
        if not form.is_valid():
            return render(request, "scheduling/book.html", page, status=400 if form.is_bound else 200)
        appointment = booking.book(slot, **facts, **form.cleaned_data)
    except booking.SlotTaken as taken:  # the one refusal with choices of its own
        return render(request, "scheduling/taken.html", page | {"sentence": taken, "slots": taken.alternatives}, status=409)
    return redirect("scheduling:appointment", pk=appointment.pk)


@require_safe
@login_required
def mine(request):
    """Appointments of the reader and of those they act for."""
    appointments = Appointment.objects.of_patient(request.user).select_related("patient", "practitioner", "clinic")
    past = appointments.exclude(pk__in=appointments.upcoming().values("pk")).order_by("-start")[:20]
    page = {"upcoming": appointments.upcoming(), "past": past}
    page["offers"] = Offer.objects.of_patient(request.user).select_related("entry__patient", "entry__practitioner")
    page["waiting"] = WaitlistEntry.objects.of_patient(request.user).select_related("patient", "practitioner")
    return render(request, "scheduling/mine.html", page)


@require_safe
@login_required
def appointment(request, pk):
    """One appointment: when, where, and the door to it."""
    found = get_object_or_404(Appointment.objects.visible_to(request.user), pk=pk)
    audit.record(request.user, "appointment.read", found)
    own = Appointment.objects.of_patient(request.user).filter(pk=pk).exists()
    page = {"appointment": found, "can_join": own and can_join(found), "can_cancel": own and _can_cancel(found)}
    return render(request, "scheduling/appointment.html", page | _clock(found.clinic))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def move(request, pk):
    """The same appointment at another time of the same doctor."""
    found = get_object_or_404(Appointment.objects.of_patient(request.user).booked(), pk=pk)
    page = {"appointment": found, "slots": open_slots(found.practitioner, found.clinic, kind=found.kind)[:MOVE_CHOICES]}
    if request.method != "POST":
        return render(request, "scheduling/move.html", page | _clock(found.clinic))
    try:
        booking.move(found, chosen_slot(request.POST), by=request.user)
    except booking.SlotTaken as taken:
        page = {"clinic": found.clinic, "doctor": found.practitioner, "appointment": found, "sentence": taken}
        return render(request, "scheduling/move.html", page | {"slots": taken.alternatives} | _clock(found.clinic), status=409)
    return redirect("scheduling:appointment", pk=found.pk)


@require_POST
@login_required
def cancel(request, pk):
    """Give the time back."""
    booking.cancel(get_object_or_404(Appointment.objects.of_patient(request.user), pk=pk), by=request.user)
    return redirect("scheduling:mine")


def _can_cancel(appointment):
    return appointment.status == Appointment.Status.BOOKED and appointment.end > timezone.now()


def _doctors_of(clinic):
    """Doctors with openings in this clinic."""
    openings = clinic.availabilities.values("practitioner")
    return clinic.practitioners.filter(user__role=User.Role.DOCTOR, user__is_active=True, pk__in=openings)


def clinic_and_doctor(clinic, doctor) -> tuple[Clinic, Practitioner]:
    clinic = get_object_or_404(Clinic, pk=clinic)
    return clinic, get_object_or_404(_doctors_of(clinic), pk=doctor)


def _by_day(slots):
    """Slots by the reader's calendar day."""
    return {day: list(free) for day, free in groupby(slots, key=lambda slot: timezone.localdate(slot.start))}


def _clock(clinic):
    """The clinic's clock is shown too when it is not the reader's."""
    return {"clinic_zone": clinic.time_zone if clinic.time_zone != timezone.get_current_timezone_name() else ""}

"""Find a time, book it, see it, give it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Clinic, Practitioner, User

from . import booking, calendars, clock, ics
from .forms import BookingForm, FollowForm, PersonForm, by_day, chosen_day, chosen_slot, picked
from .models import Appointment, CalendarFeed, Offer, WaitlistEntry
from .openings import horizon, open_slots


@require_safe
@login_required
def clinics(request):
    """First: which clinic?"""
    weekly_or_once = Q(availabilities__isnull=False) | Q(openings__end__gt=timezone.now())
    return render(request, "scheduling/clinics.html", {"clinics": Clinic.objects.filter(weekly_or_once).distinct()})


@require_safe
@login_required
def doctors(request, clinic):
    """Then: which doctor? Where there is one only, nobody is asked."""
    clinic = get_object_or_404(Clinic, pk=clinic)
    found = doctors_of(clinic)
    if len(found) == 1:
        return redirect("scheduling:times", clinic.pk, found[0].pk)
    return render(request, "scheduling/doctors.html", {"clinic": clinic, "doctors": found})


@require_safe
@login_required
def times(request, clinic, doctor):
    """The free times of a doctor, one day at a time, on the reader's clock."""
    clinic, doctor = clinic_and_doctor(clinic, doctor)
    kinds = clinic.visit_types.filter(is_offered=True)
    kind = picked(kinds, request.GET.get("kind", "")) or kinds.first()
    days = by_day(open_slots(doctor, clinic, kind=kind, by=request.user))
    day = chosen_day(request.GET, list(days))
    page = {"clinic": clinic, "doctor": doctor, "days": list(days), "day": day, "slots": days.get(day, [])}
    page |= {"kinds": kinds, "kind": kind, "days_ahead": horizon(kind).days, "has_others": doctors_of(clinic).count() > 1}
    page |= {"waitlist": PersonForm(user=request.user), "held": booking.held(doctor, by=request.user)}
    return render(request, "scheduling/times.html", page | _clock(clinic))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def book(request, clinic, doctor):
    """Confirm a time and book it."""
    clinic, doctor = clinic_and_doctor(clinic, doctor)
    data = request.POST or request.GET
    slot, kind = chosen_slot(data), picked(clinic.visit_types.filter(is_offered=True), data.get("kind", ""))
    form = BookingForm(request.POST or None, user=request.user, initial={"patient": request.GET.get("patient")})
    page = {"clinic": clinic, "doctor": doctor, "slot": slot, "kind": kind, "form": form} | _clock(clinic)
    facts = {"practitioner": doctor, "clinic": clinic, "kind": kind, "by": request.user}
    try:
        if not form.is_bound:
            booking.hold(slot, **facts)
        if not form.is_valid():
            return render(request, "scheduling/book.html", page, status=400 if form.is_bound else 200)
        appointment = booking.book(slot, **facts, **form.cleaned_data)
    except booking.SlotTaken as taken:  # the one refusal with choices of its own
        return render(request, "scheduling/taken.html", page | {"sentence": taken, "slots": taken.alternatives}, status=409)
    return _say_booked(request, appointment)


def _say_booked(request, appointment):
    said = {"time": clock.said_here(appointment.start), "name": appointment.patient.name}
    messages.success(request, _("Booked for %(name)s: %(time)s. We send you a message with the link.") % said)
    return redirect("visits:ahead", pk=appointment.pk)


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


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own_calendars(request):
    """A doctor's calendars: the feed they follow elsewhere, and those elsewhere that block openings here."""
    doctor = _own_doctor(request)
    form = FollowForm(request.POST or None)
    if form.is_bound and form.is_valid():
        calendars.follow(doctor, form.cleaned_data["address"], by=request.user)
        return redirect("scheduling:calendars")
    feed = CalendarFeed.objects.filter(practitioner=doctor).first()
    address = request.build_absolute_uri(reverse("scheduling:feed", args=[feed.secret])) if feed else ""
    page = {"form": form, "feed": address, "followed": doctor.outside_calendars.annotate(busy=Count("times"))}
    return render(request, "scheduling/calendars.html", page, status=400 if form.is_bound else 200)


@require_POST
@login_required
def give_feed(request):
    """A new address for the feed; the old one ends."""
    calendars.give_feed(_own_doctor(request), by=request.user)
    return redirect("scheduling:calendars")


@require_POST
@login_required
def end_feed(request):
    """No feed any more."""
    calendars.end_feed(_own_doctor(request), by=request.user)
    return redirect("scheduling:calendars")


@require_POST
@login_required
def unfollow(request, pk):
    """An outside calendar blocks nothing any more."""
    calendars.unfollow(get_object_or_404(_own_doctor(request).outside_calendars, pk=pk), by=request.user)
    return redirect("scheduling:calendars")


@require_safe
def feed(request, secret):
    """For calendar programs: who knows the secret may read when, and nothing about whom."""
    found = get_object_or_404(CalendarFeed.objects.select_related("practitioner"), secret=secret)
    return HttpResponse(ics.feed(calendars.in_feed(found)), content_type="text/calendar; charset=utf-8")


def _own_doctor(request) -> Practitioner:
    return get_object_or_404(Practitioner, user=request.user, user__role=User.Role.DOCTOR)


def doctors_of(clinic):
    """Doctors with openings in this clinic, every week or once."""
    once = clinic.openings.filter(end__gt=timezone.now())
    open_then = Q(pk__in=clinic.availabilities.values("practitioner")) | Q(pk__in=once.values("practitioner"))
    return clinic.practitioners.doctors().filter(open_then)


def clinic_and_doctor(clinic, doctor) -> tuple[Clinic, Practitioner]:
    clinic = get_object_or_404(Clinic, pk=clinic)
    return clinic, get_object_or_404(doctors_of(clinic), pk=doctor)


def _clock(clinic):
    """The clinic's clock is shown too when it is not the reader's."""
    return {"clinic_zone": clinic.time_zone if clinic.time_zone != timezone.get_current_timezone_name() else ""}

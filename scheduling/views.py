"""Find a time, book it, give it back."""

import uuid
from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import Refused
from accounts.models import Clinic, Patient, Practitioner, User

from . import booking
from .forms import BookForm
from .models import Appointment
from .openings import open_slots


@require_safe
@login_required
def openings(request):
    """Clinic, doctor, time: each choice is a link."""
    clinics = Clinic.objects.all()
    clinic = _chosen(clinics, request.GET.get("clinic"))
    doctors = Practitioner.objects.filter(clinics=clinic, user__role=User.Role.DOCTOR)
    doctor = _chosen(doctors, request.GET.get("doctor"))
    slots = open_slots(doctor, clinic)[:120] if doctor else []
    days = [(day, list(of_day)) for day, of_day in groupby(slots, key=lambda slot: timezone.localtime(slot.start).date())]
    people = Patient.objects.acted_for_by(request.user)
    facts = {"clinics": clinics, "clinic": clinic, "doctors": doctors, "doctor": doctor, "days": days[:7], "people": people,
             "request_key": uuid.uuid4(), "other_zone": clinic and clinic.time_zone != timezone.get_current_timezone_name()}  # fmt: skip
    return render(request, "scheduling/openings.html", facts)


def _chosen(rows, pk):
    return rows.filter(pk=pk).first() if pk and pk.isdigit() else rows.first()


@require_POST
@login_required
def book(request):
    """Book a time; if it was just taken, offer the next ones."""
    form = BookForm(request.POST, user=request.user)
    if not form.is_valid():
        raise Refused(_("This time is not understood. Please choose one from the list."))
    wish = form.cleaned_data
    try:
        made = booking.book(wish.pop("slot"), **wish, by=request.user)
    except booking.SlotTaken as taken:
        facts = {**wish, "sentence": str(taken), "alternatives": taken.alternatives, "request_key": uuid.uuid4()}
        return render(request, "scheduling/taken.html", facts, status=409)
    return redirect("scheduling:appointment", pk=made.pk)


@require_safe
@login_required
def appointment(request, pk):
    """One appointment."""
    rows = Appointment.objects.visible_to(request.user).select_related("patient", "practitioner", "clinic")
    return render(request, "scheduling/appointment.html", {"appointment": get_object_or_404(rows.distinct(), pk=pk)})


@require_POST
@login_required
def cancel(request, pk):
    """Give the time back."""
    found = get_object_or_404(Appointment.objects.visible_to(request.user).distinct(), pk=pk)
    booking.cancel(found, by=request.user)
    return redirect("scheduling:appointment", pk=pk)

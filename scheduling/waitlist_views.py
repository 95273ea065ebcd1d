"""The waitlist, for patients: ask for an earlier time, answer an offer, want none any more."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from . import clock, waitlist
from .forms import PersonForm, picked
from .models import Offer, WaitlistEntry
from .views import clinic_and_doctor

ANSWERS = {"accept": waitlist.accept, "decline": waitlist.decline}


@require_POST
@login_required
def ask(request, clinic, doctor):
    """Be told when an earlier time becomes free."""
    clinic, doctor = clinic_and_doctor(clinic, doctor)
    kind = picked(clinic.visit_types.filter(is_offered=True), request.POST.get("kind", ""))
    form = PersonForm(request.POST, user=request.user)
    if form.is_valid():
        patient = form.cleaned_data["patient"]
        facts = {"practitioner": doctor, "clinic": clinic, "kind": kind, "until": waitlist.useful_until(patient, doctor)}
        waitlist.ask(patient, **facts, by=request.user)
        messages.success(request, _("You are on the waiting list. We write to you when a time becomes free."))
        return redirect("scheduling:mine")
    return redirect("scheduling:times", clinic.pk, doctor.pk)


@require_POST
@login_required
def leave(request, pk):
    """Want no earlier time any more."""
    waitlist.withdraw(get_object_or_404(WaitlistEntry.objects.of_patient(request.user), pk=pk), by=request.user)
    messages.success(request, _("You are not on the waiting list any more."))
    return redirect("scheduling:mine")


@require_POST
@login_required
def answer(request, pk, answer):
    """Take the time that became free, or let it go on to the next one."""
    offer = get_object_or_404(Offer.objects.of_patient(request.user), pk=pk)
    if answer not in ANSWERS:
        raise Http404
    ANSWERS[answer](offer, by=request.user)
    said = {"time": clock.said_here(offer.start), "name": offer.entry.patient.name}
    messages.success(request, (_("Booked for %(name)s: %(time)s") if answer == "accept" else _("Not taken: %(time)s")) % said)
    return redirect("scheduling:mine")

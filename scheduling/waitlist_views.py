"""The waitlist, for patients: ask for an earlier time, answer an offer, want none any more."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from . import waitlist
from .forms import WaitlistForm
from .models import Offer, WaitlistEntry
from .views import clinic_and_doctor

ANSWERS = {"accept": waitlist.accept, "decline": waitlist.decline}


@require_POST
@login_required
def ask(request, clinic, doctor):
    """Be told when an earlier time becomes free."""
    clinic, doctor = clinic_and_doctor(clinic, doctor)
    form = WaitlistForm(request.POST, user=request.user)
    if form.is_valid():
        waitlist.ask(form.cleaned_data["patient"], practitioner=doctor, clinic=clinic, until=form.until, by=request.user)
        return redirect("scheduling:mine")
    return redirect("scheduling:times", clinic.pk, doctor.pk)


@require_POST
@login_required
def leave(request, pk):
    """Want no earlier time any more."""
    waitlist.withdraw(get_object_or_404(WaitlistEntry.objects.of_patient(request.user), pk=pk), by=request.user)
    return redirect("scheduling:mine")


@require_POST
@login_required
def answer(request, pk, answer):
    """Take the time that became free, or let it go on to the next one."""
    offer = get_object_or_404(Offer.objects.of_patient(request.user), pk=pk)
    if answer not in ANSWERS:
        raise Http404
    ANSWERS[answer](offer, by=request.user)
    return redirect("scheduling:mine")

"""A clinician's word on urgency, and a patient's word on how it is now."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from intake.access import intake_of
from visits.access import actor
from visits.models import Visit

from . import assessment, outcomes, reassessment
from .forms import OverrideForm, ReassessmentForm


@require_POST
@login_required
def override(request, pk):
    """Change the level, with a reason."""
    visit = get_object_or_404(Visit.objects.treatable_by(request.user).open(), pk=pk)
    form = OverrideForm(request.POST)
    level, reason = form.said()
    assessment.override(visit, level, reason=reason, by=request.user)
    return redirect("desk:visit", pk=pk)


@require_POST
@login_required
def outcome(request, pk):
    """How it ended, said with one click."""
    visit = get_object_or_404(Visit.objects.treatable_by(request.user), pk=pk)
    outcomes.say(visit, request.POST.get("kind", ""), by=request.user)
    return redirect("desk:visit", pk=pk)


@require_http_methods(["GET", "POST"])
def look_again(request, pk):
    """A few questions for somebody who waits; the assistant may answer for them."""
    visit = intake_of(request, pk).visit
    reassessment.check_waiting(visit)
    form = ReassessmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reassessment.answer(visit, by=actor(request), **form.answers())
        return redirect("desk:frontdesk") if _hosts(request, visit) else redirect("visit", pk=pk)
    facts = {"visit": visit, "form": form, "hosts": _hosts(request, visit)}
    return render(request, "triage/look_again.html", facts, status=422 if form.errors else 200)


def _hosts(request, visit):
    return Visit.objects.hosted_by(request.user).filter(pk=visit.pk).exists()

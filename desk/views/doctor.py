"""The doctor's live queue, and what a doctor does with a visit."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.errors import Refused
from accounts.models import User
from visits import flow
from visits.models import Visit
from visits.states import WITH_DOCTOR

from .. import line
from ..access import only_for
from .teamwork import for_me


@require_safe
@only_for(User.Role.DOCTOR)
def queue_page(request):
    """Everybody who waits, most urgent first."""
    return render(request, "desk/queue.html", _queue(request.user))


@require_safe
@only_for(User.Role.DOCTOR)
def queue_fragment(request):
    """The live part of the queue."""
    return render(request, "desk/_queue.html", _queue(request.user))


def _queue(user):
    """The list of all doctors of these clinics, whom this one has in hand, and what colleagues want of them."""
    facts = line.facts(user.clinics)
    audit.saw(user, "queue.read", facts["visits"])
    mine = [v for v in facts["visits"] if v.state in WITH_DOCTOR and v.practitioner and v.practitioner.user_id == user.pk]
    return facts | {"mine": mine} | for_me(user)


def _treatable(request, pk):
    return get_object_or_404(Visit.objects.treatable_by(request.user), pk=pk)


@require_POST
@login_required
def call_in(request, pk):
    """The doctor is ready for this patient."""
    flow.call_in(_treatable(request, pk), by=request.user, instead="instead" in request.POST)
    return redirect("desk:visit", pk=pk)


@require_POST
@only_for(User.Role.DOCTOR)
def call_in_next(request):
    """Whoever is next; when two doctors press at once each gets somebody."""
    visit = flow.call_in_next(by=request.user)
    return redirect("desk:visit", pk=visit.pk) if visit else redirect("desk:queue")


@require_POST
@login_required
def hold(request, pk):
    """Pause this visit and look at the others."""
    flow.hold(_treatable(request, pk), by=request.user)
    return redirect("desk:queue")


@require_POST
@login_required
def resume(request, pk):
    """Go on with a visit that was paused."""
    flow.resume(_treatable(request, pk), by=request.user, instead="instead" in request.POST)
    return redirect("desk:visit", pk=pk)


@require_POST
@login_required
def break_off(request, pk):
    """The visit cannot go on, and why."""
    visit = _treatable(request, pk)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise Refused(_("Please say in a few words why the visit cannot go on."))
    flow.discontinue(visit, by=request.user, reason=reason)
    return redirect("desk:queue")

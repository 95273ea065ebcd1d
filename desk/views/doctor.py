"""The doctor's live queue, and what a doctor does with a visit."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.errors import Refused
from accounts.models import User
from video import phone
from visits import flow, load, queue
from visits.models import Acuity, Visit
from visits.states import WITH_DOCTOR, State

from ..access import only_for
from ..overtaking import explained
from ..reasons import with_reasons
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
    """All open visits of a doctor's clinics, by what the doctor can do with them now."""
    now = timezone.now()
    visits = Visit.objects.visible_to(user).open().with_people().select_related("intake")
    visits = phone.with_wishes(with_reasons(visits))
    audit.saw(user, "queue.read", visits)
    waiting = [visit for visit in visits if visit.state == State.WAITING]
    in_line = [visit for visit in waiting if visit.acuity > Acuity.RESUSCITATION]
    return for_me(user) | {
        "emergencies": [visit for visit in waiting if visit.acuity == Acuity.RESUSCITATION],
        "overloaded": load.is_overloaded(user.clinics),
        "places": explained(queue.in_order(in_line, now)),
        "later": sorted((v for v in in_line if v.waiting_since > now), key=lambda v: v.waiting_since),
        "alarms": [visit for visit in visits if visit.state == State.ARRIVED and visit.emergency_at],
        "mine": [v for v in visits if v.state in WITH_DOCTOR and v.practitioner and v.practitioner.user_id == user.pk],
    }


def _treatable(request, pk):
    return get_object_or_404(Visit.objects.treatable_by(request.user), pk=pk)


@require_POST
@login_required
def call_in(request, pk):
    """The doctor is ready for this patient."""
    flow.call_in(_treatable(request, pk), by=request.user)
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
    flow.resume(_treatable(request, pk), by=request.user)
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

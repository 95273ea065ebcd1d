"""The staff's calendars: month, week and day of a doctor or of a whole clinic."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.models import User
from scheduling import lateness
from scheduling.models import Proposal

from ..access import only_for
from ..hours_forms import LateForm
from ..plan import Plan

STAFF = (User.Role.DOCTOR, User.Role.ASSISTANT, User.Role.COORDINATOR, User.Role.ADMINISTRATOR)


@require_safe
@only_for(*STAFF)
def page(request):
    """Whose calendar, which days; a free time leads to booking it, an appointment to moving it."""
    return shown(request, Plan(request.GET, request.user))


def shown(request, plan, late=None):
    """The page of a plan; with what was typed wrongly about being late, if so."""
    if plan.is_list:
        audit.saw(request.user, "calendar.read", plan.booked)
    unanswered = Proposal.objects.live().filter(change__appointment__clinic=plan.clinic).exclude(time_off=None)
    facts = {"plan": plan, "unanswered": unanswered.order_by("time_off").values_list("time_off", flat=True).distinct()}
    if plan.doctor and plan.today in plan.days:
        facts["delay"] = delay = lateness.latest(plan.doctor)
        facts["late"] = late or LateForm(initial={"minutes": delay.minutes} if delay and delay.minutes else None)
    return render(request, "desk/calendar/page.html", facts, status=400 if late else 200)

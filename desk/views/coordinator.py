"""The coordinator's board: all clinics at a glance."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.models import User
from video import stored
from visits import queue
from visits.models import Acuity, Task, Visit
from visits.states import WITH_DOCTOR

from ..access import only_for

ROLES = (User.Role.COORDINATOR, User.Role.ADMINISTRATOR)


@require_safe
@only_for(*ROLES)
def board(request):
    """All clinics of a coordinator, for reading."""
    return render(request, "desk/board.html", _board(request.user))


@require_safe
@only_for(*ROLES)
def board_fragment(request):
    """The live part of the board."""
    return render(request, "desk/_board.html", _board(request.user))


def _board(user):
    """Per clinic: who waits, how long the longest, who is late, who is with a doctor."""
    places = [*queue.emergencies(user), *queue.of_staff(user)]
    tasks = Task.objects.visible_to(user).open().select_related("visit__patient", "visit__clinic")
    audit.saw(user, "queue.read", {place.visit for place in places} | {task.visit for task in tasks})
    busy = list(Visit.objects.visible_to(user).filter(state__in=WITH_DOCTOR).with_people())
    rows = [_row(clinic, places, busy) for clinic in user.clinics]
    facts = {"rows": rows, "places": places, "levels": Acuity.choices, "tasks": tasks}
    return facts | {"overloaded": queue.is_overloaded(user.clinics), "incomplete": stored.incomplete(user)}


def _row(clinic, places, busy):
    here = [place for place in places if place.visit.clinic_id == clinic.pk]
    return {
        "clinic": clinic,
        "levels": [(level, sum(place.visit.acuity == level for place in here)) for level in Acuity.values],
        "waiting": len(here),
        "longest": max((place.waited_minutes for place in here), default=0),
        "late": sum(place.is_late for place in here),
        "busy": [visit for visit in busy if visit.clinic_id == clinic.pk],
    }

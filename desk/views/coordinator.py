"""The coordinator's board: all clinics at a glance."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from visits import queue
from visits.models import Visit
from visits.states import WITH_DOCTOR

from ..access import only_for

ROLES = (User.Role.COORDINATOR, User.Role.ADMINISTRATOR)


@require_safe
@only_for(*ROLES)
def board(request):
    return render(request, "desk/board.html", _board(request.user))


@require_safe
@only_for(*ROLES)
def board_fragment(request):
    return render(request, "desk/_board.html", _board(request.user))


def _board(user):
    """Per clinic: who waits, how long the longest, who is late, who is with a doctor."""
    places = queue.of_staff(user)
    busy = Visit.objects.visible_to(user).filter(state__in=WITH_DOCTOR).with_people().distinct()
    rows = []
    for clinic in user.clinics.distinct():
        here = [place for place in places if place.visit.clinic_id == clinic.pk]
        rows.append({
            "clinic": clinic,
            "levels": [(level, sum(place.visit.acuity == level for place in here)) for level in range(1, 6)],
            "waiting": len(here),
            "longest": max((place.waited_minutes for place in here), default=0),
            "late": sum(place.is_late for place in here),
            "busy": [visit for visit in busy if visit.clinic_id == clinic.pk],
        })  # fmt: skip
    return {"rows": rows, "places": places}

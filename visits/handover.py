"""Nobody is left with a doctor who is not there: patients go back to their place, with their level."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.errors import Refused

from . import beats, duty, errands, flow, hints
from .models import Change, Task, Visit
from .roster import Shift
from .states import WITH_DOCTOR, State


@transaction.atomic
def give_back(visit, *, by, reason="") -> Visit:
    """Back into the queue, to the place that the waiting since arrival gives; the level stays."""
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    if visit.state not in WITH_DOCTOR:
        raise flow.WrongState(_("This patient is not with a doctor. Please reload the page."))
    hints.tell_doctor(visit.practitioner_id, visit)
    return flow.move(visit, State.WAITING, by=by, reason=reason, practitioner=None, called_at=None)


@transaction.atomic
def end_shift(*, by) -> Shift:
    """Go off duty: whoever is still with this doctor goes back to the queue at once. Nobody may be in the room."""
    mine = by.practitioner.visits
    if mine.filter(state=State.IN_PROGRESS).exists():
        raise Refused(_("Somebody is in your room. Finish the visit, or pause it, before you go."))
    for visit in mine.filter(state=State.ON_HOLD):
        give_back(visit, by=by, reason="end of shift")
    return duty.end(by=by)


def abandoned():
    """Visits of doctors who are off duty, of whom nothing is heard any more, or who no longer work for the visit's clinic."""
    there = Shift.objects.present().filter(practitioner=OuterRef("practitioner"), practitioner__clinics=OuterRef("clinic"))
    return Visit.objects.filter(~Exists(there), state__in=WITH_DOCTOR)


def sweep() -> None:
    """Every ten seconds: free whoever is left alone, and end shifts that were forgotten."""
    beats.for_each(abandoned(), free)
    beats.for_each(duty.forgotten(), duty.forget)


@transaction.atomic
def free(visit) -> None:
    """Give a patient back, unless the doctor came back or somebody else took over meanwhile; and have a person look."""
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    if abandoned().filter(pk=visit.pk).exists():
        doctor = visit.practitioner.name if visit.practitioner else ""
        visit = give_back(visit, by=None, reason="doctor away")
        errands.make(visit, Task.Kind.LEFT_ALONE, by=None, words=doctor)


def came_back(visit) -> bool:
    """Whether somebody who waits was with a doctor already."""
    if visit.state != State.WAITING:
        return False
    last = visit.changes.filter(what=Change.What.STATE).last()
    return last is not None and last.old in WITH_DOCTOR

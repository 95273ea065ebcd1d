"""When a visit changed: tell the open pages."""

from functools import partial

from django.db import transaction
from django.dispatch import receiver

from accounts.signals import grant_ended

from . import hints
from .models import Change
from .signals import visit_changed
from .states import State


@receiver(visit_changed)
def tell_browsers(sender, change, **kwargs):
    hints.tell(change.visit, line=_changes_the_line(change))


def _changes_the_line(change) -> bool:
    """Whether all doctors have to look: somebody comes, goes, or is of another level. What goes on in a room is not theirs."""
    if change.what == Change.What.STATE:
        return State.WAITING in (change.old, change.new)
    return change.visit.state == State.WAITING or change.visit.emergency_at is not None


@receiver(grant_ended)
def close_open_pages(sender, grant, **kwargs):
    """Whoever lost the right to act hears nothing more."""
    for visit in grant.patient.visits.open():
        message = {"type": "access.ended", "user": grant.user_id}
        transaction.on_commit(partial(hints.push, hints.visit_group(visit.pk), message))

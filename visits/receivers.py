"""When a visit changed: tell the open pages."""

from django.dispatch import receiver

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

"""The room follows the visit: open when called in, closed when it ends."""

from django.dispatch import receiver

from visits.models import Change
from visits.signals import visit_changed
from visits.states import OPEN, WITH_DOCTOR, State

from . import recording, rooms
from .signals import people_changed


@receiver(visit_changed)
def follow_the_visit(sender, change, **kwargs):
    if change.what != Change.What.STATE:
        return
    if change.new == State.IN_PROGRESS:
        rooms.open_for(change.visit)
    elif change.new == State.WAITING and change.old in WITH_DOCTOR:
        recording.end_for(change.visit)
        rooms.empty(change.visit)
    elif change.new not in OPEN:
        recording.end_for(change.visit)
        rooms.close_for(change.visit)


@receiver(people_changed)
def follow_the_people(sender, room, **kwargs):
    recording.review(room)

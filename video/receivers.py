"""The room follows the visit: empty when the patient waits again, closed when it ends."""

from django.dispatch import receiver

from accounts.signals import grant_ended
from visits.models import Change
from visits.signals import visit_changed
from visits.states import OPEN, WITH_DOCTOR, State

from . import recording, rooms
from .models import Participant
from .signals import people_changed


@receiver(visit_changed)
def follow_the_visit(sender, change, **kwargs):
    if change.what != Change.What.STATE:
        return
    if change.new == State.WAITING and change.old in WITH_DOCTOR:
        recording.end_for(change.visit)
        rooms.empty(change.visit)
    elif change.new not in OPEN:
        recording.end_for(change.visit)
        rooms.close_for(change.visit)


@receiver(people_changed)
def follow_the_people(sender, room, **kwargs):
    recording.review(room)


@receiver(grant_ended)
def show_out(sender, grant, **kwargs):
    """Whoever lost the right to act leaves the room."""
    seats = Participant.objects.filter(user=grant.user_id, room__visit__patient=grant.patient_id, left_at=None)
    for seat in seats.select_related("room"):
        rooms.tell(seat.room, "room.out", person=str(seat.pk))

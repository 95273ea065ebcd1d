"""The room follows the visit: a doctor is in one, it is empty when the patient waits again, and closed when the visit ends."""

from django.dispatch import receiver

from accounts.signals import grant_ended
from visits.models import Change, Visit
from visits.signals import visit_changed
from visits.states import OPEN, WITH_DOCTOR, State

from . import recording, rooms
from .models import Participant
from .signals import people_changed


@receiver(visit_changed)
def follow_the_visit(sender, change, **kwargs):
    if change.what == Change.What.DOCTOR:
        return rooms.show_out(Participant.objects.filter(room__visit=change.visit, user__practitioner=change.old))
    if change.what != Change.What.STATE:
        return
    if change.new == State.IN_PROGRESS:  # a page that was left open must not let one patient hear the next
        on_hold = Visit.objects.filter(practitioner=change.visit.practitioner_id, state=State.ON_HOLD)
        rooms.show_out(Participant.objects.filter(room__visit__in=on_hold, user__practitioner=change.visit.practitioner_id))
    elif change.new == State.WAITING and change.old in WITH_DOCTOR:
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
    rooms.show_out(Participant.objects.filter(user=grant.user_id, room__visit__patient=grant.patient_id))

"""What follows from a changed appointment."""

from django.dispatch import receiver

from . import waitlist
from .models import AppointmentChange, Hold
from .signals import appointment_changed
from .slots import Slot


@receiver(appointment_changed)
def offer_what_became_free(sender, change, **kwargs):
    """The old time goes to the waitlist."""
    if change.what not in (AppointmentChange.What.MOVED, AppointmentChange.What.CANCELLED):
        return
    before = change.appointment.changes.filter(pk__lt=change.pk).last()
    waitlist.offer_time(Slot(before.start, before.end), before.practitioner or change.appointment.practitioner)


@receiver(appointment_changed)
def give_back_what_was_proposed(sender, change, **kwargs):
    """An older proposal is answered by this change: its time is free for others. One who is booked, first or again, has none."""
    if change.what != AppointmentChange.What.BOOKED:
        Hold.objects.filter(proposal__change__appointment=change.appointment_id, proposal__change__lt=change.pk).delete()

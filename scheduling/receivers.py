"""What follows from a changed appointment."""

from django.dispatch import receiver

from . import waitlist
from .models import AppointmentChange
from .signals import appointment_changed
from .slots import Slot


@receiver(appointment_changed)
def offer_what_became_free(sender, change, **kwargs):
    """The old time goes to the waitlist."""
    if change.what == AppointmentChange.What.BOOKED:
        return
    before = change.appointment.changes.filter(pk__lt=change.pk).last()
    waitlist.offer_time(Slot(before.start, before.end), change.appointment.practitioner)

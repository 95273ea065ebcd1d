"""When a booked visit may begin."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.errors import Refused

from .models import Appointment

EARLY = timedelta(minutes=15)
LATE = timedelta(minutes=30)


class NotNow(Refused):
    """The door of this appointment is not open at this moment."""


def can_join(appointment: Appointment, now: datetime | None = None) -> bool:
    """Whether the patient may come in: from a little before the start until a little after the end."""
    now = now or timezone.now()
    booked = appointment.status == Appointment.Status.BOOKED
    return booked and appointment.start - EARLY <= now <= appointment.end + LATE


def check_time(appointment: Appointment) -> None:
    """Refuse who comes too early or too late, and say when the door opens."""
    if can_join(appointment):
        return
    if appointment.status == Appointment.Status.CANCELLED:
        raise NotNow(_("This appointment was cancelled. Please book a new time."))
    if timezone.now() < appointment.start - EARLY:
        opens = date_format(timezone.localtime(appointment.start - EARLY), "DATETIME_FORMAT")
        raise NotNow(_("You can come in from %(time)s on.") % {"time": opens})
    raise NotNow(_("This appointment is over. Please book a new time, or come in without one."))

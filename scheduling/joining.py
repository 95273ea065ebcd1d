"""When a booked visit may begin. The server's clock decides, whatever a phone believes."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Refused

from . import clock
from .models import Appointment

EARLY = timedelta(minutes=15)
LATE = timedelta(minutes=30)


class NotNow(Refused):
    """The door of this appointment is not open at this moment."""


class Door(StrEnum):
    """What a patient finds who comes at this moment."""

    EARLY = "early"
    OPEN = "open"
    LATE = "late"
    CANCELLED = "cancelled"
    OVER = "over"  # it took place


def door(appointment: Appointment, now: datetime | None = None) -> Door:
    """Open from a little before the start until a little after the end."""
    now = now or timezone.now()
    if appointment.status == Appointment.Status.CANCELLED:
        return Door.CANCELLED
    if appointment.status == Appointment.Status.FULFILLED:
        return Door.OVER
    if now < opens_at(appointment):
        return Door.EARLY
    return Door.OPEN if can_join(appointment, now) else Door.LATE


def opens_at(appointment: Appointment) -> datetime:
    return appointment.start - EARLY


def can_join(appointment: Appointment, now: datetime | None = None) -> bool:
    """Whether the patient may come in: from a little before the start until a little after the end."""
    now = now or timezone.now()
    booked = appointment.status == Appointment.Status.BOOKED
    return booked and opens_at(appointment) <= now <= appointment.end + LATE


def check_time(appointment: Appointment) -> None:
    """Refuse who comes too early or too late, and say when the door opens."""
    if can_join(appointment):
        return
    if appointment.status == Appointment.Status.CANCELLED:
        raise NotNow(_("This appointment was cancelled. Please book a new time."))
    if timezone.now() < opens_at(appointment):
        opens = clock.said_here(opens_at(appointment))
        raise NotNow(_("You can come in from %(time)s on.") % {"time": opens})
    raise NotNow(_("This appointment is over. Please book a new time, or come in without one."))

"""A booked visit that has not begun: what its page says, by the server's clock."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import proxies
from accounts.errors import Refused
from accounts.models import Scope
from accounts.naming import named
from scheduling import away, booking, joining, lateness
from scheduling.joining import Door
from scheduling.models import Appointment


def zone_of(appointment) -> ZoneInfo:
    """The patient's own clock, as far as we know it, else the clinic's."""
    user = appointment.patient.user
    return ZoneInfo(user.time_zone if user else appointment.clinic.time_zone)


def facts(appointment, user) -> dict:
    """What the page of a booked visit needs; staff read it, and who acts for the patient does what was given to them."""
    page = {
        "appointment": appointment,
        "door": joining.door(appointment),
        "opens_at": joining.opens_at(appointment),
        "may_change": is_changeable(appointment) and proxies.may(user, appointment.patient, Scope.BOOK),
        "may_join": proxies.may(user, appointment.patient, Scope.JOIN),
        "booked_by": named(appointment.booked_by, appointment.patient),
    }
    return page | _upset(appointment)


def _upset(appointment) -> dict:
    """The doctor runs late, or is away and another time is offered."""
    late = lateness.of(appointment)
    expected_at = appointment.start + late
    return {"late_minutes": late // timedelta(minutes=1), "expected_at": expected_at, "proposal": away.live(appointment)}


def is_changeable(appointment) -> bool:
    """Whether it lies ahead, so that a button for another time makes sense."""
    return joining.door(appointment) in (Door.EARLY, Door.OPEN) and not hasattr(appointment, "visit")


def movable(appointment):
    """The appointment, if it is still booked and can be changed."""
    if joining.door(appointment) == Door.CANCELLED:
        raise Refused(_("This appointment was cancelled. Please book a new time."))
    return changeable(appointment)


def changeable(appointment):
    """The appointment, if it can still be moved or cancelled."""
    if hasattr(appointment, "visit"):
        raise Refused(_("This visit has already begun, so its time cannot be changed any more."))
    if joining.door(appointment) in (Door.LATE, Door.OVER) and not away.live(appointment):
        raise Refused(_("This appointment is over. Please book a new time."))
    return appointment


@transaction.atomic
def cancel(appointment, *, by, reason="") -> Appointment:
    """Give the time back, unless the visit begins at this very moment."""
    return booking.cancel(changeable(_locked(appointment)), by=by, reason=reason)


@transaction.atomic
def move(appointment, slot, *, by, practitioner) -> Appointment:
    """Another time, unless the visit begins at this very moment."""
    return booking.move(changeable(_locked(appointment)), slot, by=by, practitioner=practitioner)


def _locked(appointment) -> Appointment:
    """As it is now, under the lock that `flow.arrive` takes before a visit begins: appointment first, visit after it."""
    return Appointment.objects.select_for_update().get(pk=appointment.pk)

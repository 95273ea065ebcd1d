"""When doctors are open, and for which kinds of visit: what doctors and coordinators set."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused

from . import openings
from .models import Appointment, Availability, ClinicRoom, DayLimit, Opening, VisitType
from .slots import merged, minus, minute


def overlapping(
    doctor, clinic, weekdays: Iterable[int], start: time, end: time, valid_from=None, valid_until=None, *, besides=None
):
    """Weekly hours that already cover some of these, on days on which both hold."""
    theirs = Availability.objects.filter(practitioner=doctor, clinic=clinic, weekday__in=weekdays, start__lt=end, end__gt=start)
    if valid_until:
        theirs = theirs.filter(Q(valid_from=None) | Q(valid_from__lte=valid_until))
    if valid_from:
        theirs = theirs.filter(Q(valid_until=None) | Q(valid_until__gte=valid_from))
    return theirs.exclude(pk=besides.pk) if besides else theirs


@transaction.atomic
def set_weekly(doctor, clinic, weekdays: Iterable[int], *, by, instead_of: Availability | None = None, **facts) -> None:
    """Open on these weekdays from now on, perhaps instead of what was set before."""
    if instead_of:
        end_weekly(instead_of, by=by)
    for weekday in weekdays:
        made = Availability.objects.create(practitioner=doctor, clinic=clinic, weekday=weekday, **facts)
        audit.record(by, "hours.set", made)


@transaction.atomic
def end_weekly(hours: Availability, *, by) -> None:
    """Not open then any more; who is booked stays booked."""
    audit.record(by, "hours.end", hours)
    hours.delete()


def open_then(doctor, clinic, start: datetime, end: datetime) -> bool:
    """Whether the doctor is open at some moment of this time already."""
    periods = openings.hours_of([doctor.pk], clinic, start, end, with_walk_ins=True)[doctor.pk]
    return any(period.start < minute(end) and minute(start) < period.end for period in periods)


@transaction.atomic
def open_once_more(doctor, clinic, start: datetime, end: datetime, slot_minutes: int, *, by) -> Opening:
    """Open once more than usual."""
    made = Opening.objects.create(practitioner=doctor, clinic=clinic, start=start, end=end, slot_minutes=slot_minutes)
    audit.record(by, "opening.add", made)
    return made


@transaction.atomic
def close_again(opening: Opening, *, by) -> None:
    """The extra opening is taken back; who is booked stays booked."""
    audit.record(by, "opening.remove", opening)
    opening.delete()


@transaction.atomic
def limit_day(doctor, clinic, most: int | None, *, by) -> None:
    """No more than so many booked visits a day; None: as many as fit."""
    if most is None:
        DayLimit.objects.filter(practitioner=doctor, clinic=clinic).delete()
    else:
        DayLimit.objects.update_or_create(practitioner=doctor, clinic=clinic, defaults={"most": most})
    audit.record(by, "day-limit.set", doctor, why=str(most or "none"))


def booked_outside(doctor, clinic) -> list[Appointment]:
    """Who is booked at a time at which the doctor is not open any more; nobody is forgotten because hours change."""
    booked = list(Appointment.objects.upcoming().filter(practitioner=doctor, clinic=clinic).select_related("patient"))
    if not booked:
        return []
    periods = openings.hours_of([doctor.pk], clinic, booked[0].start, booked[-1].end + timedelta(days=1), with_walk_ins=True)
    hours = merged((period.start, period.end) for period in periods[doctor.pk])
    return [one for one in booked if minus([(minute(one.start), minute(one.end))], hours)]


@transaction.atomic
def save_kind(kind: VisitType, *, by) -> VisitType:
    """A new kind of visit, or a changed one; what is booked keeps its length."""
    kind.save()
    audit.record(by, "kind.save", kind)
    return kind


@transaction.atomic
def add_room(clinic, name: str, *, by) -> ClinicRoom:
    """A room with camera and screen."""
    room, made = ClinicRoom.objects.get_or_create(clinic=clinic, name=name)
    if made:
        audit.record(by, "room.add", room)
    return room


@transaction.atomic
def remove_room(room: ClinicRoom, *, by) -> None:
    """Only a room in which nobody was ever booked can go."""
    audit.record(by, "room.remove", room)
    try:
        room.delete()
    except ProtectedError:
        raise Refused(_("People are booked in this room, so it cannot be removed. Please move them first.")) from None


def today(clinic_zone) -> date:
    """The day on the clinic's clock."""
    return timezone.localdate(timezone=clinic_zone)

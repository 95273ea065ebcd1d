"""Which times of doctors can still be booked."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone

from .models import Appointment, Availability, BookedCell, DayLimit, Hold, Minute, Opening, TimeOff, VisitType
from .slots import CELL, Slot, free, merged, minute, moment, opening

HORIZON = timedelta(days=14)
NOTICE = timedelta(minutes=15)
WALK_IN_HOURS = 2  # so long before their time, places kept for walk-ins are offered to all
CELL_MINUTES = CELL // timedelta(minutes=1)
Span = tuple[int, int]  # minutes


class Period(NamedTuple):
    """A doctor is open: minutes since 1970, and how long a visit is if nobody names its kind."""

    start: int
    end: int
    slot_minutes: int


def open_slots(practitioner, clinic, *, kind: VisitType | None = None, start=None, end=None, by=None, moving=None) -> list[Slot]:
    """The free slots of a doctor in a clinic, soonest first; a time that this very person holds is free for them.

    moving: an appointment that leaves its place for one of these, and so does not count as a booking of its day.
    """
    return of_doctors([practitioner], clinic, kind=kind, start=start, end=end, by=by, moving=moving)[practitioner.pk]


def of_doctors(
    practitioners, clinic, *, kind: VisitType | None = None, start=None, end=None, by=None, moving=None
) -> dict[int, list[Slot]]:
    """The free slots of each of these doctors in a clinic; as many questions to the database for forty as for one."""
    start, end = window(kind, start, end)
    doctors, own = [practitioner.pk for practitioner in practitioners], Hold.objects.of_form(by) if by else None
    open_hours, full = hours_of(doctors, clinic, start, end), _full_days(doctors, clinic, start, end, moving)
    busy, rooms = _busy(doctors, start, end, own), _rooms(clinic, kind, start, end, own)
    first, last = minute(start + timedelta(seconds=59)), minute(end)
    found = {}
    for doctor in doctors:
        beginnings: dict[int, int] = {}
        for room in rooms:
            beginnings |= _beginnings(open_hours[doctor], merged(busy[doctor] + room), kind, first, last)
        slots = [Slot(moment(at), moment(at + beginnings[at])) for at in sorted(beginnings)]
        found[doctor] = [slot for slot in slots if _local_day(slot, clinic) not in full[doctor]] if full[doctor] else slots
    return found


def is_open(slot: Slot, practitioner, clinic, *, kind: VisitType | None = None, own=None, is_held=False, moving=None) -> bool:
    """Whether this very slot can be booked now: asks first what is cheapest to ask, and only about its own day.

    own: holds that are in nobody's way, being those of the one who asks; what is held has kept its notice.
    """
    first, last = window(kind)
    if slot.start < (timezone.now() if is_held else first) or slot.end > last:
        return False
    at, length = minute(slot.start), (slot.end - slot.start) // timedelta(minutes=1)
    if slot != (moment(at), moment(at + length)):
        return False  # not on full minutes
    end = slot.end + timedelta(minutes=kind.buffer_minutes if kind else 0)
    wanted = at, minute(end)
    around = [practitioner.pk], slot.start, end
    if _clash(wanted, _sold(*around, own)[practitioner.pk]) or _clash(wanted, _away(*around)[practitioner.pk]):
        return False
    if all(_clash(wanted, room) for room in _rooms(clinic, kind, slot.start, end, own)):
        return False
    periods = hours_of([practitioner.pk], clinic, slot.start, slot.end)[practitioner.pk]
    if _beginnings(periods, [], kind, at, at + length).get(at) != length:
        return False
    return not is_full(slot, practitioner, clinic, moving)


def is_full(slot: Slot, practitioner, clinic, moving=None) -> bool:
    """Whether the doctor wants no more bookings on the day of this slot."""
    day = timedelta(days=1)
    full = _full_days([practitioner.pk], clinic, slot.start - day, slot.end + day, moving)
    return _local_day(slot, clinic) in full[practitioner.pk]


def next_free(after: datetime, many: int, practitioner, clinic, *, kind: VisitType | None = None, moving=None) -> list[Slot]:
    """The next so many free slots; looks further only where the next day has too few, and back to now at last."""
    for start, end in ((after, after + timedelta(days=1)), (after, None), (None, None)):
        found = open_slots(practitioner, clinic, kind=kind, start=start, end=end, moving=moving)
        if len(found) >= many:
            break
    return found[:many]


def window(kind, start=None, end=None) -> tuple[datetime, datetime]:
    """Between which moments a time can be booked: not too soon, not too far."""
    now = timezone.now()
    notice = timedelta(minutes=kind.notice_minutes) if kind else NOTICE
    start = max(start or now, now + notice)
    return start, end or now + horizon(kind) + notice


def horizon(kind) -> timedelta:
    """How far ahead a kind of visit can be booked."""
    return timedelta(days=kind.horizon_days) if kind else HORIZON


def _beginnings(periods: Sequence[Period], busy, kind, first: int, last: int) -> dict[int, int]:
    """Where visits may begin, and how long each is; where hours overlap, the first ones count."""
    found: dict[int, int] = {}
    for period in reversed(periods):
        length, gap = (kind.minutes, kind.buffer_minutes) if kind else (period.slot_minutes, 0)
        start = max(period.start, first + (period.start - first) % (length + gap))
        for row in free(start, min(period.end, last), length, gap, busy):
            found.update(dict.fromkeys(row, length))
    return found


def hours_of(doctors, clinic, start, end, *, with_walk_ins=False) -> dict[int, list[Period]]:
    """When doctors are open; what is kept for walk-ins only if asked for."""
    zone, found = ZoneInfo(clinic.time_zone), defaultdict(list)
    for hours in Availability.objects.filter(practitioner__in=doctors, clinic=clinic):
        found[hours.practitioner_id] += _on_days(hours, zone, start, end, with_walk_ins)
    for extra in Opening.objects.filter(practitioner__in=doctors, clinic=clinic, start__lt=end, end__gt=start):
        found[extra.practitioner_id].append(Period(minute(extra.start), minute(extra.end), extra.slot_minutes))
    return found


def _on_days(hours: Availability, zone: ZoneInfo, start: datetime, end: datetime, with_walk_ins: bool) -> Iterator[Period]:
    """One weekly opening on each of its days, less its break and what is kept for walk-ins."""
    offered = minute(timezone.now()) + WALK_IN_HOURS * 60
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    day += timedelta(days=(hours.weekday - day.weekday()) % 7)
    while day <= last:
        if (hours.valid_from or day) <= day <= (hours.valid_until or day):
            closes = minute(opening(day, hours.start, hours.end, zone)[1])
            is_kept = not with_walk_ins and closes - hours.walk_in_minutes > offered
            closes -= hours.walk_in_minutes if is_kept else 0
            for part in hours.parts:
                begins, ends = map(minute, opening(day, *part, zone))
                if begins < closes:
                    yield Period(begins, min(ends, closes), hours.slot_minutes)
        day += timedelta(days=7)


def _busy(doctors, start, end, own=None) -> dict[int, list[Span]]:
    """What is sold, held by others or taken off."""
    sold, away = _sold(doctors, start, end, own), _away(doctors, start, end)
    return {doctor: sold[doctor] + away[doctor] for doctor in doctors}


def _sold(doctors, start, end, own) -> dict[int, list[Span]]:
    """What is sold, or held by others."""
    found = defaultdict(list)
    for doctor, at in _cells(start, end, own).filter(practitioner__in=doctors).values_list("practitioner", Minute("start")):
        found[doctor].append((at, at + CELL_MINUTES))
    return found


def _away(doctors, start, end) -> dict[int, list[Span]]:
    """Time off."""
    found = defaultdict(list)
    away = TimeOff.objects.filter(practitioner__in=doctors, start__lt=end, end__gt=start)
    for doctor, begins, ends in away.values_list("practitioner", "start", "end"):
        found[doctor].append((minute(begins), minute(ends + timedelta(seconds=59))))
    return found


def _rooms(clinic, kind, start, end, own=None) -> list[list[Span]]:
    """What is sold or held of each room of the clinic; for a kind that needs none, one room that is always free."""
    if kind is None or not kind.needs_room:
        return [[]]
    found: dict[int, list[Span]] = {room.pk: [] for room in clinic.rooms.all()}
    for room, at in _cells(start, end, own).filter(room__in=found).values_list("room", Minute("start")):
        found[room].append((at, at + CELL_MINUTES))
    return list(found.values())


def _cells(start, end, own):
    """Cells that are sold, or held by others than `own`."""
    cells = BookedCell.objects.living().filter(start__gte=start - CELL, start__lt=end)
    return cells if own is None else cells.exclude(hold__in=own)


def _clash(wanted: Span, busy: Iterable[Span]) -> bool:
    return any(begins < wanted[1] and wanted[0] < ends for begins, ends in busy)


def _full_days(doctors, clinic, start, end, moving=None) -> dict[int, set]:
    """Days on which a doctor has as many bookings as they want."""
    limits = dict(DayLimit.objects.filter(practitioner__in=doctors, clinic=clinic).values_list("practitioner", "most"))
    if not limits:
        return defaultdict(set)
    day = timedelta(days=1)
    booked = Appointment.objects.booked().filter(
        practitioner__in=limits, clinic=clinic, start__gt=start - day, start__lt=end + day
    )
    if moving:
        booked = booked.exclude(pk=moving.pk)
    counts: dict[int, Counter] = defaultdict(Counter)
    for doctor, begins, ends in booked.values_list("practitioner", "start", "end"):
        counts[doctor][_local_day(Slot(begins, ends), clinic)] += 1
    full = {doctor: {day for day, count in counts[doctor].items() if count >= most} for doctor, most in limits.items()}
    return defaultdict(set, full)


def _local_day(slot: Slot, clinic):
    return slot.start.astimezone(ZoneInfo(clinic.time_zone)).date()

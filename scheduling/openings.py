"""Which times of doctors can still be booked."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from .models import Appointment, Availability, BookedCell, DayLimit, Hold, Opening, TimeOff, VisitType
from .slots import CELL, Slot, free, merged, minute, moment, opening

HORIZON = timedelta(days=14)
NOTICE = timedelta(minutes=15)
WALK_IN_HOURS = 2  # so long before their time, places kept for walk-ins are offered to all
CELL_MINUTES = CELL // timedelta(minutes=1)


class Period(NamedTuple):
    """A doctor is open: minutes since 1970, and how long a visit is if nobody names its kind."""

    start: int
    end: int
    slot_minutes: int


def open_slots(practitioner, clinic, *, kind: VisitType | None = None, start=None, end=None, by=None) -> list[Slot]:
    """The free slots of a doctor in a clinic, soonest first; a time that this very person holds is free for them."""
    return of_doctors([practitioner], clinic, kind=kind, start=start, end=end, by=by)[practitioner.pk]


def of_doctors(practitioners, clinic, *, kind: VisitType | None = None, start=None, end=None, by=None) -> dict[int, list[Slot]]:
    """The free slots of each of these doctors in a clinic; as many questions to the database for forty as for one."""
    start, end = window(kind, start, end)
    doctors = [practitioner.pk for practitioner in practitioners]
    open_hours = hours_of(doctors, clinic, start, end)
    busy = _busy(doctors, start, end, Hold.objects.of_form(by) if by else None)
    full = _full_days(doctors, clinic, start, end)
    first, last = minute(start + timedelta(seconds=59)), minute(end)
    found = {}
    for doctor in doctors:
        beginnings = _beginnings(open_hours[doctor], merged(busy[doctor]), kind, first, last)
        slots = (Slot(moment(at), moment(at + length)) for at, length in sorted(beginnings.items()))
        found[doctor] = [slot for slot in slots if _local_day(slot, clinic) not in full[doctor]] if full[doctor] else list(slots)
    return found


def is_open(slot: Slot, practitioner, clinic, *, kind: VisitType | None = None, own=None, is_held=False) -> bool:
    """Whether this very slot can be booked now: asks first what is cheapest to ask, and only about its own day.

    own: holds that are in nobody's way, being those of the one who asks; what is held has kept its notice.
    """
    first, last = window(kind)
    if slot.start < (timezone.now() if is_held else first) or slot.end > last:
        return False
    doctors, gap = [practitioner.pk], timedelta(minutes=kind.buffer_minutes if kind else 0)
    at, ends = minute(slot.start), minute(slot.end + gap)
    if any(begins < ends and at < until for begins, until in _busy(doctors, slot.start, slot.end + gap, own)[practitioner.pk]):
        return False
    periods = hours_of(doctors, clinic, slot.start, slot.end)[practitioner.pk]
    length = (slot.end - slot.start) // timedelta(minutes=1)
    if _beginnings(periods, [], kind, at, at + length).get(at) != length:
        return False
    day = timedelta(days=1)
    return _local_day(slot, clinic) not in _full_days(doctors, clinic, slot.start - day, slot.end + day)[practitioner.pk]


def next_free(after: datetime, many: int, practitioner, clinic, *, kind: VisitType | None = None) -> list[Slot]:
    """The next so many free slots; looks further only where the next day has too few, and back to now at last."""
    for start, end in ((after, after + timedelta(days=1)), (after, None), (None, None)):
        found = open_slots(practitioner, clinic, kind=kind, start=start, end=end)
        if len(found) >= many:
            break
    return found[:many]


def window(kind, start=None, end=None) -> tuple[datetime, datetime]:
    """Between which moments a time can be booked: not too soon, not too far."""
    now = timezone.now()
    notice = timedelta(minutes=kind.notice_minutes) if kind else NOTICE
    start = max(start or now, now + notice)
    return start, end or now + _horizon(kind) + notice


def _horizon(kind):
    return timedelta(days=kind.horizon_days) if kind else HORIZON


def _beginnings(periods: Iterable[Period], busy, kind, first: int, last: int) -> dict[int, int]:
    """Where visits may begin, and how long each is; each beginning once."""
    found = {}
    for period in periods:
        length, gap = (kind.minutes, kind.buffer_minutes) if kind else (period.slot_minutes, 0)
        for at in free(period.start, period.end, length, gap, busy):
            if first <= at and at + length <= last:
                found.setdefault(at, length)
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


def _busy(doctors, start, end, own=None) -> dict[int, list[tuple[int, int]]]:
    """What is sold, held by others or taken off."""
    found = defaultdict(list)
    near = {"start__gte": start - CELL, "start__lt": end, "practitioner__in": doctors}
    alive = Q(hold=None) | Q(hold__expires_at__gt=timezone.now())
    cells = BookedCell.objects.filter(alive, **near)
    if own is not None:
        cells = cells.exclude(hold__in=own)
    for doctor, at in cells.values_list("practitioner", "start"):
        found[doctor].append((minute(at), minute(at) + CELL_MINUTES))
    away = TimeOff.objects.filter(practitioner__in=doctors, start__lt=end, end__gt=start)
    for doctor, begins, ends in away.values_list("practitioner", "start", "end"):
        found[doctor].append((minute(begins), minute(ends + timedelta(seconds=59))))
    return found


def _full_days(doctors, clinic, start, end) -> dict[int, set]:
    """Days on which a doctor has as many bookings as they want."""
    limits = dict(DayLimit.objects.filter(practitioner__in=doctors, clinic=clinic).values_list("practitioner", "most"))
    if not limits:
        return defaultdict(set)
    day = timedelta(days=1)
    booked = Appointment.objects.booked().filter(
        practitioner__in=limits, clinic=clinic, start__gt=start - day, start__lt=end + day
    )
    counts: dict[int, Counter] = defaultdict(Counter)
    for doctor, begins, ends in booked.values_list("practitioner", "start", "end"):
        counts[doctor][_local_day(Slot(begins, ends), clinic)] += 1
    full = {doctor: {day for day, count in counts[doctor].items() if count >= most} for doctor, most in limits.items()}
    return defaultdict(set, full)


def _local_day(slot: Slot, clinic):
    return slot.start.astimezone(ZoneInfo(clinic.time_zone)).date()

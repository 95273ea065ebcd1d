"""What stands in doctors' calendars, for staff: as many questions to the database for forty doctors as for one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from . import openings
from .models import Appointment, Hold, TimeOff
from .slots import Slot, merged, minus, minute, moment, shares

Span = tuple[int, int]


class What(StrEnum):
    """What an entry of a calendar is."""

    OPEN = "open"  # the hours; what is in them follows
    FREE = "free"
    BOOKED = "booked"
    ELSEWHERE = "elsewhere"  # booked in another clinic
    HELD = "held"  # somebody is booking it now, or it is offered to somebody
    OFF = "off"
    OUTSIDE = "outside"  # busy, says a calendar elsewhere


class Entry(NamedTuple):
    """One line of a calendar."""

    start: datetime
    end: datetime
    what: What
    thing: Any = None  # the row
    slots: Sequence[Slot] = ()  # what can be booked, of free times


class Total(NamedTuple):
    """A doctor's day in numbers."""

    booked: int = 0
    open_minutes: int = 0  # less time off
    free_minutes: int = 0
    away: int = 0  # doctors who would be open, but are off the whole day

    def __add__(self, other):
        return Total(*map(sum, zip(self, other, strict=True)))


def entries(doctors, clinic, start: datetime, end: datetime, *, kind=None) -> dict[int, list[Entry]]:
    """Everything of these doctors between two moments, sorted."""
    found: dict[int, list[Entry]] = {doctor.pk: [] for doctor in doctors}
    for part in (_open, _free):
        for doctor, entry in part(doctors, clinic, start, end, kind):
            found[doctor].append(entry)
    for doctor, entry in (*_booked(found, clinic, start, end), *_held(found, start, end), *_off(found, start, end)):
        found[doctor].append(entry)
    order = list(What)
    return {doctor: sorted(these, key=lambda entry: (entry.start, order.index(entry.what))) for doctor, these in found.items()}


def totals(doctors, clinic, days: Sequence[date], zone: ZoneInfo) -> dict[tuple[int, date], Total]:
    """Each doctor's days in numbers, on the clock of a zone; cheap enough for a month of forty doctors."""
    pks = [doctor.pk for doctor in doctors]
    bounds = [minute(midnight(day, zone)) for day in (*days, days[-1] + timedelta(days=1))]
    start, end = moment(bounds[0]), moment(bounds[-1])
    hours = openings.hours_of(pks, clinic, start, end, with_walk_ins=True)
    off = _times_off(pks, start, end)
    booked = _counted(pks, start, end, zone)
    found = {}
    for doctor in pks:
        wanted = merged((period.start, period.end) for period in hours[doctor])
        there = minus(wanted, merged(off[doctor]))
        for day, planned, possible in zip(days, shares(wanted, bounds), shares(there, bounds), strict=True):
            people, taken = booked.get((doctor, day), (0, 0))
            if planned or people:
                found[doctor, day] = Total(people, possible, max(0, possible - taken), int(planned > 0 and not possible))
    return found


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Where a day begins on the clock of a zone."""
    return datetime.combine(day, time.min, tzinfo=zone)


# --- the parts


def _open(doctors, clinic, start, end, kind) -> Iterator[tuple[int, Entry]]:
    hours = openings.hours_of([doctor.pk for doctor in doctors], clinic, start, end, with_walk_ins=True)
    for doctor, periods in hours.items():
        for first, last in merged((period.start, period.end) for period in periods):
            if moment(first) < end and moment(last) > start:
                yield doctor, Entry(moment(first), moment(last), What.OPEN)


def _free(doctors, clinic, start, end, kind) -> Iterator[tuple[int, Entry]]:
    """Free times of one stretch are one line."""
    if end <= timezone.now():
        return
    _soonest, latest = openings.window(kind)
    for doctor, slots in openings.of_doctors(doctors, clinic, kind=kind, start=start, end=min(end, latest)).items():
        for stretch in stretches(slots, timedelta(minutes=kind.buffer_minutes if kind else 0)):
            yield doctor, Entry(stretch[0].start, stretch[-1].end, What.FREE, slots=stretch)


def stretches(slots: Iterable[Slot], gap: timedelta) -> Iterator[list[Slot]]:
    """Slots that follow one another with no more than a gap between them."""
    stretch: list[Slot] = []
    for slot in slots:
        if stretch and slot.start > stretch[-1].end + gap:
            yield stretch
            stretch = []
        stretch.append(slot)
    if stretch:
        yield stretch


def _booked(doctors: Iterable[int], clinic, start, end) -> Iterator[tuple[int, Entry]]:
    for row in _planned(doctors, start, end).select_related("patient", "clinic", "kind", "room", "practitioner"):
        what = What.BOOKED if row.clinic_id == clinic.pk else What.ELSEWHERE
        yield row.practitioner_id, Entry(row.start, row.end, what, row)


def _held(doctors: Iterable[int], start, end) -> Iterator[tuple[int, Entry]]:
    kept = Hold.objects.filter(practitioner__in=doctors, start__lt=end, end__gt=start, expires_at__gt=timezone.now())
    for row in kept.select_related("proposal", "offer"):
        yield row.practitioner_id, Entry(row.start, row.end, What.HELD, row)


def _off(doctors: Iterable[int], start, end) -> Iterator[tuple[int, Entry]]:
    for row in TimeOff.objects.filter(practitioner__in=doctors, start__lt=end, end__gt=start):
        yield row.practitioner_id, Entry(row.start, row.end, What.OUTSIDE if row.outside_id else What.OFF, row)


def _planned(doctors: Iterable[int], start, end):
    """Appointments that were not cancelled. None is longer than a day, which lets the index find them."""
    near = {"start__gt": start - timedelta(days=1), "start__lt": end, "end__gt": start}
    return Appointment.objects.exclude(status=Appointment.Status.CANCELLED).filter(practitioner__in=doctors, **near)


def _times_off(doctors, start, end) -> dict[int, list[Span]]:
    found = defaultdict(list)
    rows = TimeOff.objects.filter(practitioner__in=doctors, start__lt=end, end__gt=start)
    for doctor, begins, ends in rows.values_list("practitioner", "start", "end"):
        found[doctor].append((minute(begins), minute(ends + timedelta(seconds=59))))
    return found


def _counted(doctors, start, end, zone: ZoneInfo) -> dict[tuple[int, date], tuple[int, int]]:
    """How many are booked on each day, and for how many minutes; the database counts."""
    rows = _planned(doctors, start, end).annotate(day=TruncDate("start", tzinfo=zone)).values("practitioner", "day")
    counted = rows.annotate(people=Count("pk"), taken=Sum(F("end") - F("start"))).order_by()
    return {(row["practitioner"], row["day"]): (row["people"], row["taken"] // timedelta(minutes=1)) for row in counted}

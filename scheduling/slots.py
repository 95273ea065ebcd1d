"""Openings cut into slots: pure computation on aware times."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

CELL = timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


class Slot(NamedTuple):
    """A time that could be booked."""

    start: datetime
    end: datetime


def cut(start: datetime, end: datetime, length: timedelta) -> Iterator[Slot]:
    """Cut an open period into slots; a remainder too short to use is dropped."""
    while start + length <= end:
        yield Slot(start, start + length)
        start += length


def free(start: int, end: int, length: int, gap: int, busy: Sequence[tuple[int, int]]) -> Iterator[range]:
    """Rows of moments at which visits of `length` may begin in an open period, each with `gap` free after it.

    All are minutes (`minute`). busy: sorted periods that do not overlap (`merged`).
    Beginnings keep to the grid that starts with the period.
    """
    step, at, last = length + gap, start, end - length
    for begins, ends in islice(busy, bisect_right(busy, start, key=itemgetter(1)), None):
        if at > last:
            return
        yield range(at, min(begins - step, last) + 1, step)
        at = ends + (start - ends) % step
    yield range(at, last + 1, step)


def merged(periods: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same moments as sorted periods that neither overlap nor touch."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(periods):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def minus(wanted: Sequence[tuple[int, int]], taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left of some periods when others are taken away. Both are `merged`."""
    left, place = [], 0
    for start, end in wanted:
        while place < len(taken) and taken[place][0] < end:
            begins, ends = taken[place]
            if start < begins:
                left.append((start, begins))
            start = max(start, ends)
            if ends > end:
                break
            place += 1
        if start < end:
            left.append((start, end))
    return left


def shares(periods: Iterable[tuple[int, int]], bounds: Sequence[int]) -> list[int]:
    """How many minutes of these periods lie in each of the stretches between sorted bounds."""
    found = [0] * (len(bounds) - 1)
    for start, end in periods:
        place = max(0, bisect_right(bounds, start) - 1)
        while place < len(found) and bounds[place] < end:
            found[place] += max(0, min(end, bounds[place + 1]) - max(start, bounds[place]))
            place += 1
    return found


@lru_cache(maxsize=20_000)
def opening(day: date, start: time, end: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The open period of one day as instants in UTC; on the day the clocks change it is as long as it really is."""
    return tuple(datetime.combine(day, at, tzinfo=zone).astimezone(UTC) for at in (start, end))  # type: ignore[return-value]


def cells(start: datetime, end: datetime) -> Iterator[datetime]:
    """The five-minute cells that a period touches."""
    first = start.replace(second=0, microsecond=0) - timedelta(minutes=start.minute % 5)
    while first < end:
        yield first
        first += CELL


def overlaps(slot: Slot, start: datetime, end: datetime) -> bool:
    """Whether a slot and a period share a moment."""
    return slot.start < end and start < slot.end


def minute(moment: datetime) -> int:
    """Whole minutes since 1970; a begun one counts as the one that began."""
    return (moment - _EPOCH) // _MINUTE


@lru_cache(maxsize=100_000)
def moment(minute: int) -> datetime:
    """The instant, in UTC."""
    return _EPOCH + minute * _MINUTE

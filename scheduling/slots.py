"""Openings cut into slots: pure computation on aware times."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

CELL = timedelta(minutes=5)


class Slot(NamedTuple):
    """A time that could be booked."""

    start: datetime
    end: datetime


def cut(start: datetime, end: datetime, length: timedelta) -> Iterator[Slot]:
    """Cut an open period into slots; a remainder too short to use is dropped."""
    while start + length <= end:
        yield Slot(start, start + length)
        start += length


def opening(day: date, start: time, end: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The open period of one day as instants in UTC; on the day the clocks change it is as long as it really is."""
    utc = ZoneInfo("UTC")
    return tuple(datetime.combine(day, at, tzinfo=zone).astimezone(utc) for at in (start, end))  # type: ignore[return-value]


def cells(start: datetime, end: datetime) -> Iterator[datetime]:
    """The five-minute cells that a period touches."""
    first = start.replace(second=0, microsecond=0) - timedelta(minutes=start.minute % 5)
    while first < end:
        yield first
        first += CELL


def overlaps(slot: Slot, start: datetime, end: datetime) -> bool:
    """Whether a slot and a period share a moment."""
    return slot.start < end and start < slot.end

"""What stands in a doctor's calendar elsewhere: pure reading of an ICS file into busy times. No file is believed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from .slots import Slot

MOST_EVENTS = 5000  # of a file; a doctor's year has fewer
MOST_STEPS = 20_000  # of one repetition: every day since fifty years
RHYTHMS = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
DAY = timedelta(days=1)


class Unreadable(Exception):
    """This is no calendar, or one that cannot be true."""


def busy(text: bytes, *, start: datetime, end: datetime, zone: ZoneInfo) -> list[Slot]:
    """The busy times between two moments, sorted. `zone` is that of days and of times which name none.

    One broken event makes the whole file unreadable: what was known before is better than half of what is true now.
    """
    try:
        return sorted({slot for slot in _all(_events(text), zone, end) if slot.start < min(slot.end, end) and slot.end > start})
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise Unreadable(str(error)) from None


def _events(text: bytes) -> list[Event]:
    calendars = Calendar.from_ical(text, multiple=True)
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    if not calendars or any(calendar.name != "VCALENDAR" for calendar in calendars) or len(events) > MOST_EVENTS:
        raise Unreadable("no calendar, or one with too many events")
    return events


def _all(events: list[Event], zone: ZoneInfo, end: datetime) -> Iterator[Slot]:
    """Every time of every event; one of a series that was changed by itself counts as it was changed."""
    changed = {(str(event.get("UID")), _moment(event["RECURRENCE-ID"], zone)) for event in events if "RECURRENCE-ID" in event}
    for event in filter(_blocks, events):
        for slot in _occurrences(event, zone, end):
            if "RECURRENCE-ID" in event or (str(event.get("UID")), slot.start) not in changed:
                yield slot


def _blocks(event: Event) -> bool:
    return str(event.get("STATUS")).upper() != "CANCELLED" and str(event.get("TRANSP")).upper() != "TRANSPARENT"


def _occurrences(event: Event, zone: ZoneInfo, end: datetime) -> Iterator[Slot]:
    first, length = event["DTSTART"].dt, _length(event, zone)
    for begin in _beginnings(event, first, end):
        at = _aware(begin, zone)
        yield Slot(at.astimezone(UTC), (at + length).astimezone(UTC))


def _length(event: Event, zone: ZoneInfo) -> timedelta:
    first = _moment(event["DTSTART"], zone)
    if "DTEND" in event:
        length = _moment(event["DTEND"], zone) - first
    elif "DURATION" in event:
        length = event["DURATION"].dt
    else:
        length = timedelta(0) if isinstance(event["DTSTART"].dt, datetime) else DAY
    if length < timedelta(0):
        raise Unreadable("an event ends before it starts")
    return length


def _beginnings(event: Event, first: date | datetime, end: datetime) -> Iterator[date | datetime]:
    """By the wall clock of the event's own zone, so that nine o'clock stays nine o'clock when the clocks change."""
    own = first.tzinfo if isinstance(first, datetime) else None
    skipped = {_plain(moment, own) for moment in _named(event, "EXDATE")}
    once = [*([] if "RRULE" in event else [first]), *_named(event, "RDATE")]
    yield from (begin for begin in once if _plain(begin, own) not in skipped)
    if "RRULE" not in event:
        return
    last = end.replace(tzinfo=None) + DAY
    for rule in _many(event["RRULE"]):
        for begin in takewhile(lambda begin: begin <= last, _repeated(rule, _plain(first, own), own)):
            if begin not in skipped:
                yield begin.replace(tzinfo=own) if isinstance(first, datetime) else begin.date()


def _named(event: Event, name: str) -> list[date | datetime]:
    """Single dates beside a rhythm; of a period its beginning counts."""
    dates = [item.dt for entry in _many(event.get(name)) for item in entry.dts]
    return [found[0] if isinstance(found, tuple) else found for found in dates]


def _repeated(rule, first: datetime, own) -> Iterator[datetime]:
    if not set(rule.get("FREQ", [])) <= RHYTHMS:
        raise Unreadable("an event repeats more often than every day")
    if "UNTIL" in rule:
        rule["UNTIL"] = [_plain(until, own) for until in rule["UNTIL"]]
    steps = rrulestr(rule.to_ical().decode(), dtstart=first)
    return islice(steps, MOST_STEPS)


def _many(value) -> list:
    return value if isinstance(value, list) else [value] if value is not None else []


def _plain(moment: date | datetime, own) -> datetime:
    """The same on the event's own clock, without naming it."""
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day)
    return (moment.astimezone(own) if moment.tzinfo and own else moment).replace(tzinfo=None)


def _moment(value, zone: ZoneInfo) -> datetime:
    """The instant that a property names; a zone that nobody knows is not guessed."""
    if isinstance(value.dt, datetime) and value.dt.tzinfo is None and "TZID" in value.params:
        raise Unreadable("a time zone that does not exist")
    return _aware(value.dt, zone)


def _aware(value: date | datetime, zone: ZoneInfo) -> datetime:
    """A day begins at midnight, and a time without zone is on the doctor's clock."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return value if value.tzinfo else value.replace(tzinfo=zone)

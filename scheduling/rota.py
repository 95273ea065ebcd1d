"""The plan of who works when: opening hours less time off, over all clinics of a doctor."""

from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .models import Availability, Opening, TimeOff
from .slots import merged, minute, moment, opening

Period = tuple[datetime, datetime]
DAY = timedelta(days=1)


def planned(practitioners, start: datetime, end: datetime) -> dict[int, list[Period]]:
    """When each of these doctors is planned to work in that time, by the practitioner's number."""
    doctors = [practitioner.pk for practitioner in practitioners]
    hours = defaultdict(list)
    for regular in Availability.objects.filter(practitioner__in=doctors).select_related("clinic"):
        hours[regular.practitioner_id] += _on_days(regular, start, end)
    within = {"practitioner__in": doctors, "start__lt": end, "end__gt": start}
    for extra in Opening.objects.filter(**within):
        hours[extra.practitioner_id].append((minute(extra.start), minute(extra.end)))
    away = defaultdict(list)
    for off in TimeOff.objects.filter(**within, outside=None).order_by("start"):
        away[off.practitioner_id].append((minute(off.start), minute(off.end)))
    return {doctor: [*_without(merged(hours[doctor]), merged(away[doctor]))] for doctor in doctors}


def open_until(practitioner, now: datetime) -> datetime | None:
    """Until when somebody who works now is planned to work; None outside the plan."""
    periods = planned([practitioner], now - DAY, now + DAY)[practitioner.pk]
    return next((end for begin, end in periods if begin <= now < end), None)


def _on_days(regular, start, end):
    zone = ZoneInfo(regular.clinic.time_zone)
    day, last = (start - DAY).astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        if day.weekday() == regular.weekday and (regular.valid_from or day) <= day <= (regular.valid_until or day):
            begins, ends = opening(day, regular.start, regular.end, zone)
            if begins < end and ends > start:
                yield minute(begins), minute(ends)
        day += DAY


def _without(periods, away):
    """What is left of these periods; both sorted, in minutes."""
    for begin, end in periods:
        for gone, back in away:
            if gone < end and back > begin:
                if begin < gone:
                    yield moment(begin), moment(gone)
                begin = max(begin, back)
        if begin < end:
            yield moment(begin), moment(end)

"""Which times of a doctor can still be booked."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from .models import Appointment, Availability, TimeOff
from .slots import Slot, cut, opening, overlaps

HORIZON = timedelta(days=14)
NOTICE = timedelta(minutes=15)


def open_slots(practitioner, clinic, *, start: datetime | None = None, end: datetime | None = None) -> list[Slot]:
    """The free slots of a doctor in a clinic, soonest first."""
    start = max(start or timezone.now(), timezone.now()) + NOTICE
    end = end or start + HORIZON
    taken = _taken(practitioner, start, end)
    slots = sorted(slot for slot in _all_slots(practitioner, clinic, start, end) if start <= slot.start and slot.end <= end)
    return [slot for slot in dict.fromkeys(slots) if not any(overlaps(slot, *period) for period in taken)]


def _all_slots(practitioner, clinic, start, end):
    zone = ZoneInfo(clinic.time_zone)
    availabilities = list(Availability.objects.filter(practitioner=practitioner, clinic=clinic))
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        for availability in availabilities:
            if availability.weekday == day.weekday():
                period = opening(day, availability.start, availability.end, zone)
                yield from cut(*period, timedelta(minutes=availability.slot_minutes))
        day += timedelta(days=1)


def _taken(practitioner, start, end):
    booked = Appointment.objects.booked().filter(practitioner=practitioner, start__lt=end, end__gt=start)
    away = TimeOff.objects.filter(practitioner=practitioner, start__lt=end, end__gt=start)
    return [*booked.values_list("start", "end"), *away.values_list("start", "end")]

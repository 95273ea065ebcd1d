"""The load of a group of clinics: what the forecast needs to know, asked of the database."""

from datetime import datetime, timedelta
from itertools import takewhile

from django.core.cache import caches
from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import Clinic
from scheduling.models import Appointment

from .forecast import HOURS, Forecast, Known
from .forecast import forecast as reckon
from .models import Visit
from .queue import doctors_at_work
from .roster import Shift
from .states import WITH_DOCTOR, State

AHEAD = timedelta(hours=HOURS)
WEEKS, WEEK = 8, timedelta(weeks=1)
LAST_VISITS, LATELY = 200, timedelta(days=14)
LONGEST_MINUTES = 60  # what took longer was left open
AT_LEAST = timedelta(minutes=15)  # who works beyond the plan stays for a moment
SAID_SECONDS = 10
QUARTER = timedelta(minutes=15)


def forecast(clinics, now: datetime | None = None) -> Forecast:
    """What the next two hours bring to the doctors who are there."""
    now = now or timezone.now()
    clinics = _numbers(clinics)
    visits = Visit.objects.filter(clinic__in=clinics)
    here = visits.open().aggregate(
        waiting=Count("pk", filter=Q(state=State.WAITING, waiting_since__lte=now + AHEAD)),
        in_rooms=Count("pk", filter=Q(state__in=WITH_DOCTOR)),
    )
    booked = Appointment.objects.booked().filter(clinic__in=clinics, visit=None, start__range=(now, now + AHEAD)).count()
    weeks, minutes = _history(clinics, now)
    unbooked = visits.filter(appointment=None, arrived_at__gt=now - AHEAD, arrived_at__lte=now)
    lately = 0 if weeks else unbooked.count()
    return reckon(Known(**here, booked=booked, weeks=weeks, lately=lately, minutes=minutes, doctor_minutes=_time(clinics, now)))


def is_overloaded(clinics) -> bool:
    """Whether the pages have to say that the wait will be long; what is said may be ten seconds old."""
    clinics = _numbers(clinics)
    return caches["rows"].get_or_set(f"overloaded.{hash(tuple(clinics))}", lambda: forecast(clinics).is_overloaded, SAID_SECONDS)


def _numbers(clinics) -> list[int]:
    return list(Clinic.objects.filter(pk__in=clinics).order_by("pk").values_list("pk", flat=True))


def _time(clinics, now) -> float:
    """Minutes that the doctors who are there will have; if none is on duty, as if those who treat somebody were, or one came."""
    end, there = now + AHEAD, Shift.objects.present(now).in_clinics(clinics)
    spans = [max(AT_LEAST, min(end, until or end) - now) for until in there.values_list("planned_until", flat=True)]
    return (sum(spans, timedelta()) or doctors_at_work(clinics) * AHEAD) / timedelta(minutes=1)


def _history(clinics, now) -> tuple[list[int], list[float]]:
    """Who came in these hours of past weeks, and how long visits took; asked once in a quarter of an hour."""
    quarter = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % QUARTER
    key = f"history.{hash(tuple(clinics))}.{quarter:%j%H%M}"
    return caches["rows"].get_or_set(key, lambda: (_weeks(clinics, quarter), _minutes(clinics, quarter)), QUARTER.seconds)


def _weeks(clinics, now) -> list[int]:
    """Unbooked people by week, as far back as there were any at all."""
    visits = Visit.objects.filter(clinic__in=clinics)
    begins = [now - number * WEEK for number in range(1, WEEKS + 1)]
    known = takewhile(lambda begin: visits.filter(arrived_at__lt=begin).exists(), begins)
    return [visits.filter(appointment=None, arrived_at__gte=begin, arrived_at__lt=begin + AHEAD).count() for begin in known]


def _minutes(clinics, now) -> list[float]:
    """Lengths of the last finished visits."""
    done = Visit.objects.filter(clinic__in=clinics, state=State.COMPLETED, arrived_at__gt=now - LATELY, called_at__isnull=False)
    times = done.order_by("-arrived_at").values_list("called_at", "ended_at")[:LAST_VISITS]
    return [min(LONGEST_MINUTES, (ended - called).total_seconds() / 60) for called, ended in times]

"""A visit that runs over makes its doctor late for whoever is booked next."""

from datetime import timedelta

from django.utils import timezone

from scheduling import lateness
from scheduling.models import Appointment

from . import beats
from .models import Visit
from .states import State

NOTICED = timedelta(minutes=10)  # nobody is told of less
STEP_MINUTES = 15  # and again only when it has become a quarter of an hour more
SEEN = [state for state in State if state not in (State.ARRIVED, State.WAITING)]


def notice() -> None:
    """Say how late each doctor is who is still with somebody while the next booked time has passed. Safe to run twice."""
    going_on = Visit.objects.filter(state=State.IN_PROGRESS).exclude(practitioner=None)
    beats.for_each(going_on.select_related("practitioner"), say_late)


def say_late(visit) -> None:
    """How late the doctor of this visit is for whoever is booked next, if it is news."""
    waits = _next_of(visit)
    if waits and lateness.of(waits) < (over := timezone.now() - waits.start):
        steps = over // timedelta(minutes=STEP_MINUTES) + 1
        lateness.say(visit.practitioner, min(steps * STEP_MINUTES, lateness.MOST), by=None)


def _next_of(visit) -> Appointment | None:
    """Who is booked with this doctor, and whose time came while this visit went on."""
    since = {"start__gt": visit.called_at, "start__lte": timezone.now() - NOTICED}
    theirs = Appointment.objects.booked().filter(practitioner=visit.practitioner, **since).exclude(visit__state__in=SEEN)
    return theirs.select_related("practitioner").order_by("start").first()

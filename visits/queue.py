"""The queue is a question: who comes next, where do I stand, how long will it take."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from accounts.models import Clinic, Practitioner, User

from .models import Visit
from .states import WITH_DOCTOR

# Minutes a person of each level may safely wait (targets of the Canadian scale from which the Korean one comes).
TARGET_MINUTES = {1: 0, 2: 15, 3: 30, 4: 60, 5: 120}
VISIT_MINUTES = 10  # what a visit usually takes


def rank(acuity: int, since: datetime, now: datetime) -> tuple:
    """Sort key: levels 1 and 2 first, then by the share of the safe wait that is used up, ties by arrival, then by level."""
    if acuity <= 2:
        return (acuity, 0.0, since)
    return (3, -safe_wait_used(acuity, since, now), since, acuity)


def safe_wait_used(acuity: int, since: datetime, now: datetime) -> float:
    """Share of the safe wait that is used up: 1.0 is the target itself; level 1 has no wait to use."""
    waited = max(0.0, (now - since).total_seconds() / 60)
    return waited / max(1, TARGET_MINUTES[acuity])


class Place(NamedTuple):
    """One line of the queue."""

    number: int
    visit: Visit
    waited_minutes: int
    target_minutes: int
    used_percent: int

    @property
    def is_late(self):
        return self.used_percent > 100


def in_order(visits, now: datetime | None = None) -> list[Place]:
    """Waiting visits in the order in which they are to be seen; who is booked for later does not wait yet."""
    now = now or timezone.now()
    here = [visit for visit in visits if visit.waiting_since <= now]
    here.sort(key=lambda visit: rank(visit.acuity, visit.waiting_since, now))
    return [_place(number, visit, now) for number, visit in enumerate(here, start=1)]


def _place(number, visit, now):
    waited = int((now - visit.waiting_since).total_seconds() // 60)
    used = round(100 * safe_wait_used(visit.acuity, visit.waiting_since, now))
    return Place(number, visit, waited, TARGET_MINUTES[visit.acuity], used)


def of_staff(user) -> list[Place]:
    """The queue of all clinics a person works for."""
    return in_order(Visit.objects.visible_to(user).waiting().with_people())


def place_of(visit) -> Place | None:
    """Where this visit stands among all whom the doctors of its clinic look after; None when it does not wait (yet)."""
    places = in_order(Visit.objects.waiting().filter(clinic__in=_clinics_beside(visit.clinic_id)).with_people())
    return next((place for place in places if place.visit.pk == visit.pk), None)


def soon(now: datetime | None = None) -> Iterator[Place]:
    """Who will probably be called in next, everywhere: as many as doctors are at work, and always the first."""
    waiting = Visit.objects.waiting().with_people()
    for clinic_id in waiting.values_list("clinic", flat=True).distinct():
        beside = _clinics_beside(clinic_id)
        first = in_order(waiting.filter(clinic__in=beside), now)[: _doctors_at_work(beside)]
        yield from (place for place in first if place.visit.clinic_id == clinic_id)


def _clinics_beside(clinic_id):
    """A clinic, and those its doctors serve as well: there stands who may be seen before."""
    doctors = Practitioner.objects.filter(clinics=clinic_id, user__role=User.Role.DOCTOR)
    return Clinic.objects.filter(Q(pk=clinic_id) | Q(practitioners__in=doctors)).values("pk")


def _doctors_at_work(clinics) -> int:
    doctors = Practitioner.objects.filter(clinics__in=clinics, user__role=User.Role.DOCTOR)
    return max(1, doctors.filter(visits__state__in=WITH_DOCTOR).distinct().count())


class Expectation(NamedTuple):
    """An honest guess of the wait that is still ahead."""

    from_minutes: int
    to_minutes: int


def expectation(place: Place) -> Expectation:
    """A range, since nobody knows: those ahead, shared by the doctors at work now, half as long to twice as long."""
    ahead = place.number * VISIT_MINUTES / _doctors_at_work(_clinics_beside(place.visit.clinic_id))
    return Expectation(round(ahead / 2), round(ahead * 2))

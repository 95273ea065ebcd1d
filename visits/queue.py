"""The queue is a question: who comes next, where do I stand and why, how long will it take."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Clinic, Practitioner

from . import order
from .models import Acuity, Visit
from .order import TARGET_MINUTES, Expectation
from .states import WITH_DOCTOR


def rank(acuity: int, since: datetime, now: datetime) -> tuple:
    """The sort key of somebody who has waited since then; whole microseconds, as in the database."""
    return order.rank(acuity, (now - since) // timedelta(microseconds=1))


def safe_wait_used(acuity: int, since: datetime, now: datetime) -> float:
    """Share of the safe wait that is used up."""
    return order.safe_wait_used(acuity, (now - since).total_seconds() / 60)


class Place(NamedTuple):
    """One line of the queue."""

    number: int | None  # an emergency has none
    visit: Visit
    waited_minutes: int
    target_minutes: int
    used_percent: int
    ahead: order.Ahead

    @property
    def is_late(self):
        return self.used_percent > 100


def in_order(visits, now: datetime | None = None) -> list[Place]:
    """Waiting visits in the order in which they are to be seen; emergencies and who is booked for later have no place."""
    now = now or timezone.now()
    here = [visit for visit in visits if visit.waiting_since <= now and visit.acuity > Acuity.RESUSCITATION]
    return numbered(sorted(here, key=lambda visit: (*rank(visit.acuity, visit.waiting_since, now), visit.pk)), now)


def numbered(line, now: datetime) -> list[Place]:
    """Visits that stand in order already, as lines of the queue."""
    ahead: Counter[int] = Counter()
    places = []
    for number, visit in enumerate(line, start=1):
        places.append(_place(number, visit, order.why(visit.acuity, ahead), now))
        ahead[visit.acuity] += 1
    return places


def _place(number, visit, ahead, now):
    waited = max(0, int((now - visit.waiting_since).total_seconds() // 60))
    used = round(100 * safe_wait_used(visit.acuity, visit.waiting_since, now))
    return Place(number, visit, waited, TARGET_MINUTES[visit.acuity], used, ahead)


def of_staff(user, now: datetime | None = None) -> list[Place]:
    """The queue of all clinics a person works for."""
    now = now or timezone.now()
    return numbered(Visit.objects.visible_to(user).in_line(now).with_people(), now)


def emergencies(user, now: datetime | None = None) -> list[Place]:
    """Lives in danger in all clinics a person works for: whoever is free sees them now, and whoever is not may interrupt."""
    now = now or timezone.now()
    visits = Visit.objects.visible_to(user).emergencies().with_people()
    return [_place(None, visit, order.Ahead(0, 0, 0), now) for visit in visits]


def place_of(visit, now: datetime | None = None) -> Place | None:
    """Where this visit stands among all whom the doctors of its clinic look after; None when it has no place (yet)."""
    now = now or timezone.now()
    line = Visit.objects.filter(clinic__in=clinics_beside(visit.clinic_id)).in_line(now)
    return next((place for place in numbered(line, now) if place.visit.pk == visit.pk), None)


def soon(now: datetime | None = None) -> Iterator[Place]:
    """Who will probably be called in next, everywhere: as many as doctors are at work, and always the first."""
    now = now or timezone.now()
    for clinic_id in Visit.objects.in_line(now).order_by().values_list("clinic", flat=True).distinct():
        beside = clinics_beside(clinic_id)
        first = Visit.objects.filter(clinic__in=beside).in_line(now).with_people()[: doctors_at_work(beside)]
        yield from (place for place in numbered(first, now) if place.visit.clinic_id == clinic_id)


def clinics_beside(clinic_id):
    """A clinic, and those its doctors serve as well: there stands who may be seen before."""
    doctors = Practitioner.objects.doctors().filter(clinics=clinic_id)
    return Clinic.objects.filter(Q(pk=clinic_id) | Q(practitioners__in=doctors)).values("pk")


def doctors_at_work(clinics) -> int:
    """Doctors who have somebody in their room now; at least one will come."""
    doctors = Practitioner.objects.doctors().filter(clinics__in=clinics)
    return max(1, doctors.filter(visits__state__in=WITH_DOCTOR).distinct().count())


def expectation(place: Place) -> Expectation:
    """The wait that is still ahead, between two numbers of minutes."""
    doctors = doctors_at_work(clinics_beside(place.visit.clinic_id))
    return order.expectation(place.visit.acuity, place.number, doctors)


def in_words(wait: Expectation) -> str:
    """How long it will take, as people say it."""
    low, high = wait.rounded
    if low:
        return _("It will probably take %(low)s to %(high)s minutes.") % {"low": low, "high": high}
    return _("It will probably take at most %(high)s minutes.") % {"high": high}

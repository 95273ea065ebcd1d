"""The doctors' list of who waits: the same for all who work for the same clinics, so it can be drawn once for all of them."""

import zoneinfo
from types import SimpleNamespace
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import Practitioner, User
from video import phone
from visits import load, queue
from visits.models import Acuity, Visit
from visits.states import State

from .overtaking import explained
from .reasons import with_reasons

ANY_DOCTOR = SimpleNamespace(is_authenticated=True, is_staff_member=True, is_doctor=True, role=User.Role.DOCTOR)
TOKEN = "the-token-of-this-page"  # noqa: S105 - stands for what each page puts in its place


class Key(NamedTuple):
    """Who sees the same."""

    clinics: tuple[int, ...]
    language: str
    zone: str


class Drawn(NamedTuple):
    """The list as it is now, whom it shows, and the clinics of those who may see it."""

    html: str
    visits: list[Visit]
    readers: dict[int, set[int]]


def facts(clinics) -> dict:
    """All open visits of some clinics, by what a doctor can do with them now."""
    now = timezone.now()
    visits = Visit.objects.filter(clinic__in=clinics).open().with_people().select_related("intake")
    visits = phone.with_wishes(with_reasons(visits))
    waiting = [visit for visit in visits if visit.state == State.WAITING]
    in_line = [visit for visit in waiting if visit.acuity > Acuity.RESUSCITATION]
    return {
        "visits": visits,
        "emergencies": [visit for visit in waiting if visit.acuity == Acuity.RESUSCITATION],
        "overloaded": load.is_overloaded(clinics),
        "places": explained(queue.in_order(in_line, now)),
        "later": sorted((v for v in in_line if v.waiting_since > now), key=lambda v: v.waiting_since),
        "alarms": [visit for visit in visits if visit.state == State.ARRIVED and visit.emergency_at],
    }


def draw(key: Key) -> Drawn:
    """The list for all who see the same, without what is one doctor's own."""
    with translation.override(key.language), timezone.override(zoneinfo.ZoneInfo(key.zone)):
        found = facts(key.clinics)
        html = render_to_string("desk/_queue.html", {**found, "user": ANY_DOCTOR, "csrf_token": TOKEN})
    return Drawn(html, found["visits"], _readers(key.clinics))


def _readers(clinics) -> dict[int, set[int]]:
    """Doctors who may see it at this moment, each with their clinics among these."""
    readers: dict[int, set[int]] = {}
    doctors = Practitioner.objects.doctors().filter(clinics__in=clinics)
    for user, clinic in doctors.values_list("user", "clinics"):
        readers.setdefault(user, set()).add(clinic)
    return readers

"""Plan a follow-up: the free times of this doctor near a wished day, once or several times."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import Refused
from scheduling import booking
from scheduling.models import Appointment
from scheduling.openings import HORIZON, horizon, open_slots
from scheduling.slots import Slot

IN_DAYS = (1, 3, 7, 14, 28, 56, 84)
USUAL_DAYS = 7
TIMES = (1, 2, 3, 4)
SHOWN = 6
DAY = timedelta(days=1)


class Wish(NamedTuple):
    """In how many days, and how often at that distance."""

    days: int = USUAL_DAYS
    times: int = 1

    @classmethod
    def of(cls, data, visit) -> "Wish":
        """What a form says; what cannot be read is as usual."""
        days, times = (data.get(name, "") for name in ("days", "times"))
        return cls(
            int(days) if days.isdigit() and int(days) in days_for(visit) else min(USUAL_DAYS, max(days_for(visit))),
            int(times) if times.isdigit() and int(times) in TIMES else 1,
        )


def kind_for(visit):
    """The clinic's kind of visit that can be booked furthest ahead; None where it has none beyond the usual."""
    kinds = visit.clinic.visit_types.filter(is_offered=True, horizon_days__gt=HORIZON.days)
    return kinds.order_by("-horizon_days", "minutes").first()


def days_for(visit) -> list[int]:
    """The distances within which this clinic books."""
    kind = kind_for(visit)
    return [days for days in IN_DAYS if days <= horizon(kind).days]


def in_words(days: int) -> str:
    if days < 7:
        return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}
    return ngettext("in %(n)s week", "in %(n)s weeks", days // 7) % {"n": days // 7}


def slots_near(visit, doctor, days: int, now: datetime | None = None) -> list[Slot]:
    """Free times nearest to this time of the day, so many days from now."""
    wished, kind = (now or timezone.now()) + days * DAY, kind_for(visit)
    last = timezone.now() + horizon(kind)
    found = open_slots(doctor, visit.clinic, kind=kind, start=wished - DAY, end=wished + 2 * DAY)
    near = sorted((slot for slot in found if slot.end <= last), key=lambda slot: abs(slot.start - wished))
    return sorted(near[:SHOWN])


def plan(visit, slot: Slot, wish: Wish, *, request_key, by) -> list[Appointment]:
    """Book the follow-ups with this doctor: all of them, or none."""
    doctor = by.practitioner
    if visit.practitioner_id != doctor.pk:
        raise Refused(_("Only the doctor who sees the patient plans the follow-up."))
    slots = [slot, *(_again(visit, doctor, slot, wish.days * number) for number in range(1, wish.times))]
    facts = {"practitioner": doctor, "clinic": visit.clinic, "patient": visit.patient, "kind": kind_for(visit)}
    return booking.book_series(slots, request_key=request_key, by=by, **facts)


def planned(visit) -> list[Appointment]:
    """What is booked for this patient from now on."""
    return list(visit.patient.appointments.upcoming().select_related("practitioner", "clinic"))


def _again(visit, doctor, slot, days):
    """The same time so many days later, or the nearest free one."""
    near = slots_near(visit, doctor, days, now=slot.start)
    if not near:
        raise Refused(_("There is no free time for all of these visits. Please plan fewer, or nearer ones."))
    return min(near, key=lambda free: abs(free.start - slot.start - days * DAY))

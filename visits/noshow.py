"""Did not come: only who was never here, and whom somebody tried to reach twice while the doctor was there.

Whoever checked in can never be "did not come". When the technology failed, that has a word of its own.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from scheduling import away, joining
from scheduling.models import Appointment, Proposal

from .models import ContactAttempt, Visit

ATTEMPTS = 2  # with the doctor present
APART = timedelta(minutes=3)  # two rings in a row are one attempt
LOOK_BACK = timedelta(days=2)


class NotYet(Refused):
    """It is too early to say that somebody did not come."""


def missing(user) -> QuerySet[Appointment]:
    """Booked, begun, and nobody has checked in: the appointments of the clinics a person works for."""
    now = timezone.now()
    here = Appointment.objects.booked().filter(clinic__in=user.clinics, start__lte=now, start__gt=now - LOOK_BACK, visit=None)
    here = here.exclude(pk__in=Proposal.objects.live().values("change__appointment"))  # it was the doctor who was away
    return (
        here.select_related("patient", "practitioner", "clinic").prefetch_related("attempts__by__practitioner").order_by("start")
    )


@transaction.atomic
def attempt(appointment, *, way, with_doctor, by, words="") -> ContactAttempt:
    """Somebody tried to reach a patient who is not here: when, how, and whether the doctor was there."""
    _lock(appointment)
    if way not in ContactAttempt.Way.values:
        raise Refused(_("Please choose how you tried to reach them."))
    made = ContactAttempt.objects.create(
        appointment=appointment, way=way, with_doctor=with_doctor or by.is_doctor, words=words.strip()[:200], by=by
    )
    audit.record(by, "appointment.attempt", appointment, why=way)
    return made


@transaction.atomic
def did_not_come(appointment, *, by) -> Appointment:
    """The patient did not come, and two attempts to reach them with the doctor present failed."""
    appointment = _lock(appointment)
    if away.live(appointment):
        raise Refused(_("The doctor was away and another time is offered, so the patient is not to blame."))
    if attempts_missing(appointment):
        raise NotYet(
            _("Try to reach them first, with the doctor present, %(minutes)d minutes apart. Still missing: %(number)d.")
            % {"number": attempts_missing(appointment), "minutes": APART // timedelta(minutes=1)}
        )
    return _close(appointment, Appointment.Status.NOSHOW, by=by)


@transaction.atomic
def technology_failed(appointment, *, by, reason) -> Appointment:
    """They could not come in, or we could not: nobody's fault, and no "did not come"."""
    if not reason.strip():
        raise Refused(_("Please write what did not work."))
    return _close(_lock(appointment), Appointment.Status.TECHNICAL, by=by, reason=reason)


def attempts_missing(appointment) -> int:
    """How many attempts are still needed: each with the doctor present, some minutes after the one before."""
    counted, last = 0, None
    for made in appointment.attempts.all():
        if made.with_doctor and (last is None or made.at - last >= APART):
            counted, last = counted + 1, made.at
    return max(0, ATTEMPTS - counted)


def _lock(appointment) -> Appointment:
    """The appointment, if its time has come and nobody has checked in."""
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if appointment.status != Appointment.Status.BOOKED:
        raise Refused(_("This appointment is “%(state)s” already.") % {"state": appointment.get_status_display()})
    if appointment.start > timezone.now():
        raise NotYet(_("The booked time has not come yet."))
    if came(appointment):
        raise Refused(_("%(name)s has checked in, so this can never be “did not come”.") % {"name": appointment.patient.name})
    return appointment


def came(appointment) -> bool:
    """Whether the patient was here around that time, by the booking or without it."""
    around = joining.opens_at(appointment), appointment.end + joining.LATE
    by_chance = Visit.objects.filter(patient=appointment.patient, clinic=appointment.clinic, arrived_at__range=around)
    return Visit.objects.filter(appointment=appointment).exists() or by_chance.exists()


def _close(appointment, status, *, by, reason="") -> Appointment:
    appointment.status = status
    appointment.save(update_fields=["status"])
    audit.record(by, f"appointment.{status}", appointment, why=reason)
    return appointment

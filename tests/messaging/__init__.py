"""Messages about appointments and visits."""

import uuid
from datetime import timedelta

from django.utils import timezone

from messaging import planning
from messaging.models import Message
from scheduling import booking
from scheduling.models import Opening
from scheduling.slots import Slot
from tests.factories import make_clinic, make_patient, make_practitioner, make_user

MINUTE = timedelta(minutes=1)


def make_booking(*, ahead=timedelta(days=10), patient=None, by=None, clinic=None, plan=True, start=None):
    """A booked appointment, by default ten days ahead, and what it has to tell."""
    clinic = clinic or (patient.clinic if patient else make_clinic(name_en="Harbour Clinic", name_ko="항구의원"))
    patient = patient or make_patient(clinic=clinic, user=make_user(language="en"), name="Ann Lee")
    doctor = make_practitioner(clinic=clinic, name="Dr Kim")
    appointment = booking.book(
        open_time(doctor, clinic, start or timezone.now() + ahead), practitioner=doctor, clinic=clinic, patient=patient,
        request_key=uuid.uuid4(), by=by or patient.user or doctor.user,
    )  # fmt: skip
    if plan:
        plan_all()
    return appointment


def open_time(doctor, clinic, at):
    """The doctor is open once more: a quarter of an hour around that moment, on a full minute."""
    start = at.replace(second=0, microsecond=0)
    slot = Slot(start, start + 15 * MINUTE)
    Opening.objects.get_or_create(practitioner=doctor, clinic=clinic, start=slot.start, end=slot.end)
    return slot


def move(appointment, ahead, *, by=None):
    slot = open_time(appointment.practitioner, appointment.clinic, timezone.now() + ahead)
    moved = booking.move(appointment, slot, by=by or appointment.booked_by)
    plan_all()
    return moved


def cancel(appointment):
    booking.cancel(appointment, by=appointment.booked_by)
    plan_all()


def plan_all():
    """What the receiver does after commit; a test's own transaction never commits."""
    for change in planning.unplanned():
        planning.plan(change)


def states(*kinds):
    """Kind and state of each message, as they were planned."""
    rows = Message.objects.order_by("made_at", "due_at").values_list("kind", "state")
    return [(kind, state) for kind, state in rows if not kinds or kind in kinds]

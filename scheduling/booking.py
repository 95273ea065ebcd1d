"""Book and cancel. One slot, one person: the database decides."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused

from .models import Appointment, BookedCell
from .openings import open_slots
from .slots import Slot, cells


class SlotTaken(Refused):
    """Somebody else was a moment faster; `alternatives` are the next free times."""

    def __init__(self, sentence, alternatives):
        super().__init__(sentence)
        self.alternatives = alternatives


def book(slot: Slot, *, practitioner, clinic, patient, request_key, by) -> Appointment:
    """Book a free time; sending the same request twice gives the same appointment."""
    free = open_slots(practitioner, clinic)  # asked first: a twin of this request may be booking right now
    existing = Appointment.objects.filter(request_key=request_key, patient=patient).first()
    if existing:
        return existing
    if slot not in free:
        raise _taken(free)
    try:
        return _write(slot, practitioner, clinic, patient, request_key, by)
    except IntegrityError:
        existing = Appointment.objects.filter(request_key=request_key, patient=patient).first()
        if existing:
            return existing
        raise _taken(open_slots(practitioner, clinic)) from None


@transaction.atomic
def _write(slot, practitioner, clinic, patient, request_key, by):
    appointment = Appointment.objects.create(
        practitioner=practitioner, clinic=clinic, patient=patient, start=slot.start, end=slot.end,
        request_key=request_key, booked_by=by,
    )  # fmt: skip
    sold = [BookedCell(appointment=appointment, practitioner=practitioner, start=cell) for cell in cells(*slot)]
    BookedCell.objects.bulk_create(sold)
    audit.record(by, "appointment.book", appointment)
    return appointment


def _taken(free):
    return SlotTaken(_("This time has just been taken. Please choose another one."), free[:3])


@transaction.atomic
def cancel(appointment, *, by) -> Appointment:
    """Give the time back; the row stays as a record."""
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if appointment.status == Appointment.Status.CANCELLED:
        return appointment
    if appointment.status != Appointment.Status.BOOKED:
        raise Refused(_("This appointment has already taken place, so it cannot be cancelled."))
    appointment.status = Appointment.Status.CANCELLED
    appointment.save(update_fields=["status"])
    appointment.cells.all().delete()
    audit.record(by, "appointment.cancel", appointment)
    return appointment

"""Book, hold, move and cancel. One slot, one person: the database decides."""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused

from .models import Appointment, AppointmentChange, BookedCell, ClinicRoom, Hold
from .openings import is_open, next_free
from .signals import appointment_changed
from .slots import Slot, cells

HOLD_MINUTES = 5  # while somebody fills in the form
CHOICES = 3  # other times that are named to whoever was too late


class SlotTaken(Refused):
    """Somebody else was a moment faster; `alternatives` are the next free times."""

    def __init__(self, sentence, alternatives):
        super().__init__(sentence)
        self.alternatives = alternatives


def book(slot: Slot, *, practitioner, clinic, patient, request_key, by, kind=None, series=None) -> Appointment:
    """Book a time that is free, or held by the one who books; sending the same request twice gives the same appointment."""
    again = partial(_booked_before, request_key, patient)
    refuse = partial(_refuse, slot, practitioner, clinic, kind)
    is_free = is_open(slot, practitioner, clinic, kind=kind)
    if not is_free and not _only_own_is_in_the_way(by, slot, practitioner, clinic, kind):
        return again() or refuse()

    def write():
        if not is_free:
            _own(by, slot, practitioner).delete()  # what somebody held makes place for what they book
        appointment = Appointment.objects.create(
            practitioner=practitioner, clinic=clinic, patient=patient, start=slot.start, end=slot.end, kind=kind,
            request_key=request_key, booked_by=by, series=series, room=_room_for(slot, clinic, kind),
        )  # fmt: skip
        _sell(slot, appointment)
        record(appointment, AppointmentChange.What.BOOKED, "appointment.book", by=by)
        return appointment

    return _race(write, again, refuse)


def hold(slot: Slot, *, practitioner, clinic, by, kind=None, minutes=HOLD_MINUTES) -> Hold:
    """Keep a time for some minutes; whoever fills in a form for another one gives that back."""
    refuse = partial(_refuse, slot, practitioner, clinic, kind)
    if not is_open(slot, practitioner, clinic, kind=kind) and not _only_own_is_in_the_way(by, slot, practitioner, clinic, kind):
        refuse()

    def write():
        Hold.objects.of_form(by).delete()
        until = timezone.now() + timedelta(minutes=minutes)
        kept = Hold.objects.create(practitioner=practitioner, start=slot.start, end=slot.end, by=by, expires_at=until)
        BookedCell.objects.bulk_create(
            [BookedCell(hold=kept, practitioner=practitioner, start=cell) for cell in _cells(slot, kind)]
        )
        return kept

    return _race(write, lambda: None, refuse)


def move(appointment, slot: Slot, *, by, practitioner=None, reason="") -> Appointment:
    """The same appointment at another time, perhaps with another doctor; the old time is free again in the same moment."""
    practitioner, kind, clinic = practitioner or appointment.practitioner, appointment.kind, appointment.clinic
    refuse = partial(_refuse, slot, practitioner, clinic, kind)
    if (appointment.practitioner_id, appointment.start, appointment.end) == (practitioner.pk, *slot):
        return appointment  # a second click

    def write():
        moved = _still_booked(appointment)
        moved.cells.all().delete()
        if by:
            Hold.objects.of_form(by).delete()
        if not is_open(slot, practitioner, clinic, kind=kind):
            refuse()
        moved.start, moved.end, moved.practitioner, moved.room = slot.start, slot.end, practitioner, _room_for(slot, clinic, kind)
        moved.sequence += 1
        moved.save(update_fields=["start", "end", "practitioner", "room", "sequence"])
        _sell(slot, moved)
        record(moved, AppointmentChange.What.MOVED, "appointment.move", by=by, reason=reason)
        return moved

    return _race(write, lambda: None, refuse)


@transaction.atomic
def cancel(appointment, *, by, reason="") -> Appointment:
    """Give the time back; the row stays as a record."""
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if appointment.status == Appointment.Status.CANCELLED:
        return appointment
    if appointment.status != Appointment.Status.BOOKED:
        raise Refused(_("This appointment has already taken place, so it cannot be cancelled."))
    appointment.status = Appointment.Status.CANCELLED
    appointment.sequence += 1
    appointment.save(update_fields=["status", "sequence"])
    appointment.cells.all().delete()
    record(appointment, AppointmentChange.What.CANCELLED, "appointment.cancel", by=by, reason=reason)
    return appointment


@transaction.atomic
def book_series(slots: Sequence[Slot], *, practitioner, clinic, patient, request_key, by, kind=None) -> list[Appointment]:
    """Follow-ups: all of these times, or none."""
    keys = [uuid.uuid5(request_key, str(number)) for number in range(len(slots))]
    facts = {"practitioner": practitioner, "clinic": clinic, "patient": patient, "by": by, "kind": kind, "series": request_key}
    return [book(slot, request_key=key, **facts) for slot, key in zip(slots, keys, strict=True)]


def held(practitioner, *, by) -> Hold | None:
    """The time with this doctor that somebody holds while they fill in the form."""
    return Hold.objects.of_form(by).filter(practitioner=practitioner, expires_at__gt=timezone.now()).first()


def forget_old_holds() -> int:
    """Holds that ran out; nobody waits for this, since whoever wants their time takes it anyway."""
    return Hold.objects.filter(expires_at__lte=timezone.now()).delete()[0]


# --- how it is done


def _race(write: Callable, again: Callable, refuse: Callable):
    """Write in one transaction; whoever loses gets what an earlier twin of the request got, or the refusal.

    A hold that ran out is in nobody's way: it is thrown out, and the write is tried once more.
    """
    for _attempt in range(2):
        try:
            with transaction.atomic():
                return write()
        except IntegrityError:
            if found := again():
                return found
            if not forget_old_holds():
                break
    return refuse()


def _own(by, slot: Slot, practitioner):
    """What somebody holds: by a form, or this very time by an offer too; what is proposed to a patient is nobody else's."""
    this = Q(practitioner=practitioner, start=slot.start, end=slot.end)
    mine = Hold.objects.filter(by=by, proposal=None, expires_at__gt=timezone.now())
    return mine.filter(Q(offer=None) | this)


def _only_own_is_in_the_way(by, slot: Slot, practitioner, clinic, kind) -> bool:
    """Whether a time is open but for what this person holds; time off and the doctor's hours count all the same."""
    own = _own(by, slot, practitioner)
    held = [(hold.practitioner_id, hold.start, hold.end) for hold in own]
    is_held = (practitioner.pk, *slot) in held
    return bool(held) and is_open(slot, practitioner, clinic, kind=kind, own=own, is_held=is_held)


def _cells(slot: Slot, kind):
    return cells(slot.start, slot.end + timedelta(minutes=kind.buffer_minutes if kind else 0))


def _sell(slot: Slot, appointment) -> None:
    times, doctor, room = list(_cells(slot, appointment.kind)), appointment.practitioner, appointment.room
    sold = [BookedCell(appointment=appointment, practitioner=doctor, start=at) for at in times]
    BookedCell.objects.bulk_create(sold + [BookedCell(appointment=appointment, room=room, start=at) for at in times if room])


def _room_for(slot: Slot, clinic, kind) -> ClinicRoom | None:
    """A room that is free then; two who choose the same one are told apart by the database."""
    if kind is None or not kind.needs_room:
        return None
    sold = BookedCell.objects.filter(room__clinic=clinic, start__in=list(_cells(slot, kind))).values("room")
    room = clinic.rooms.exclude(pk__in=sold).first()
    if room is None:
        raise Refused(_("All rooms of the clinic are taken at this time. Please choose another one."))
    return room


def _still_booked(appointment) -> Appointment:
    found = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if found.status != Appointment.Status.BOOKED:
        raise Refused(_("This appointment is not open any more, so it cannot be moved."))
    return found


def _booked_before(request_key, patient) -> Appointment | None:
    return Appointment.objects.filter(request_key=request_key, patient=patient).first()


def _refuse(slot: Slot, practitioner, clinic, kind):
    """Say no, and name the free times that come next."""
    others = next_free(slot.start, CHOICES, practitioner, clinic, kind=kind)
    raise SlotTaken(_("This time has just been taken. Please choose another one."), others)


def record(appointment, what, action, *, by, reason="") -> AppointmentChange:
    """Write one line of an appointment's history and announce it after commit."""
    change = AppointmentChange.objects.create(
        appointment=appointment, what=what, start=appointment.start, end=appointment.end, by=by, reason=reason[:300],
        practitioner=appointment.practitioner,
    )  # fmt: skip
    audit.record(by, action, appointment, why=reason)
    transaction.on_commit(partial(appointment_changed.send_robust, sender=Appointment, change=change))
    return change

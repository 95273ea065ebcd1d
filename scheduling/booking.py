"""Book, hold, move and cancel. One slot, one person: the database decides."""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused

from .models import Appointment, AppointmentChange, BookedCell, ClinicRoom, DayLimit, Hold
from .openings import is_full, is_open, next_free
from .signals import appointment_changed
from .slots import Slot, cells

HOLD_MINUTES = 5  # while somebody fills in the form
ATTEMPTS = 5  # more people do not choose the same of several rooms in one moment
CHOICES = 3  # other times that are named to whoever was too late


class SlotTaken(Refused):
    """Somebody else was a moment faster; `alternatives` are the next free times."""

    def __init__(self, sentence, alternatives):
        super().__init__(sentence)
        self.alternatives = alternatives


def book(slot: Slot, *, practitioner, clinic, patient, request_key, by, kind=None, series=None) -> Appointment:
    """Book a time that is free, or held by the one who books; sending the same request twice gives the same appointment."""
    refuse = partial(_refuse, slot, practitioner, clinic, kind)

    def write(own):
        if _is_last_place_gone(slot, practitioner, clinic):
            refuse()
        own.delete()  # what somebody held makes place for what they book
        appointment = Appointment(
            practitioner=practitioner, clinic=clinic, patient=patient, start=slot.start, end=slot.end, kind=kind,
            request_key=request_key, booked_by=by, series=series, room=_room_for(slot, clinic, kind, refuse),
        )  # fmt: skip
        _take(slot, kind, practitioner, appointment.room, appointment=appointment)  # first, since this is what many may want
        appointment.save()
        record(appointment, AppointmentChange.What.BOOKED, "appointment.book", by=by)
        return appointment

    way = partial(_in_the_way, by, slot, practitioner, clinic, kind)
    return _race(way, write, partial(_booked_before, request_key, patient), refuse)


def hold(slot: Slot, *, practitioner, clinic, by, kind=None, minutes=HOLD_MINUTES, of_form=True) -> Hold:
    """Keep a time for some minutes, with a room if it needs one; whoever fills in a form for another one gives that back."""
    refuse = partial(_refuse, slot, practitioner, clinic, kind)

    def write(own):
        (Hold.objects.of_form(by) if of_form else own).delete()
        until = timezone.now() + timedelta(minutes=minutes)
        kept = Hold.objects.create(practitioner=practitioner, start=slot.start, end=slot.end, by=by, expires_at=until)
        _take(slot, kind, practitioner, _room_for(slot, clinic, kind, refuse), hold=kept)
        return kept

    return _race(partial(_in_the_way, by, slot, practitioner, clinic, kind), write, lambda: None, refuse)


def move(appointment, slot: Slot, *, by, practitioner=None, reason="") -> Appointment:
    """The same appointment at another time, perhaps with another doctor; the old time is free again in the same moment."""
    practitioner, kind, clinic = practitioner or appointment.practitioner, appointment.kind, appointment.clinic
    refuse = partial(_refuse, slot, practitioner, clinic, kind, moving=appointment)

    def write(_none):
        moved = _still_booked(appointment)
        if (moved.practitioner_id, moved.start, moved.end) == (practitioner.pk, *slot):
            return moved  # a second click
        if _is_last_place_gone(slot, practitioner, clinic, moved):
            refuse()
        moved.cells.all().delete()
        own = _in_the_way(by, slot, practitioner, clinic, kind, moved)
        if own is None:
            refuse()
        own.delete()
        room = _room_for(slot, clinic, kind, refuse)
        moved.start, moved.end, moved.practitioner, moved.room = slot.start, slot.end, practitioner, room
        moved.sequence += 1
        moved.save(update_fields=["start", "end", "practitioner", "room", "sequence"])
        _take(slot, kind, practitioner, room, appointment=moved)
        record(moved, AppointmentChange.What.MOVED, "appointment.move", by=by, reason=reason)
        return moved

    return _race(Hold.objects.none, write, lambda: None, refuse)


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
    old = Hold.objects.filter(expires_at__lte=timezone.now())
    return old.delete()[0] if old else 0


# --- how it is done


def _race(way: Callable, write: Callable, again: Callable, refuse: Callable):
    """Write in one transaction; whoever loses gets what an earlier twin of the request got, or the refusal.

    Tried anew where that may help: a hold that ran out was in the way and is thrown out, or two chose the same of several rooms.
    """
    for _attempt in range(ATTEMPTS):
        own = way()
        if own is None:
            break
        try:
            with transaction.atomic():
                return write(own)
        except IntegrityError:
            forget_old_holds()
    return again() or refuse()


def _in_the_way(by, slot: Slot, practitioner, clinic, kind, moving=None) -> QuerySet | None:
    """What somebody holds themselves and would give for this time: nothing if it is open anyway; None if it cannot be had.

    Time off and the doctor's hours count all the same; what is proposed to a patient is nobody else's.
    """
    if is_open(slot, practitioner, clinic, kind=kind, moving=moving):
        return Hold.objects.none()
    this = Q(practitioner=practitioner, start=slot.start, end=slot.end)
    own = Hold.objects.filter(Q(offer=None) | this, by=by, proposal=None, expires_at__gt=timezone.now())
    held = [(hold.practitioner_id, hold.start, hold.end) for hold in own]
    is_held = (practitioner.pk, *slot) in held
    facts = {"kind": kind, "own": own, "is_held": is_held, "moving": moving}
    return own if held and is_open(slot, practitioner, clinic, **facts) else None


def _is_last_place_gone(slot: Slot, practitioner, clinic, moving=None) -> bool:
    """Asked once more under a lock: of two who want the last place of a day that has a limit, one gets it."""
    limits = DayLimit.objects.select_for_update().filter(practitioner=practitioner, clinic=clinic)
    return bool(limits) and is_full(slot, practitioner, clinic, moving)


def _cells(slot: Slot, kind):
    return cells(slot.start, slot.end + timedelta(minutes=kind.buffer_minutes if kind else 0))


def _take(slot: Slot, kind, practitioner, room, **owner) -> None:
    """The cells of a doctor, and of a room where there is one, for an appointment or a hold."""
    what = [{"practitioner": practitioner}, {"room": room}] if room else [{"practitioner": practitioner}]
    BookedCell.objects.bulk_create(BookedCell(start=at, **one, **owner) for one in what for at in _cells(slot, kind))


def _room_for(slot: Slot, clinic, kind, refuse) -> ClinicRoom | None:
    """A room that is free then; two who choose the same one are told apart by the database."""
    if kind is None or not kind.needs_room:
        return None
    taken = BookedCell.objects.living().filter(room__clinic=clinic, start__in=list(_cells(slot, kind))).values("room")
    return clinic.rooms.exclude(pk__in=taken).first() or refuse(
        _("All rooms of the clinic are taken at this time. Please choose another one.")
    )


def _still_booked(appointment) -> Appointment:
    found = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if found.status != Appointment.Status.BOOKED:
        raise Refused(_("This appointment is not open any more, so it cannot be moved."))
    return found


def _booked_before(request_key, patient) -> Appointment | None:
    """What this request got when it came the first time."""
    found = Appointment.objects.filter(request_key=request_key, patient=patient).first()
    if found and found.status == Appointment.Status.CANCELLED:  # a form that was kept open
        raise Refused(_("This appointment was cancelled. Please book a new time."))
    return found


def _refuse(slot: Slot, practitioner, clinic, kind, sentence="", moving=None):
    """Say no, and name the free times that come next."""
    others = next_free(slot.start, CHOICES, practitioner, clinic, kind=kind, moving=moving)
    raise SlotTaken(sentence or _("This time has just been taken. Please choose another one."), others)


def record(appointment, what, action, *, by, reason="") -> AppointmentChange:
    """Write one line of an appointment's history and announce it after commit."""
    change = AppointmentChange.objects.create(
        appointment=appointment, what=what, start=appointment.start, end=appointment.end, by=by, reason=reason[:300],
        practitioner=appointment.practitioner,
    )  # fmt: skip
    audit.record(by, action, appointment, why=reason)
    transaction.on_commit(partial(appointment_changed.send_robust, sender=Appointment, change=change))
    return change

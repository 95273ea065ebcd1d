"""A visit's deeds. `move` alone writes the state."""

from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from scheduling.models import Appointment

from . import duty
from .models import Acuity, Change, Visit
from .one_room import RoomTaken, inside
from .signals import visit_changed
from .states import MOVES, WITH_DOCTOR, State


class WrongState(Refused):
    """The visit is not at the point where this can be done."""


def arrive(patient, clinic, *, by, channel=Visit.Channel.APP, appointment=None) -> Visit:
    """Somebody is here: open their visit, or find the one that is open already."""
    try:
        with transaction.atomic():
            if appointment and not hasattr(appointment, "visit"):  # who signs locks the visit first, and would wait for us
                _still_booked(appointment)
            visit = Visit.objects.create(
                patient=patient, clinic=clinic, channel=channel, appointment=appointment, language=patient.language
            )
            record_change(visit, old="", new=State.ARRIVED, by=by)
            audit.record(by, "visit.arrive", visit)
            return visit
    except IntegrityError:
        return _already_here(patient, clinic, appointment)


def _still_booked(appointment):
    """Who comes in the moment in which somebody closes the appointment: one of the two is first, and the other hears it."""
    locked = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if locked.status in (Appointment.Status.NOSHOW, Appointment.Status.TECHNICAL, Appointment.Status.CANCELLED):
        raise WrongState(_("This appointment is over. Please book a new time, or come in without one."))


def _already_here(patient, clinic, appointment):
    """The open visit; an appointment that comes to it belongs to it from now on."""
    visit = patient.visits.open().select_related("clinic").first()
    if visit is None:
        raise WrongState(_("The visit of this appointment is over."))
    if visit.clinic_id != clinic.pk:
        raise WrongState(_("There is still an open visit at %(clinic)s. Please end it first.") % {"clinic": visit.clinic.name})
    if appointment and visit.appointment is None and not Visit.objects.filter(appointment=appointment).exists():
        _join(visit, appointment)
    return visit


@transaction.atomic
def _join(visit, appointment):
    _still_booked(appointment)
    visit.appointment = appointment
    visit.save(update_fields=["appointment"])


@transaction.atomic
def join_queue(visit, *, by) -> Visit:
    """The story is told: wait for the doctor, counted from arrival, or from the booked time if that is later and can wait."""
    visit = _locked(visit)
    planned = visit.appointment.start if visit.appointment and visit.acuity > Acuity.EMERGENT else visit.arrived_at
    return _move(visit, State.WAITING, by=by, only_from=State.ARRIVED, waiting_since=max(visit.arrived_at, planned))


@transaction.atomic
def call_in(visit, *, by, instead=False) -> Visit:
    """The practitioner is ready: bring this patient in, if asked `instead` of whoever is in the room."""
    return _call_in(_locked(visit), by=by, instead=instead)


@transaction.atomic
def call_in_next(*, by) -> Visit | None:
    """The next whom nobody else calls in at this moment; None when nobody waits. Colleagues never wait for each other here."""
    visit = Visit.objects.treatable_by(by).to_call_in().select_for_update(skip_locked=True, of=("self",)).first()
    return _call_in(visit, by=by) if visit else None


def _call_in(visit, *, by, instead=False) -> Visit:
    """Who calls somebody in is on duty."""
    facts = {"practitioner": duty.begin(by=by).practitioner, "called_at": timezone.now()}
    return _move(visit, State.IN_PROGRESS, by=by, only_from=State.WAITING, instead=instead, **facts)


def hold(visit, *, by, reason="") -> Visit:
    """Pause: the line is lost, or something has to be fetched."""
    return move(visit, State.ON_HOLD, by=by, reason=reason)


def resume(visit, *, by, instead=False) -> Visit:
    """Go on after a pause; who still waits has to be called in."""
    return move(visit, State.IN_PROGRESS, by=by, only_from=State.ON_HOLD, instead=instead)


def step_aside(visit) -> str:
    """Life is not in danger any more: who shares the room with somebody goes on hold. The state after that."""
    if visit.state == State.IN_PROGRESS and inside(visit.practitioner).exclude(pk=visit.pk).exists():
        return hold(visit, by=None, reason="out of danger").state
    return visit.state


def finish(visit, *, by) -> Visit:
    """The doctor is done."""
    visit = move(visit, State.COMPLETED, by=by, ended_at=timezone.now())
    Appointment.objects.booked().filter(pk=visit.appointment_id).update(status=Appointment.Status.FULFILLED)
    return visit


def leave(visit, *, by, reason="") -> Visit:
    """The patient goes before being seen, or is sent on."""
    return move(visit, State.CANCELLED, by=by, reason=reason, ended_at=timezone.now())


def discontinue(visit, *, by, reason) -> Visit:
    """The visit has to be broken off."""
    return move(visit, State.DISCONTINUED, by=by, reason=reason, ended_at=timezone.now())


@transaction.atomic
def move(visit, new_state, *, by, **how) -> Visit:
    """Move a visit to a new state, record it, and tell everyone once it is safe."""
    return _move(_locked(visit), new_state, by=by, **how)


def _locked(visit) -> Visit:
    """As it is now; nobody else changes it before we are done."""
    return Visit.objects.select_for_update().get(pk=visit.pk)


def _move(visit, new_state, *, by, reason="", only_from=None, instead=False, **facts) -> Visit:
    """The move itself, of a visit that is locked already."""
    if new_state not in MOVES[State(visit.state)] or only_from not in (None, visit.state):
        raise WrongState(_refusal(visit, new_state))
    _leave_to_its_doctor(visit, by)
    old_state, visit.state = visit.state, new_state
    for name, value in facts.items():
        setattr(visit, name, value)
    if new_state == State.IN_PROGRESS:
        _make_room(visit, by, instead)
    _write_state(visit, facts, by)
    record_change(visit, old=old_state, new=new_state, by=by, reason=reason)
    audit.record(by, f"visit.{new_state}", visit, why=reason)
    return visit


def _make_room(visit, by, instead):
    """One patient at a time: only life in danger, or the doctor's word, puts who is in the room on hold."""
    is_emergency = visit.acuity == Acuity.RESUSCITATION
    others = list(inside(visit.practitioner).select_for_update().order_by("pk"))
    if others and not (is_emergency or instead):
        raise RoomTaken(visit, by)
    for other in others:
        if not is_emergency or other.acuity != Acuity.RESUSCITATION:
            hold(other, by=by, reason="emergency" if is_emergency else "another patient")


def _write_state(visit, facts, by):
    try:
        visit.save(update_fields=["state", *facts])
    except IntegrityError:  # the same doctor called somebody in from another window at this very moment
        raise RoomTaken(visit, by) from None


def _leave_to_its_doctor(visit, by):
    """Who is with one doctor is not paused, called back or finished by another, say from a page that was left open."""
    if visit.state in WITH_DOCTOR and getattr(by, "is_doctor", False) and visit.practitioner not in (None, by.practitioner):
        raise WrongState(_("%(doctor)s has this patient now. Please reload the page.") % {"doctor": visit.practitioner.name})


def record_change(visit, *, old, new, by, what=Change.What.STATE, source="", reason=""):
    """Write one line of history and announce it after commit."""
    by = by if by is not None and by.is_authenticated else None
    change = Change.objects.create(visit=visit, what=what, old=old, new=new, source=source, by=by, reason=reason[:300])
    transaction.on_commit(partial(visit_changed.send_robust, sender=Visit, change=change))
    return change


def _refusal(visit, new_state):
    if new_state == State.IN_PROGRESS and visit.state == State.IN_PROGRESS and visit.practitioner:
        return _("%(doctor)s has already called this patient in.") % {"doctor": visit.practitioner.name}
    return _("This visit is “%(now)s”, so it cannot become “%(wish)s”. Please reload the page.") % {
        "now": State(visit.state).label,
        "wish": new_state.label,
    }

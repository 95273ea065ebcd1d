"""On duty and off, pauses, signs of life; and asking a doctor to come."""

from datetime import timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import Practitioner
from scheduling import rota

from . import hints
from .roster import DutyCall, Shift
from .signals import duty_called
from .states import State

SIGN_EVERY = timedelta(seconds=5)  # signs that follow each other more closely are not written down


class OffDuty(Refused):
    """Somebody who is not on duty cannot do this."""


def shift_of(user) -> Shift | None:
    """The shift somebody is in now."""
    return Shift.objects.open().select_related("practitioner").filter(practitioner__user=user).first()


def begin(*, by) -> Shift:
    """Go on duty; who is on duty already goes on, whatever the pause or the silence before."""
    shift = shift_of(by)
    return shift if shift and shift.is_present and shift.paused_at is None else _begin(shift, by=by)


@transaction.atomic
def _begin(shift, *, by) -> Shift:
    if shift is None:
        return _told(_new_shift(by.practitioner), "duty.begin", by=by)
    shift.paused_at, shift.seen_at = None, timezone.now()
    shift.save(update_fields=["paused_at", "seen_at"])
    return _told(shift, "duty.back", by=by)


def _new_shift(practitioner) -> Shift:
    try:
        with transaction.atomic():
            until = rota.open_until(practitioner, timezone.now())
            return Shift.objects.create(practitioner=practitioner, planned_until=until)
    except IntegrityError:  # begun in another window at this moment
        return Shift.objects.open().get(practitioner=practitioner)


@transaction.atomic
def pause(*, by) -> Shift:
    """A few minutes away: nobody is sent, and nobody may be left in the room."""
    shift = _mine(by)
    if by.practitioner.visits.filter(state=State.IN_PROGRESS).exists():
        raise Refused(_("Somebody is in your room. Finish the visit, or pause it, before you go."))
    if shift.paused_at is None:
        shift.paused_at = timezone.now()
        shift.save(update_fields=["paused_at"])
        _told(shift, "duty.pause", by=by)
    return shift


@transaction.atomic
def end(*, by) -> Shift:
    """Go off duty. Whom this doctor still has is given back by `handover.end_shift`, which calls this."""
    shift = _mine(by)
    shift.ended_at = timezone.now()
    shift.save(update_fields=["ended_at"])
    _told(shift, "duty.end", by=by)
    return shift


def see(user) -> None:
    """A sign of life from one of somebody's pages."""
    now = timezone.now()
    shift = shift_of(user)
    if shift and shift.seen_at < now - SIGN_EVERY:
        was_away = not shift.is_present
        Shift.objects.open().filter(pk=shift.pk).update(seen_at=now)
        if was_away:
            hints.tell_duty(shift.practitioner)


def forgotten():
    """Shifts of doctors who have not been seen for an hour: they went without saying so."""
    return Shift.objects.open().filter(seen_at__lt=timezone.now() - timedelta(hours=1))


@transaction.atomic
def forget(shift) -> None:
    """The shift ended when the doctor was last seen; unless they came back at this moment."""
    if shift := forgotten().select_for_update().filter(pk=shift.pk).first():
        shift.ended_at = shift.seen_at
        shift.save(update_fields=["ended_at"])
        _told(shift, "duty.forgotten", by=None)


@transaction.atomic
def call(practitioner, *, by) -> DutyCall:
    """Ask a doctor to come on duty: a notice on their page and a message; asking twice is asking once."""
    practitioner = Practitioner.objects.select_for_update().get(pk=practitioner.pk)
    if Shift.objects.present().filter(practitioner=practitioner).exists():
        raise Refused(_("%(doctor)s is on duty already.") % {"doctor": practitioner.name})
    if asked := DutyCall.objects.open().filter(practitioner=practitioner).first():
        return asked
    asked = DutyCall.objects.create(practitioner=practitioner, by=by)
    transaction.on_commit(partial(duty_called.send_robust, sender=DutyCall, call=asked))
    return _told(asked, "duty.call", by=by)


@transaction.atomic
def answer(asked, comes: bool, *, by) -> DutyCall:
    """Yes, and the shift begins; or no. The first answer stands."""
    asked = DutyCall.objects.select_for_update().get(pk=asked.pk)
    if not DutyCall.objects.open().filter(pk=asked.pk).exists():
        raise Refused(_("This call is over. You can still go on duty."))
    asked.answer, asked.answered_at = DutyCall.Answer.YES if comes else DutyCall.Answer.NO, timezone.now()
    asked.save(update_fields=["answer", "answered_at"])
    _told(asked, f"duty.{asked.answer}", by=by)
    if comes:
        begin(by=by)
    return asked


def _mine(by) -> Shift:
    shift = Shift.objects.select_for_update().filter(practitioner__user=by, ended_at=None).first()
    if shift is None:
        raise OffDuty(_("You are not on duty."))
    return shift


def _told(subject, deed, *, by):
    audit.record(by, deed, subject)
    hints.tell_duty(subject.practitioner)
    return subject

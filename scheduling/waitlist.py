"""A freed time is offered to whoever needs it most, then to whoever asked first; one at a time, and only for a while."""

import uuid
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused

from . import booking
from .models import Appointment, Hold, Offer, WaitlistEntry
from .signals import offer_made
from .slots import Slot


class OfferOver(Refused):
    """The offer was answered, or ran out."""


@transaction.atomic
def ask(patient, *, practitioner, clinic, until, by, kind=None, urgency=4) -> WaitlistEntry:
    """Want an earlier time; asking twice keeps the first place, and what was said last counts."""
    close_old()
    place = {"patient": patient, "practitioner": practitioner, "closed_at": None}
    for entry in WaitlistEntry.objects.select_for_update().filter(**place).exclude(clinic=clinic, kind=kind):
        _decline(entry, by=by)  # what is offered suited the old wish
    wish = {"clinic": clinic, "kind": kind, "until": until}
    entry, is_new = WaitlistEntry.objects.update_or_create(
        **place, defaults=wish, create_defaults=wish | {"urgency": urgency, "asked_by": by}
    )
    if is_new:
        audit.record(by, "waitlist.ask", entry)
    return entry


def useful_until(patient, practitioner) -> datetime:
    """An earlier time is of use before what is booked with this doctor already, else for a month."""
    booked = _booked(patient, practitioner).first()
    return booked.start if booked else timezone.now() + timedelta(days=30)


@transaction.atomic
def withdraw(entry, *, by) -> None:
    """Want no earlier time any more; an open offer goes to the next one."""
    entry = WaitlistEntry.objects.select_for_update().get(pk=entry.pk)
    if entry.closed_at is None:
        entry.closed_at = timezone.now()
        entry.save(update_fields=["closed_at"])
        audit.record(by, "waitlist.withdraw", entry)
        _decline(entry, by=by)


def offer_time(slot: Slot, practitioner) -> Offer | None:
    """Offer a free time to the first who can use it; None if nobody can, or somebody booked it meanwhile."""
    for entry in _in_order(slot, practitioner):
        with suppress(booking.SlotTaken, IntegrityError):  # not open for this wish, or they were offered another time just now
            if made := _offer_to(entry, slot):
                return made
    return None


@transaction.atomic
def _offer_to(entry, slot) -> Offer | None:
    if not WaitlistEntry.objects.select_for_update().filter(pk=entry.pk, closed_at=None):
        return None  # they have just left
    minutes = min(settings.WAITLIST_OFFER_MINUTES, (slot.start - timezone.now()) // timedelta(minutes=1))  # never past its start
    facts = {"practitioner": entry.practitioner, "clinic": entry.clinic, "kind": entry.kind}
    held = booking.hold(slot, **facts, by=entry.asked_by, minutes=minutes, of_form=False)
    made = Offer.objects.create(entry=entry, hold=held, start=slot.start, end=slot.end, expires_at=held.expires_at)
    audit.record(None, "waitlist.offer", entry)
    transaction.on_commit(partial(offer_made.send_robust, sender=Offer, offer=made))
    return made


@transaction.atomic
def accept(offer, *, by) -> Appointment:
    """Take the offered time, in place of a later one of the same kind with this doctor.

    Of two who accept at once the second hears that it is over.
    """
    offer = _open(offer)
    entry, slot = offer.entry, Slot(offer.start, offer.end)
    Hold.objects.filter(offer=offer).update(by=by)  # whoever may answer, whoever asked
    later = _booked(entry.patient, entry.practitioner).filter(clinic=entry.clinic, kind=entry.kind, start__gt=slot.start).first()
    if later:
        appointment = booking.move(later, slot, by=by)
    else:
        facts = {"practitioner": entry.practitioner, "clinic": entry.clinic, "patient": entry.patient, "kind": entry.kind}
        appointment = booking.book(slot, request_key=uuid.uuid5(offer.pk, "accepted"), by=by, **facts)
    _close(offer, Offer.State.ACCEPTED, "waitlist.accept", by=by)
    WaitlistEntry.objects.filter(pk=entry.pk).update(closed_at=timezone.now())
    return appointment


@transaction.atomic
def decline(offer, *, by) -> None:
    """Not this time; it goes to the next one."""
    _close(_open(offer), Offer.State.DECLINED, "waitlist.decline", by=by)


def close_old() -> None:
    """Wishes for which every time would be too late by now."""
    WaitlistEntry.objects.filter(closed_at=None, until__lte=timezone.now()).update(closed_at=timezone.now())


def expire() -> int:
    """Offers that nobody answered go to the next one; safe to run twice."""
    close_old()
    late = Offer.objects.filter(state=Offer.State.OPEN, expires_at__lte=timezone.now())
    return sum(_expire_one(pk) for pk in late.values_list("pk", flat=True))


@transaction.atomic
def _expire_one(pk) -> bool:
    offer = Offer.objects.select_for_update().filter(pk=pk, state=Offer.State.OPEN).first()
    if offer:
        _close(offer, Offer.State.EXPIRED, "waitlist.expire", by=None)
    return offer is not None


def _open(offer) -> Offer:
    WaitlistEntry.objects.select_for_update().get(pk=offer.entry_id)  # first, as whoever leaves the list does
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    if offer.state != Offer.State.OPEN or offer.expires_at <= timezone.now():
        raise OfferOver(_("This offer is over. You keep your place in the waiting list."))
    return offer


def _decline(entry, *, by) -> None:
    """An offer of this locked entry goes to the next one."""
    for offer in entry.offers.filter(state=Offer.State.OPEN):
        _close(offer, Offer.State.DECLINED, "waitlist.decline", by=by)


def _close(offer, state, action, *, by) -> None:
    offer.state = state
    offer.save(update_fields=["state"])
    audit.record(by, action, offer.entry)
    if state != Offer.State.ACCEPTED:
        if offer.hold:
            offer.hold.delete()
        slot, practitioner = Slot(offer.start, offer.end), offer.entry.practitioner
        transaction.on_commit(partial(offer_time, slot, practitioner))


def _booked(patient, practitioner):
    """What this patient has booked with this doctor, the next first."""
    return patient.appointments.upcoming().filter(practitioner=practitioner)


def _in_order(slot: Slot, practitioner):
    """Who wants it and may still have it: nobody is offered the same time twice, or a time of another length."""
    entries = WaitlistEntry.objects.filter(practitioner=practitioner, closed_at=None, until__gte=slot.end)
    entries = entries.exclude(offers__start=slot.start).exclude(offers__state=Offer.State.OPEN)
    length = (slot.end - slot.start) // timedelta(minutes=1)
    fitting = entries.select_related("practitioner", "clinic", "kind", "patient", "asked_by").order_by(
        "urgency", "asked_at", "pk"
    )
    return [entry for entry in fitting if entry.kind is None or entry.kind.minutes == length]

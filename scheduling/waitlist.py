"""A freed time is offered to whoever needs it most, then to whoever asked first; one at a time, and only for a while."""

import uuid
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused

from . import booking
from .models import Appointment, Offer, WaitlistEntry
from .signals import offer_made
from .slots import Slot


class OfferOver(Refused):
    """The offer was answered, or ran out."""


@transaction.atomic
def ask(patient, *, practitioner, clinic, until, by, kind=None, urgency=4) -> WaitlistEntry:
    """Want an earlier time; asking twice keeps the first place."""
    facts = {"clinic": clinic, "kind": kind, "until": until, "urgency": urgency, "asked_by": by}
    entry, is_new = WaitlistEntry.objects.get_or_create(
        patient=patient, practitioner=practitioner, closed_at=None, defaults=facts
    )
    if is_new:
        audit.record(by, "waitlist.ask", entry)
    return entry


@transaction.atomic
def withdraw(entry, *, by) -> None:
    """Want no earlier time any more; an open offer goes to the next one."""
    entry = WaitlistEntry.objects.select_for_update().get(pk=entry.pk)
    if entry.closed_at is None:
        entry.closed_at = timezone.now()
        entry.save(update_fields=["closed_at"])
        audit.record(by, "waitlist.withdraw", entry)
        for offer in entry.offers.filter(state=Offer.State.OPEN):
            decline(offer, by=by)


def offer_time(slot: Slot, practitioner) -> Offer | None:
    """Offer a free time to the first who can use it; None if nobody waits, or somebody booked it meanwhile."""
    for entry in _in_order(slot, practitioner):
        try:
            return _offer_to(entry, slot)
        except booking.SlotTaken:
            return None
        except IntegrityError:
            continue
    return None


@transaction.atomic
def _offer_to(entry, slot) -> Offer:
    minutes = min(settings.WAITLIST_OFFER_MINUTES, (slot.start - timezone.now()) // timedelta(minutes=1))  # never past its start
    held = booking.hold(
        slot, practitioner=entry.practitioner, clinic=entry.clinic, kind=entry.kind, by=entry.asked_by, minutes=minutes
    )
    made = Offer.objects.create(entry=entry, hold=held, start=slot.start, end=slot.end, expires_at=held.expires_at)
    audit.record(None, "waitlist.offer", entry)
    transaction.on_commit(partial(offer_made.send_robust, sender=Offer, offer=made))
    return made


@transaction.atomic
def accept(offer, *, by) -> Appointment:
    """Take the offered time. Two who accept at once: the row is locked, and the second hears that it is over."""
    offer = _open(offer)
    entry = offer.entry
    slot = Slot(offer.start, offer.end)
    facts = {"practitioner": entry.practitioner, "clinic": entry.clinic, "patient": entry.patient, "kind": entry.kind}
    appointment = booking.book(slot, request_key=uuid.uuid5(offer.pk, "accepted"), by=entry.asked_by, **facts)
    _close(offer, Offer.State.ACCEPTED, "waitlist.accept", by=by)
    WaitlistEntry.objects.filter(pk=entry.pk).update(closed_at=timezone.now())
    return appointment


@transaction.atomic
def decline(offer, *, by) -> None:
    """Not this time; it goes to the next one."""
    _close(_open(offer), Offer.State.DECLINED, "waitlist.decline", by=by)


def expire() -> int:
    """Offers that nobody answered go to the next one; safe to run twice."""
    late = Offer.objects.filter(state=Offer.State.OPEN, expires_at__lte=timezone.now())
    return sum(_expire_one(pk) for pk in late.values_list("pk", flat=True))


@transaction.atomic
def _expire_one(pk) -> bool:
    offer = Offer.objects.select_for_update().filter(pk=pk, state=Offer.State.OPEN).first()
    if offer:
        _close(offer, Offer.State.EXPIRED, "waitlist.expire", by=None)
    return offer is not None


def _open(offer) -> Offer:
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    if offer.state != Offer.State.OPEN or offer.expires_at <= timezone.now():
        raise OfferOver(_("This offer is over. You keep your place in the waiting list."))
    return offer


def _close(offer, state, action, *, by) -> None:
    offer.state = state
    offer.save(update_fields=["state"])
    audit.record(by, action, offer.entry)
    if state != Offer.State.ACCEPTED:
        if offer.hold:
            offer.hold.delete()
        slot, practitioner = Slot(offer.start, offer.end), offer.entry.practitioner
        transaction.on_commit(partial(offer_time, slot, practitioner))


def _in_order(slot: Slot, practitioner):
    """Who wants it and may still have it: nobody is offered the same time twice, or a time of another length."""
    entries = WaitlistEntry.objects.filter(practitioner=practitioner, closed_at=None, until__gte=slot.end)
    entries = entries.exclude(offers__start=slot.start).exclude(offers__state=Offer.State.OPEN)
    length = (slot.end - slot.start) // timedelta(minutes=1)
    fitting = entries.select_related("practitioner", "clinic", "kind", "patient", "asked_by").order_by(
        "urgency", "asked_at", "pk"
    )
    return [entry for entry in fitting if entry.kind is None or entry.kind.minutes == length]

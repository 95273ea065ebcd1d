""" "Send my link again", without telling whether we know the person: the page writes the wish down, a worker answers it."""

import hashlib
import re

from django.core.cache import cache
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import Patient, User
from scheduling.models import Appointment
from visits.models import Visit

from . import planning
from .models import LinkWish
from .readers import Reader

PER_CONTACT, PER_ADDRESS = 3, 60
WITHIN_SECONDS = 60 * 60


class TooMany(Refused):
    """Asked too often from one place."""

    status = 429


def ask(contact: str, *, address: str) -> None:
    """Write down that somebody wants their link. Known or unknown, the same is done and the same is answered."""
    if _count("address", address) > PER_ADDRESS:
        raise TooMany(_("You have asked many times. Please wait an hour, or call the clinic."))
    if _count("contact", normal(contact)) <= PER_CONTACT:
        LinkWish.objects.create(contact=normal(contact))


def normal(contact: str) -> str:
    """A mail address in small letters, or the digits of a phone number as they are dialled in the country."""
    if "@" in contact:
        return contact.strip().lower()
    return re.sub(r"^(00)?82", "0", re.sub(r"\D", "", contact))


def open_wishes() -> models.QuerySet:
    return LinkWish.objects.order_by("pk")


@transaction.atomic
def answer(wish: LinkWish) -> None:
    """Plan a message for everything this contact may come into, and forget the wish."""
    for reader in _readers(wish.contact):
        for visit in Visit.objects.open().filter(patient=reader.patient):
            planning.plan_link(wish.pk, reader, visit=visit)
        for appointment in Appointment.objects.upcoming().filter(patient=reader.patient, visit=None)[:3]:
            if change := appointment.changes.last():
                planning.plan_link(wish.pk, reader, change=change)
    wish.delete()


def _readers(contact: str) -> list[Reader]:
    if "@" in contact:
        users = User.objects.filter(email__iexact=contact, is_active=True)
        return [Reader(user, patient) for user in users for patient in Patient.objects.acted_for_by(user)]
    alike = Patient.objects.filter(phone__endswith=contact[-4:]) if len(contact) >= 9 else Patient.objects.none()
    return [Reader(None, patient) for patient in alike if normal(patient.phone) == contact]


def _count(what: str, value: str) -> int:
    """How often by now; an hour of rest begins the count anew."""
    key = f"link.{what}.{hashlib.sha256(value.encode()).hexdigest()[:32]}"
    often = cache.get(key, 0) + 1
    cache.set(key, often, WITHIN_SECONDS)
    return often

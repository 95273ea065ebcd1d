"""A doctor's own phrases: short words that become the long ones of every day."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused

from . import signing
from .models import Note, Phrase

MOST = 100


def of(practitioner) -> dict[str, dict[str, str]]:
    """All phrases of a doctor, by shortcut."""
    return {phrase.shortcut: {part: getattr(phrase, part) for part in Phrase.PARTS} for phrase in practitioner.phrases.all()}


@transaction.atomic
def save(phrase) -> Phrase:
    """Keep a phrase; nobody needs more than a hundred."""
    if phrase.pk is None and phrase.owner.phrases.count() >= MOST:
        raise Refused(_("You have a hundred phrases. Remove one that you no longer use."))
    phrase.save()
    return phrase


def insert(note, shortcut, *, by) -> Note:
    """Put each part of a phrase at the end of its field, for pages without a script."""
    phrase = by.practitioner.phrases.filter(shortcut=shortcut).first()
    if phrase is None:
        raise Refused(_("Please choose one of your phrases."))
    parts = {part: f"{getattr(note, part)}\n{getattr(phrase, part)}".strip() for part in Phrase.PARTS if getattr(phrase, part)}
    return signing.save_draft(note, parts, by=by)

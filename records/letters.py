"""Letters to another doctor, to work, to school: prefilled from the note, signed together with it."""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.errors import Refused
from scheduling import clock

from . import background, papers, signing
from .models import Letter

NEEDED = {Letter.Kind.REFERRAL: ("to", "text"), Letter.Kind.SICK_NOTE: ("text", "first_day", "last_day")}


@transaction.atomic
def begin(visit, kind, *, by) -> Letter:
    """The letter of this kind that is being written, or a new one, prefilled from the note."""
    visit = papers.writable(visit, by=by)
    draft = visit.letters.filter(kind=kind, status=Letter.Status.DRAFT).first()
    if draft:
        return draft
    letter = Letter.objects.create(visit=visit, kind=kind, author=by.practitioner, **_prefilled(visit, kind))
    audit.record(by, f"letter.{kind}", letter)
    return letter


@transaction.atomic
def keep(letter, *, by, **facts) -> Letter:
    """Keep what was written so far."""
    letter = open_draft(letter, by=by)
    for name, value in facts.items():
        setattr(letter, name, value)
    letter.author = by.practitioner
    letter.save()
    return letter


@transaction.atomic
def drop(letter, *, by) -> None:
    """No letter after all."""
    letter = open_draft(letter, by=by)
    audit.record(by, "letter.drop", letter)
    letter.delete()


def missing(letter) -> list[str]:
    """What it lacks before it can be signed, in words."""
    lacking = [name for name in NEEDED[Letter.Kind(letter.kind)] if not getattr(letter, name)]
    words = [str(Letter._meta.get_field(name).verbose_name) for name in lacking]
    backwards = letter.first_day and letter.last_day and letter.last_day < letter.first_day
    return [*words, _("the last day is before the first")] if backwards else words


def open_draft(letter, *, by) -> Letter:
    """The letter, locked, if it can still be written."""
    papers.writable(letter.visit, by=by)
    found = Letter.objects.select_for_update(of=("self",)).select_related("visit").filter(pk=letter.pk).first()
    if found is None or found.is_signed:
        raise Refused(_("This letter is signed or was taken away, so it cannot be changed any more."))
    return found


def _prefilled(visit, kind):
    """In the language of the clinic: another house, or an employer, will read it."""
    with translation.override(visit.clinic.language):
        if kind == Letter.Kind.SICK_NOTE:
            today = timezone.localdate()
            return {"first_day": today, "last_day": today, "text": _sick_note(visit)}
        return {"text": _referral(visit)}


def _referral(visit):
    note, patient = signing.newest(visit), visit.patient
    known = [told.text for told in background.allergies(patient)]
    prescribed = visit.medicines.filter(cancellation=None).values_list("medication", flat=True)
    taken = [*(told.text for told in background.medicines(patient)), *prescribed]
    parts = [
        (_("Story"), note and note.subjective),
        (_("Found"), note and note.objective),
        (_("Assessment"), note and note.assessment),
        (_("So far"), note and note.plan),
        (_("Medicines"), ", ".join(taken)),
        (_("Allergies"), ", ".join(known) or _("none told")),
    ]
    opening = _("Dear colleague, please see %(name)s, %(age)s, whom I saw by video today.") % {
        "name": patient.name,
        "age": ngettext("%(years)s year old", "%(years)s years old", patient.age) % {"years": patient.age},
    }
    return "\n\n".join([opening, *(f"{title}: {text}" for title, text in parts if text), _("Thank you for your help.")])


def _sick_note(visit):
    return _("%(name)s was seen by video on %(day)s and needs rest for reasons of health.") % {
        "name": visit.patient.name,
        "day": clock.dated(timezone.localdate()),
    }

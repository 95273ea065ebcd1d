"""Write, sign and amend the note."""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from intake import vitals
from triage import outcomes
from visits import flow
from visits.models import Visit
from visits.states import WITH_DOCTOR, State

from . import papers
from .models import Note

FIELDS = ("subjective", "objective", "assessment", "plan", "summary")
NEEDED = ("assessment", "plan", "summary")


class Unsigned(Refused):
    """The note lacks something without which it cannot be signed."""


def draft_for(visit, *, by) -> Note:
    """The note on the desk: the open draft, or a new one prefilled from what was said and measured."""
    with transaction.atomic():
        Visit.objects.select_for_update().get(pk=visit.pk)
        draft = visit.notes.filter(status=Note.Status.DRAFT).first()
        if draft or visit.notes.exists():
            return draft or visit.notes.last()
        return Note.objects.create(visit=visit, author=by.practitioner, **_prefilled(visit))


@transaction.atomic
def save_draft(note, texts: dict, *, by, seen="") -> Note:
    """Keep what has been written so far; `seen` is the time of the text that the writer had before them."""
    note = _draft(note)
    if seen and seen != note.updated_at.isoformat() and note.author != by.practitioner:
        raise Refused(
            _("%(doctor)s has written in this note since you opened it. Copy your words, reload the page and go on there.")
            % {"doctor": note.author.name}
        )
    for name in FIELDS:
        setattr(note, name, texts.get(name, getattr(note, name)))
    note.author = by.practitioner
    note.save()
    return note


@transaction.atomic
def sign(note, *, by, outcome="") -> Note:
    """Sign the note; the first signature finishes the visit. With it the doctor may say how the visit ended."""
    Visit.objects.select_for_update().get(pk=note.visit_id)
    note = _draft(note)
    if note.visit.is_open and note.visit.state not in WITH_DOCTOR:
        raise Unsigned(_("The patient is back in the queue, so this visit is not over. What you wrote is kept."))
    if lacking := missing(note):
        raise Unsigned(_("Before you sign, please fill in: %(fields)s.") % {"fields": ", ".join(lacking)})
    if papers.drafts(note.visit):
        raise Unsigned(_("A prescription or a letter is not signed yet. Press “Finish”, look at everything, and sign it all."))
    note.status, note.signed_at, note.author = Note.Status.SIGNED, timezone.now(), by.practitioner
    note.save()
    audit.record(by, "note.sign", note)
    if State(note.visit.state) in WITH_DOCTOR:
        flow.finish(note.visit, by=by)
    if outcome:
        outcomes.say(note.visit, outcome, by=by)
    return note


@transaction.atomic
def amend(note, *, by, reason) -> Note:
    """Open the next version of a signed note; the signed one stays as it is."""
    if not reason.strip():
        raise Refused(_("Please say why the note is amended."))
    Visit.objects.select_for_update().get(pk=note.visit_id)
    newest = note.visit.notes.last()
    if not newest.is_signed:
        return newest
    texts = {name: getattr(newest, name) for name in FIELDS}
    audit.record(by, "note.amend", newest, why=reason)
    return Note.objects.create(
        visit=note.visit, version=newest.version + 1, author=by.practitioner, amendment_reason=reason[:300], **texts
    )


def missing(note) -> list[str]:
    """The parts without which a note cannot be signed, in words."""
    return [str(Note._meta.get_field(name).verbose_name) for name in NEEDED if not getattr(note, name).strip()]


def newest(visit) -> Note | None:
    """The note as it stands, signed or not."""
    return visit.notes.last()


def signed(visit) -> Note | None:
    """The note that counts: the newest signed version."""
    return visit.notes.filter(status=Note.Status.SIGNED).last()


def _draft(note):
    note = Note.objects.select_for_update(of=("self",)).select_related("visit").get(pk=note.pk)
    if note.is_signed:
        raise Refused(_("This note is signed. To change it, amend it: that makes a new version."))
    return note


def _prefilled(visit):
    intake = getattr(visit, "intake", None)
    with translation.override(visit.clinic.language):
        measured = [
            f"{vitals.BY_KEY[key].label}: {vital.value.normalize():f} {vitals.BY_KEY[key].unit_words}"
            for key, vital in vitals.latest(visit).items()
        ]
    return {"subjective": intake.words if intake else "", "objective": "\n".join(measured)}

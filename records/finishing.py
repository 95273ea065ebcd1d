"""Finish: note, prescription and letters, looked at on one page and signed together; all of it or nothing."""

import hashlib
import json

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from visits.models import Visit

from . import letters, papers, prescribing, signing
from .models import Letter, MedicationRequest, Note

WHO_AND_WHEN = {"author", "updated_at"}


def seen(note) -> str:
    """A mark of every word as it stands now: who signs, signs what they looked at. The same words kept again are the same."""
    rows = [note, *papers.drafts(note.visit)]
    words = [[type(row).__name__, *(str(getattr(row, name)) for name in _written(row))] for row in rows]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:24]


def _written(row) -> list[str]:
    return [field.attname for field in row._meta.concrete_fields if field.name not in WHO_AND_WHEN]


def lacking(note) -> list[str]:
    """What is missing before all can be signed, in words."""
    sentences = [str(problem) for problem in signing.missing(note)]
    for letter in note.visit.letters.filter(status=Letter.Status.DRAFT):
        sentences += [f"{letter.get_kind_display()}: {name}" for name in letters.missing(letter)]
    return sentences


@transaction.atomic
def sign_all(note, *, by, seen_mark, outcome="") -> Note:
    """Sign the note and everything beside it; the first signature finishes the visit."""
    Visit.objects.select_for_update().get(pk=note.visit_id)  # nobody puts a paper beside it that was not looked at
    note = Note.objects.select_for_update(of=("self",)).select_related("visit__patient", "visit__clinic").get(pk=note.pk)
    if not note.is_signed and seen_mark != seen(note):
        raise Refused(_("Something was changed after you looked at it. Please look again and sign then."))
    if missing := lacking(note):
        raise signing.Unsigned(_("Before you sign, please fill in: %(fields)s.") % {"fields": ", ".join(missing)})
    for paper in papers.drafts(note.visit):
        _sign(paper, by=by)
    return signing.sign(note, by=by, outcome=outcome)


def _sign(paper, *, by):
    if isinstance(paper, MedicationRequest):
        prescribing.check_again(paper)
    paper.status, paper.signed_at, paper.author = paper.Status.SIGNED, timezone.now(), by.practitioner
    paper.save()
    audit.record(by, f"{paper.word}.sign", paper)

"""Whatever was typed on a page is kept first; what is checked comes after."""

from django.db import transaction

from . import letters, signing, windows
from .forms import LetterForm, NoteForm
from .models import Letter, Note


def keep_all(visit, post, *, by) -> Note | None:
    """Keep the note and the letters as they came from a page."""
    note = visit.notes.filter(status=Note.Status.DRAFT).first()
    return keep(note, post, by=by) if note else None


def keep(note, post, *, by) -> Note:
    """The same, where the note is known; what two windows wrote in one field is kept, and then has to be looked at."""
    note, parts = _keep_note(note, post, by)
    for letter in note.visit.letters.filter(status=Letter.Status.DRAFT):
        if typed := LetterForm.typed(post, letter):
            parts |= _keep_letter(letter, typed, post, by)
    if parts:
        raise windows.Joined(parts)
    return note


@transaction.atomic
def _keep_note(note, post, by):
    texts = NoteForm.typed(post)
    seen = texts.pop("seen", "")
    now = Note.objects.select_for_update(of=("self",)).select_related("visit__clinic").get(pk=note.pk)
    texts, parts = windows.join_all(now, texts, post, "note", signing.FIELDS)
    return signing.save_draft(note, texts, by=by, seen=seen), parts


@transaction.atomic
def _keep_letter(letter, typed, post, by):
    letter = letters.open_draft(letter, by=by)
    texts, parts = windows.join_all(letter, typed, post, f"letter-{letter.pk}", ["text"])
    letters.keep(letter, by=by, **texts)
    return parts

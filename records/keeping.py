"""Whatever was typed on a page is kept first; what is checked comes after."""

from . import letters, signing
from .forms import LetterForm, NoteForm
from .models import Letter, Note


def keep_all(visit, post, *, by) -> Note | None:
    """Keep the note and the letters as they came from a page."""
    note = visit.notes.filter(status=Note.Status.DRAFT).first()
    return keep(note, post, by=by) if note else None


def keep(note, post, *, by) -> Note:
    """The same, where the note is known."""
    texts = NoteForm.typed(post)
    note = signing.save_draft(note, texts, by=by, seen=texts.pop("seen", ""))
    for letter in note.visit.letters.filter(status=Letter.Status.DRAFT):
        if typed := LetterForm.typed(post, letter):
            letters.keep(letter, by=by, **typed)
    return note

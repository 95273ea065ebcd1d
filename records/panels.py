"""What the pages around a note show of the papers beside it."""

from .forms import LetterForm, MedicineForm
from .models import Letter
from .papers import drafts, may_write
from .prescribing import usual


def of(visit, user, **changed) -> dict:
    """Prescription and letters of a visit: everything for who writes them, what is signed for who reads."""
    if not (user.is_doctor and may_write(visit, user)):
        return signed(visit)
    return {**signed(visit), "writes_papers": True, "medicines": visit.medicines.all(), **_written(visit, user), **changed}


def signed(visit) -> dict:
    """What is signed, for those who read."""
    done = {"status": Letter.Status.SIGNED}
    return {"signed_medicines": visit.medicines.filter(**done), "signed_letters": visit.letters.filter(**done)}


def _written(visit, user):
    letters = {letter.kind: letter for letter in visit.letters.filter(status=Letter.Status.DRAFT)}
    written = drafts(visit)
    return {
        "drafts": written,
        "sheets": len(letters) + (len(written) > len(letters)),  # all medicines stand on one
        "medicine_form": MedicineForm(),
        "usual": usual(user.practitioner),
        "letter_panels": [_panel(kind, letters.get(kind)) for kind in Letter.Kind],
    }


def _panel(kind, letter):
    return {"kind": kind, "letter": letter, "form": LetterForm.of(letter) if letter else None, "key": KEYS[kind]}


KEYS = {Letter.Kind.REFERRAL: "r", Letter.Kind.SICK_NOTE: "s"}

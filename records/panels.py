"""What the pages around a note show of the papers beside it."""

from triage.models import Outcome

from .forms import LetterForm, MedicineForm
from .models import Letter
from .papers import drafts, may_write
from .prescribing import usual


def of(visit, user, **changed) -> dict:
    """Prescription and letters of a visit: everything for who writes them, what is signed for who reads."""
    if not (user.is_doctor and may_write(visit, user)):
        return signed(visit)
    written = {"medicines": _with_cancellations(visit.medicines), **_written(visit, user)}
    return {**signed(visit), "writes_papers": True, **written, **changed}


def signed(visit) -> dict:
    """What is signed, for those who read."""
    done = {"status": Letter.Status.SIGNED}
    found = {"signed_medicines": visit.medicines, "signed_letters": visit.letters}
    return {name: _with_cancellations(papers).filter(**done) for name, papers in found.items()}


def _with_cancellations(papers):
    return papers.select_related("author", "cancellation__by")


def _written(visit, user):
    letters = {letter.kind: letter for letter in visit.letters.filter(status=Letter.Status.DRAFT)}
    written = drafts(visit)
    return {
        "drafts": written,
        "sheets": len(letters) + (len(written) > len(letters)),  # all medicines stand on one
        "medicine_form": MedicineForm(),
        "outcome_kinds": Outcome.Kind.choices,
        "usual": usual(user.practitioner),
        "letter_panels": [_panel(kind, letters.get(kind)) for kind in Letter.Kind],
    }


def _panel(kind, letter):
    return {"kind": kind, "letter": letter, "form": LetterForm.of(letter) if letter else None, "key": KEYS[kind]}


KEYS = {Letter.Kind.REFERRAL: "r", Letter.Kind.SICK_NOTE: "s"}

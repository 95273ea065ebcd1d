"""Write and take back medicines; they are signed together with the note, and can be cancelled afterwards (cancelling.py)."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused

from . import papers, safety
from .models import MedicationRequest

USUAL = 40


@transaction.atomic
def prescribe(visit, *, by, override_reason="", **facts) -> MedicationRequest:
    """Put a medicine on the prescription. What speaks against it is said first; a reason to give it all the same is stored."""
    visit = papers.writable(visit, by=by)
    safety.refuse_blocked(facts["medication"])
    doubts = _doubts(facts["medication"], visit)
    if doubts and not override_reason.strip():
        raise safety.Doubtful(doubts)
    medicine = MedicationRequest.objects.create(
        visit=visit, author=by.practitioner, override_reason=override_reason.strip() if doubts else "",
        warnings=[doubt._asdict() for doubt in doubts], **facts,
    )  # fmt: skip
    audit.record(by, "medicine.prescribe", medicine, why=medicine.override_reason)
    return medicine


@transaction.atomic
def take_back(medicine, *, by) -> None:
    """Take a medicine from a prescription that is not signed yet."""
    papers.writable(medicine.visit, by=by)
    medicine = MedicationRequest.objects.select_for_update().filter(pk=medicine.pk).first()
    if medicine is None:
        return
    if medicine.is_signed:
        raise Refused(_("This prescription is signed, so it cannot be changed any more."))
    audit.record(by, "medicine.take-back", medicine, why=medicine.medication)
    medicine.delete()


def check_again(medicine) -> None:
    """At the signature: what speaks against it now must have been answered before."""
    safety.refuse_blocked(medicine.medication)
    doubts = _doubts(medicine.medication, medicine.visit, but=medicine)
    if new := [doubt for doubt in doubts if doubt._asdict() not in medicine.warnings]:
        raise safety.Doubtful(new)


def _doubts(medication, visit, but=None):
    """Two medicines of one prescription are compared once: the later one with the earlier ones."""
    beside = visit.medicines.filter(status=MedicationRequest.Status.DRAFT)
    return safety.doubts(medication, visit, beside=beside.filter(pk__lt=but.pk) if but else beside)


def usual(practitioner) -> dict[str, dict]:
    """What this doctor prescribed last, by name: the form fills itself with the usual dose."""
    names = "medication", "dose", "unit", "timing", "days", "route", "note", "as_needed"
    newest = MedicationRequest.objects.filter(author=practitioner).order_by("-pk").values(*names)[: USUAL * 3]
    found: dict[str, dict] = {}
    for row in newest:
        found.setdefault(row["medication"], {**row, "dose": f"{row['dose'].normalize():f}"})
    return dict(list(found.items())[:USUAL])

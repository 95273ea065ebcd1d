"""What is known of a patient before a prescription: allergies and medicines, as they told them and as they were prescribed."""

from datetime import date
from typing import NamedTuple

from django.utils import timezone

from intake.models import Answer
from intake.questions import UNKNOWN

from .models import MedicationRequest


class Told(NamedTuple):
    """Something the patient said or was given, and when."""

    text: str
    day: date


def allergies(patient) -> list[Told]:
    """Every allergy that was ever told, newest first: what was once dangerous is not forgotten."""
    return _told(patient, "allergies")


def medicines(patient) -> list[Told]:
    """The medicines that were told last."""
    return _told(patient, "medicines")[:1]


def prescribed(patient, today: date | None = None) -> list[MedicationRequest]:
    """Signed medicines of which there should still be some."""
    today = today or timezone.localdate()
    signed = MedicationRequest.objects.filter(visit__patient=patient, status=MedicationRequest.Status.SIGNED, cancellation=None)
    return [item for item in signed.order_by("-signed_at") if item.runs_until >= today]


def _told(patient, question):
    answers = Answer.objects.filter(intake__visit__patient=patient, question=question).exclude(value__in=("", UNKNOWN[0]))
    newest: dict[str, Told] = {}
    for text, at in answers.order_by("-intake__visit__arrived_at").values_list("value", "intake__visit__arrived_at"):
        newest.setdefault(text.strip().casefold(), Told(text.strip(), timezone.localdate(at)))
    return list(newest.values())

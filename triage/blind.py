"""Blind first: in a share of the visits a doctor judges before the AI's level is shown, so that both ways can be compared."""

from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

from django.conf import settings

from visits.models import Acuity, Source

from .models import Assessment


def draw(visit_id: UUID, percent: float | None = None) -> bool:
    """Whether a visit belongs to the share: the same visit, the same answer; a greater share keeps whom a smaller one had."""
    percent = settings.BLIND_FIRST_PERCENT if percent is None else percent
    return int.from_bytes(sha256(visit_id.bytes).digest()[:4]) < percent / 100 * 2**32


def may_wait(visit, judged: Assessment) -> bool:
    """Only the model's word may wait: no rule spoke, no life is in danger, no emergency card is shown."""
    return judged.rules_acuity is None and judged.acuity > Acuity.RESUSCITATION and visit.emergency_at is None


def is_hidden(visit, judgements: list[Assessment]) -> bool:
    """Whether the level and its reasons wait for the clinician's own; judgements: the visit's, newest first."""
    if not judgements or any(judged.source == Source.CLINICIAN for judged in judgements):
        return False
    alone = visit.acuity_source == Source.MODEL and visit.acuity > Acuity.RESUSCITATION and may_wait(visit, judgements[0])
    return visit.is_open and judgements[0].blind and alone


def mark(visits: Iterable, reader) -> None:
    """Set `is_hidden` on the visits of a list, for this reader: only who judges is kept blind. One query."""
    visits = list(visits)
    judgements: dict[UUID, list[Assessment]] = {}
    rows = Assessment.objects.filter(visit__in=visits).order_by("-pk").only("visit", "source", "acuity", "blind", "rules_acuity")
    for judged in rows if reader.is_doctor else ():
        judgements.setdefault(judged.visit_id, []).append(judged)
    for visit in visits:
        visit.is_hidden = is_hidden(visit, judgements.get(visit.pk, []))

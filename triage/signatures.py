"""Two signatures and what became of it: the AI's level, the clinician's, and the outcome, side by side."""

from django.utils.translation import gettext_lazy as _

from visits.models import Acuity, Source

from . import blind
from .models import Outcome

# One reason with one key; own words do as well.
REASONS = [
    _("What they tell, and how they look"),
    _("What was measured"),
    _("Known illnesses or medicines"),
    _("It has changed since it was told"),
]


def of_visit(visit, reader) -> dict:
    """What a page shows of it. `judgement` is the AI's newest; it is None for a doctor who is to judge first."""
    judgements = list(visit.assessments.select_related("by__practitioner").order_by("-pk"))
    visit.is_hidden = reader.is_doctor and blind.is_hidden(visit, judgements)
    suggested = None if visit.is_hidden else next((j for j in judgements if j.source != Source.CLINICIAN), None)
    return {
        "judgement": suggested,
        "chances": [(level, round(100 * chance)) for level, chance in enumerate(suggested.probabilities, 1)] if suggested else [],
        "overrides": [judged for judged in reversed(judgements) if judged.source == Source.CLINICIAN],
        "outcomes": visit.outcomes.select_related("by__practitioner"),
        "outcome_kinds": Outcome.Kind.choices if visit.called_at else [],
        "levels": Acuity.choices,
        "level_reasons": REASONS,
    }

"""Why a visit has its level, in the words of the reader."""

from django.db.models import Prefetch

from intake.forms import tongue
from triage.models import Assessment
from visits.models import Source


def with_reasons(visits) -> list:
    """The visits, each with its newest `reasons` and, where a clinician decided, their `override`; two queries for all."""
    visits = list(visits.prefetch_related(Prefetch("assessments", Assessment.objects.order_by("-pk"), to_attr="judgements")))
    for visit in visits:
        visit.reasons = reasons_of(next((j for j in visit.judgements if j.source != Source.CLINICIAN), None))
        visit.override = next((j for j in visit.judgements if j.source == Source.CLINICIAN), None)
    return visits


def reasons_of(judgement) -> list[tuple[str, list[str]]]:
    """Each reason once, with the words it came from."""
    if judgement is None:
        return []
    words = judgement.inputs.get("words", "")
    lines = {}
    for reason in judgement.reasons:
        lines.setdefault(reason["text"][tongue()], []).append(words[reason["start"] : reason["end"]])
    return [(text, [span for span in spans if span]) for text, spans in lines.items()]

"""Why a visit has its level, in the words of the reader."""

from functools import partial

from django.db.models import Prefetch

from intake.forms import tongue
from triage.models import Assessment
from visits.models import Source


def with_reasons(visits) -> list:
    """The visits, each with its newest `reasons` (told when asked) and a clinician's `override`; two queries for all."""
    newest_first = Assessment.objects.defer("probabilities").order_by("-pk")
    visits = list(visits.prefetch_related(Prefetch("assessments", newest_first, to_attr="judgements")))
    for visit in visits:
        visit.reasons = partial(reasons_of, next((j for j in visit.judgements if j.source != Source.CLINICIAN), None))
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

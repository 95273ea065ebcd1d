"""Why a visit has its level, in the words of the reader."""

from functools import partial

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from intake.forms import tongue
from triage import blind
from triage.models import Assessment
from visits.models import Source

OTHERWISE = {"answer": _("answered"), "vital": _("measured")}


def with_reasons(visits) -> list:
    """The visits, each with its newest `reasons` (told when asked) and a clinician's `override`; two queries for all."""
    newest_first = Assessment.objects.defer("probabilities").order_by("-pk")
    visits = list(visits.prefetch_related(Prefetch("assessments", newest_first, to_attr="judgements")))
    for visit in visits:
        judgement = next((j for j in visit.judgements if j.source != Source.CLINICIAN), None)
        visit.is_hidden = blind.is_hidden(visit, visit.judgements)
        visit.reasons = partial(reasons_of, judgement)
        visit.no_reason = partial(no_reason, visit, judgement)
        visit.override = next((j for j in visit.judgements if j.source == Source.CLINICIAN), None)
    return visits


def no_reason(visit, judgement) -> str:
    """What a line without reasons says instead."""
    if judgement is None:
        return (
            _("A safety rule found a red flag.") if visit.emergency_at else _("Not judged yet; counts as urgent (3) until then.")
        )
    if judgement.abstained:
        return _("The AI cannot tell from these words. Please look yourself.")
    if judgement.model_acuity is None:
        return _("No safety rule found anything; the AI was not used.")
    return _("Nothing in words, answers or values stood out.")


def reasons_of(judgement) -> list[tuple[str, list[str], str]]:
    """Each reason once, with the words it came from, or else whether it was answered or measured."""
    if judgement is None:
        return []
    words = judgement.inputs.get("words", "")
    lines = {}
    for reason in judgement.reasons:
        spans = lines.setdefault(reason["text"][tongue()], ([], OTHERWISE.get(reason["source"], "")))[0]
        spans.append(words[reason["start"] : reason["end"]])
    return [(text, [span for span in spans if span], source) for text, (spans, source) in lines.items()]

"""Makers for what two people say of one level."""

from datetime import timedelta

from django.utils import timezone

from tests.factories import make_clinic, make_doctor, make_visit
from triage import assessment
from triage.models import Assessment
from visits.models import Source, Visit
from visits.states import State


def make_suggestion(visit, level=3, *, source=Source.MODEL, words="I cough since Monday", **fields):
    """What rules and model said of a visit; the visit has that level."""
    if source == Source.RULES:
        fields.setdefault("rules_acuity", level)
    Visit.objects.filter(pk=visit.pk).update(acuity=level, acuity_source=source)
    facts = {"acuity": level, "model_acuity": level, "source": source, "inputs": {"words": words, "vitals": {"hr": 88.0}}}
    return Assessment.objects.create(visit=visit, **{**facts, **fields})


def make_pair(ai=2, clinician=4, *, clinic=None, by=None, state=State.WAITING, reason="walks and talks", **fields):
    """A suggestion and a clinician's answer to it: a case, if they differ."""
    clinic = clinic or make_clinic()
    by = by or make_doctor(clinic=clinic)
    visit = make_visit(clinic=clinic, state=state, doctor=by)
    make_suggestion(visit, ai, **fields)
    return assessment.override(visit, clinician, reason=reason, by=by)


def make_seen(*, clinic, minutes, level=3, days_ago=3, **fields):
    """Somebody who was called in some days ago after so many minutes."""
    visit = make_visit(clinic=clinic, state=State.COMPLETED, acuity=level, **fields)
    called = timezone.now() - timedelta(days=days_ago)
    Visit.objects.filter(pk=visit.pk).update(waiting_since=called - timedelta(minutes=minutes), called_at=called)
    return visit

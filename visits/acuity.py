"""How urgent a visit is, and who says so."""

from django.db import transaction
from django.utils import timezone

from .flow import record_change, step_aside
from .models import Acuity, Change, Source, Visit


@transaction.atomic
def judge(visit, level, *, by, source, reason="") -> Visit:
    """Set the urgency. A clinician's word stands; rules and model may only raise what they said before."""
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    if source != Source.CLINICIAN and not _may_set(visit, level):
        return visit
    return _set(visit, level, by=by, source=source, reason=reason)


def _set(visit, level, **why):
    old, visit.acuity, visit.acuity_source = visit.acuity, level, why["source"]
    if old == Acuity.RESUSCITATION < level:
        visit.state = step_aside(visit)
    if level <= Acuity.EMERGENT and visit.waiting_since:  # who came early and is in danger does not wait for the booked time
        visit.waiting_since = min(visit.waiting_since, timezone.now())
    visit.save(update_fields=["acuity", "acuity_source", "waiting_since"])
    record_change(visit, what=Change.What.ACUITY, old=str(old), new=str(level), **why)
    return visit


def _may_set(visit, level):
    """The first judgement sets the level; later ones may only raise it; none changes a clinician's."""
    return visit.acuity_source == Source.NONE or (visit.acuity_source != Source.CLINICIAN and level < visit.acuity)


@transaction.atomic
def raise_level(visit, level, *, by, reason) -> Visit:
    """Something new makes it more urgent, whoever judged before: rules raise it, and never lower it."""
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    return _set(visit, level, by=by, source=Source.RULES, reason=reason) if level < visit.acuity else visit


@transaction.atomic
def sound_alarm(visit, *, reason) -> Visit:
    """A red flag was seen: show the emergency card from now on."""
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    if visit.emergency_at is None:
        visit.emergency_at = timezone.now()
        visit.save(update_fields=["emergency_at"])
        record_change(visit, what=Change.What.ACUITY, old=str(visit.acuity), new=str(visit.acuity), by=None, reason=reason)
    return visit

"""How is it now? Answers of somebody who waits may raise the level, and never lower it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from intake import telling
from visits import acuity, errands, hints
from visits.models import Reassessment, Task, Visit
from visits.states import State

from .assessment import URGENT_FLAG
from .cases import SEX
from .inference.case import Case, Finding
from .judgement import answered
from .knowledge import red_flags

SEVERE_PAIN, LEVEL_OF_SEVERE_PAIN = 8, 3  # from 8 of 10 on nobody counts as less than urgent (CTAS, pain modifier)
WORSE = "grew worse"


@transaction.atomic
def answer(visit, *, by, feeling, danger="none", words="", pain=None, measured=None) -> Reassessment:
    """Keep the answers, and raise the level by what they say."""
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    check_waiting(visit)
    if measured:
        telling.save_vitals(visit, measured, by=by)
    flags = found(visit, danger, words, measured or {})
    level, reason = _level(visit, feeling, pain, flags)
    row = visit.reassessments.filter(answered_at=None).first() or Reassessment(visit=visit)
    row.answered_at, row.feeling, row.danger, row.words, row.pain = timezone.now(), feeling, danger, words[:500], pain
    row.by = by if by is not None and by.is_authenticated else None
    row.old_acuity, row.new_acuity = visit.acuity, level
    row.save()
    _raise(visit, level, flags, reason, by)
    _nobody_has_to_look(visit, by)
    audit.record(by, "reassessment.answer", row, why=reason)
    return row


def check_waiting(visit) -> None:
    if visit.state != State.WAITING:
        raise Refused(_("You do not wait any more, so this was not kept. Tell the doctor, or call the emergency number."))


def found(visit, danger, words, measured) -> list[Finding]:
    """Red flags in what is new, most urgent first."""
    patient = visit.patient
    values = {key: float(value) for key, value in measured.items()}
    case = Case(words, visit.language, round(patient.age_years, 2), SEX.get(patient.sex), {"danger": danger}, values)
    return sorted([*red_flags.find(case), *answered(case)], key=lambda flag: flag.level)


def _level(visit, feeling, pain, flags):
    """The level from now on, and why: the most urgent of what stood, what grew worse, what hurts, what is dangerous."""
    levels = [(visit.acuity, "")]
    if feeling == Reassessment.Feeling.WORSE:
        levels.append((max(1, visit.acuity - 1), WORSE))
    if pain is not None and pain >= SEVERE_PAIN:
        levels.append((LEVEL_OF_SEVERE_PAIN, f"pain {pain} of 10"))
    levels += [(flag.level, flag.code) for flag in flags]
    return min(levels, key=lambda judged: judged[0])


def _raise(visit, level, flags, reason, by):
    if level == visit.acuity:
        hints.tell(visit)
    acuity.raise_level(visit, level, by=by, reason=reason)
    if level == 1 or (flags and flags[0].level <= URGENT_FLAG):
        acuity.sound_alarm(visit, reason=reason)


def _nobody_has_to_look(visit, by):
    """Who did not answer has answered now."""
    for task in visit.tasks.filter(kind=Task.Kind.NO_ANSWER, done_at=None):
        errands.finish(task, by=by, answer=_("answered"))

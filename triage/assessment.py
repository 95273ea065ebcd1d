"""Judge how urgent a visit is: safety rules and the model, the more urgent wins; a clinician overrides both."""

import logging
import time
from dataclasses import asdict
from functools import cache

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from intake.models import Intake
from intake.telling import agreed_to
from visits import acuity
from visits.models import Source

from . import blind
from .cases import case_of
from .inference import model as inference
from .judgement import answered, judge
from .knowledge import red_flags
from .models import Assessment

log = logging.getLogger(__name__)
URGENT_FLAG = 2  # from this level on, the emergency card is shown


@cache
def the_model() -> inference.Model | None:
    """The model, loaded once per process; None when it is switched off, missing or broken: then rules decide alone."""
    if settings.TRIAGE_MODEL == "off":
        return None
    try:
        return inference.load(settings.TRIAGE_BUNDLE)
    except inference.BundleBroken as error:
        log.error("triage model not used: %s", error)
        return None


def model_for(visit) -> inference.Model | None:
    """The model, if the person agreed to its advice."""
    return the_model() if agreed_to(visit, "ai-advice") else None


def watch(intake: Intake) -> None:
    """Look for red flags while the person is still writing, and sound the alarm at once."""
    case = case_of(intake)
    flags = [flag for flag in (*red_flags.find(case), *answered(case)) if flag.level <= URGENT_FLAG]
    if flags:
        flags.sort(key=lambda flag: flag.level)
        acuity.sound_alarm(intake.visit, reason=flags[0].code)
        acuity.judge(intake.visit, flags[0].level, by=None, source=Source.RULES, reason=flags[0].code)


def assess(intake_id: int) -> Assessment:
    """Judge one intake. Doing it twice gives the same row."""
    intake = Intake.objects.select_related("visit__patient").get(pk=intake_id)
    done = intake.assessments.filter(intake_revision=intake.revision).exclude(source=Source.CLINICIAN).first()
    if done:
        return done
    try:
        return _judge(intake)
    except IntegrityError:  # another worker was a moment faster
        return intake.assessments.exclude(source=Source.CLINICIAN).get(intake_revision=intake.revision)


@transaction.atomic
def _judge(intake):
    started = time.perf_counter()
    case = case_of(intake)
    model = model_for(intake.visit)
    judgement = judge(case, model)
    assessment = _row(judgement, model)
    assessment.visit, assessment.intake, assessment.intake_revision = intake.visit, intake, intake.revision
    assessment.inputs = asdict(case)
    before = latest(intake.visit)
    assessment.blind = before.blind if before else blind.draw(intake.visit_id)
    assessment.duration_ms = round((time.perf_counter() - started) * 1000, 2)
    assessment.save()
    acuity.judge(intake.visit, assessment.acuity, by=None, source=assessment.source)
    if judgement.rules and judgement.rules[0].level <= URGENT_FLAG:
        acuity.sound_alarm(intake.visit, reason=judgement.rules[0].code)
    audit.record(None, "triage.assess", assessment)
    return assessment


def _row(judgement, model) -> Assessment:
    """A judgement as it is kept."""
    by_rules = judgement.rules[0].level if judgement.rules else None
    opinion = judgement.opinion
    rules_decide = opinion is None or (by_rules is not None and by_rules <= opinion.level)
    return Assessment(
        acuity=judgement.level,
        source=Source.RULES if rules_decide else Source.MODEL,
        rules_acuity=by_rules,
        model_acuity=opinion.level if opinion else None,
        probabilities=opinion.probabilities if opinion else [],
        abstained=judgement.abstained,
        reasons=[asdict(reason) for reason in judgement.reasons],
        model_version=model.version if model else "",
        bundle_sha256=model.sha256 if model else "",
    )


@transaction.atomic
def override(visit, level, *, reason, by) -> Assessment:
    """A clinician signs a level; rules and model step back, their words stay on record beside it."""
    if not reason.strip():
        raise Refused(_("Please say in a few words why you change the level."))
    signed = {"source": Source.CLINICIAN, "by": by, "reason": reason[:300], "against": latest(visit)}
    assessment = Assessment.objects.create(visit=visit, acuity=level, **signed)
    acuity.judge(visit, level, by=by, source=Source.CLINICIAN, reason=reason)
    audit.record(by, "triage.override", assessment, why=reason)
    return assessment


def latest(visit) -> Assessment | None:
    """The newest judgement of rules and model."""
    return visit.assessments.exclude(source=Source.CLINICIAN).order_by("-pk").first()

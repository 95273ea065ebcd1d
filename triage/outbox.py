"""The outbox: a sent intake without a judgement is a letter not yet posted. No table of its own can disagree with it."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from celery import current_app
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from kombu.exceptions import OperationalError

from intake.models import Intake
from visits.models import Source
from visits.states import OPEN

from .models import Assessment

log = logging.getLogger(__name__)
_postman = ThreadPoolExecutor(max_workers=1, thread_name_prefix="outbox")
PATIENCE = timedelta(seconds=5)  # what was sent just now is on its way


def post(intake: Intake) -> None:
    """Hand an intake to a worker. The page does not wait for Redis: one thread of the process carries the letters."""
    _postman.submit(_deliver, intake.pk)


def _deliver(intake_id):
    try:
        current_app.send_task("triage.tasks.assess", [intake_id], retry=False)
    except (OperationalError, OSError) as error:
        log.warning("intake %s waits for the sweeper: %s", intake_id, type(error).__name__)


def forgotten() -> models.QuerySet:
    """Sent intakes of open visits whose present revision nobody has judged."""
    judged = Assessment.objects.filter(intake=OuterRef("pk"), intake_revision=OuterRef("revision")).exclude(
        source=Source.CLINICIAN
    )
    sent = Intake.objects.filter(status=Intake.Status.COMPLETED, visit__state__in=OPEN)
    overdue = sent.filter(sent_at__lt=timezone.now() - PATIENCE)
    return overdue.filter(~Exists(judged)).values_list("pk", flat=True)

"""Later, beside the page: judge what was sent, and look for what was forgotten."""

import logging

from celery import shared_task

from . import assessment, outbox

log = logging.getLogger(__name__)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=3)
def assess(intake_id):
    assessment.assess(intake_id)


@shared_task(expires=10)
def sweep():
    """Every ten seconds: whatever was sent and not judged is judged now."""
    for intake_id in outbox.forgotten():
        try:
            assessment.assess(intake_id)
        except Exception:  # one story that cannot be judged must not keep the others waiting; it stays urgent
            log.exception("intake %s cannot be judged", intake_id)

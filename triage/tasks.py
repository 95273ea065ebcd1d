"""Later, beside the page: judge what was sent, and look for what was forgotten."""

from celery import shared_task

from . import assessment, outbox


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=3)
def assess(intake_id):
    assessment.assess(intake_id)


@shared_task(expires=10)
def sweep():
    """Every ten seconds: whatever was sent and not judged is judged now."""
    for intake_id in outbox.forgotten():
        assessment.assess(intake_id)

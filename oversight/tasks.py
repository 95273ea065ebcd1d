"""Later, beside the pages."""

from celery import shared_task

from . import waits


@shared_task(expires=3600)
def weigh_waits():
    """Once a day: the figures, and an alarm where one group waits much longer."""
    waits.today()

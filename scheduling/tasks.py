"""Later, beside the pages: look into outside calendars."""

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from . import calendars


@shared_task(expires=60)
def look_into_calendars():
    """Every minute: each calendar that is due is read by a task of its own, so that a slow one delays no other."""
    for pk in calendars.due().values_list("pk", flat=True)[:200]:
        read_calendar.delay(pk)


@shared_task(soft_time_limit=30, expires=60)
def read_calendar(pk):
    for followed in calendars.due().filter(pk=pk):
        try:
            calendars.read(followed)
        except SoftTimeLimitExceeded:  # repetitions that never end
            calendars.fail(followed, calendars.Problem.UNREADABLE)

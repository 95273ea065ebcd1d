"""Later, beside the pages: what runs out, and outside calendars."""

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from . import booking, calendars, waitlist


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


@shared_task
def let_run_out():
    """Offers that nobody answered go on; holds of forms that nobody sent are forgotten. Safe to run twice."""
    waitlist.expire()
    booking.forget_old_holds()

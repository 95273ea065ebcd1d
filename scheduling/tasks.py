"""Later: what runs out."""

from celery import shared_task

from . import booking, waitlist


@shared_task
def let_run_out():
    """Offers that nobody answered go on; holds of forms that nobody sent are forgotten. Safe to run twice."""
    waitlist.expire()
    booking.forget_old_holds()

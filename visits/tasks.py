"""Later, beside the pages."""

from celery import shared_task

from . import clock, handover, overrun


@shared_task(expires=10)
def look_again():
    clock.tick()


@shared_task(expires=10)
def free_the_abandoned():
    handover.sweep()


@shared_task(expires=30)
def notice_overrun():
    overrun.notice()

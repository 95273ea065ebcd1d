"""Later, beside the pages: rights whose day has come."""

from celery import shared_task

from . import proxies


@shared_task(expires=10)
def end_old_rights():
    proxies.run_out()

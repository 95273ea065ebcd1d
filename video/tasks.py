"""Later, beside the page: know what was recorded, check it every day, delete what was kept long enough."""

from celery import shared_task

from . import stored


@shared_task(expires=10)
def sweep_recordings():
    stored.sweep()


@shared_task
def reconcile_recordings():
    stored.reconcile()


@shared_task
def expire_recordings():
    stored.expire()

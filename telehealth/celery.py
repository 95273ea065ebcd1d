"""Celery: tasks that run beside the web process."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "telehealth.settings")
app = Celery("telehealth")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

from . import watchdog  # noqa: E402, F401 - its signals must be known before a worker starts

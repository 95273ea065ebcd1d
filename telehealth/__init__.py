"""The wiring of Naru: settings, addresses, processes. It sees every app; no app imports it."""

from .celery import app as celery_app

__all__ = ["celery_app"]

"""When a visit changed: tell the open pages."""

from functools import partial

from django.db import transaction
from django.dispatch import receiver

from accounts.signals import grant_ended

from . import hints
from .signals import visit_changed


@receiver(visit_changed)
def tell_browsers(sender, change, **kwargs):
    hints.tell(change.visit)


@receiver(grant_ended)
def close_open_pages(sender, grant, **kwargs):
    """Whoever lost the right to act hears nothing more."""
    for visit in grant.patient.visits.open():
        message = {"type": "access.ended", "user": grant.user_id}
        transaction.on_commit(partial(hints.push, hints.visit_group(visit.pk), message))

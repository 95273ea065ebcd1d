"""When a visit changed: tell the open pages."""

from django.dispatch import receiver

from . import hints
from .signals import visit_changed


@receiver(visit_changed)
def tell_browsers(sender, change, **kwargs):
    hints.tell(change.visit)

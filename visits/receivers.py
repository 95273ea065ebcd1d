"""When a visit changed: tell the open pages."""

from django.dispatch import receiver

from .hints import clinic_group, push, visit_group
from .signals import visit_changed


@receiver(visit_changed)
def tell_browsers(sender, change, **kwargs):
    message = {"type": "visit.changed", "visit": str(change.visit_id)}
    for group in clinic_group(change.visit.clinic_id), visit_group(change.visit_id):
        push(group, message)

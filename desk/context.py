"""What stands above every page of a doctor: on duty or not, and who asks them to come."""

from django.utils.functional import SimpleLazyObject

from visits import duty as rules
from visits.models import DutyCall


def duty(request):
    """Asked only where a page shows it."""
    return {"duty": SimpleLazyObject(lambda: facts(request.user))}


def facts(user):
    calls = DutyCall.objects.open().filter(practitioner__user=user).select_related("by")
    return {"shift": rules.shift_of(user), "calls": list(calls)}

"""When the wait will be long: who can wait is offered a booked time. Nobody loses the place by it."""

from accounts import audit
from visits import hints
from visits.models import Acuity, Visit

from . import planning
from .models import Kind


def may_be_offered(user):
    """People of the less urgent levels who wait in somebody's clinics and were not offered it yet."""
    waiting = Visit.objects.hosted_by(user).in_line().filter(acuity__gte=Acuity.LESS_URGENT)
    return waiting.exclude(messages__kind=Kind.OTHER_WAYS)


def offer(visits, *, by) -> int:
    """Tell each once, by message and on the page; how many were told."""
    found = list(visits)
    for visit in found:
        planning.offer_other_ways(visit)
        audit.record(by, "visit.other-ways", visit)
        hints.tell(visit)
    return len(found)


def is_offered(visit) -> bool:
    """Whether the page says so."""
    return visit.messages.filter(kind=Kind.OTHER_WAYS).exists()

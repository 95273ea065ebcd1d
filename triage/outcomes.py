"""How a visit ended: what the levels of AI and clinician are compared with later."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused

from .models import Outcome


@transaction.atomic
def say(visit, kind: str, *, by) -> Outcome:
    """A doctor says how it ended; whoever learns more later says it again, and nothing is overwritten."""
    if visit.called_at is None:
        raise Refused(_("Nobody has seen this patient yet, so there is no outcome."))
    if kind not in Outcome.Kind.values:
        raise Refused(_("Please choose how the visit ended."))
    outcome = Outcome.objects.create(visit=visit, kind=kind, by=by)
    audit.record(by, "outcome.say", outcome, why=kind)
    return outcome

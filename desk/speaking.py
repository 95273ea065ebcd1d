"""Who speaks for the patient: relatives and carers by name, who the patient is to them, and what they may do."""

from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Scope
from visits.models import Change
from visits.states import State

THEIRS = {"child": _("for their child"), "elder": _("for their parent or an older person")}
SOMEBODY = _("for somebody they care for")


class Speaker(NamedTuple):
    """One who acts for the patient; `came` is who began this visit."""

    name: str
    relation: str
    scopes: list[str]
    came: bool
    may_join: bool


def of(visit) -> list[Speaker]:
    """Who began this visit for the patient comes first, then, while it goes on, who else may be in it."""
    came = visit.changes.filter(what=Change.What.STATE, new=State.ARRIVED).values_list("by", flat=True).first()
    live = set(visit.patient.grants.live(Scope.JOIN).values_list("pk", flat=True))
    shown = Q(user=came) | Q(pk__in=live if visit.is_open else ())
    grants = visit.patient.grants.filter(shown, user__isnull=False).select_related("user").order_by("pk")
    newest = {grant.user_id: grant for grant in grants}
    return sorted((_speaker(grant, came, live) for grant in newest.values()), key=lambda speaker: not speaker.came)


def _speaker(grant, came, live):
    relation = str(THEIRS.get(grant.relationship, SOMEBODY))
    return Speaker(str(grant.user), relation, grant.scopes, grant.user_id == came, grant.pk in live)

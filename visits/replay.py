"""Any past moment of the queue, from the log alone: who waited, with which level, in which order."""

from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from .models import Change, Visit
from .queue import Place, numbered, rank
from .states import State


def line(visits: QuerySet[Visit], at: datetime) -> list[Place]:
    """The queue of these visits as it stood then; each visit carries the level it had."""
    here = []
    for visit in then(visits, at):
        visit.acuity = int(visit.level_then or visit.acuity)
        if visit.acuity > 1:
            here.append(visit)
    here.sort(key=lambda visit: (*rank(visit.acuity, visit.waiting_since, at), visit.pk))
    return numbered(here, at)


def then(visits: QuerySet[Visit], at: datetime) -> QuerySet[Visit]:
    """Who waited at that moment, with `level_then`: as last written before, or as the next change found it."""
    states, levels = (Change.objects.filter(visit=OuterRef("pk"), what=what) for what in (Change.What.STATE, Change.What.ACUITY))
    last_state = states.filter(at__lte=at).order_by("-pk").values("new")[:1]
    level = Coalesce(
        Subquery(levels.filter(at__lte=at).order_by("-pk").values("new")[:1]),
        Subquery(levels.filter(at__gt=at).order_by("pk").values("old")[:1]),
    )
    came = visits.filter(arrived_at__lte=at, waiting_since__lte=at)
    return came.annotate(state_then=Subquery(last_state), level_then=level).filter(state_then=State.WAITING)

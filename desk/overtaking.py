"""Why somebody less urgent stands before somebody more urgent: said on the line, in numbers that can be added up."""

from typing import NamedTuple

from visits.order import POINTS
from visits.queue import Place


class Before(NamedTuple):
    """Whom this person stands before although they are more urgent, and what both waits count."""

    name: str
    level: int
    waited: int
    weight: int
    points: int
    other_waited: int
    other_weight: int
    other_points: int


def explained(places: list[Place]) -> list[Place]:
    """The same lines; where the order may surprise, `visit.before` says why. A level that is hidden is not given away."""
    below: dict[int, Place] = {}  # of each level the next one further down
    for place in reversed(places):
        level = place.visit.acuity
        more_urgent = [other for other_level, other in below.items() if other_level < level]
        hidden = getattr(place.visit, "is_hidden", False)
        place.visit.before = _before(place, min(more_urgent, key=_number)) if more_urgent and not hidden else None
        if not hidden:
            below[level] = place
    return places


def _number(place: Place) -> int:
    return place.number or 0


def _before(place: Place, other: Place) -> Before:
    mine, theirs = (
        (it.waited_minutes, POINTS[it.visit.acuity], it.waited_minutes * POINTS[it.visit.acuity]) for it in (place, other)
    )
    return Before(other.visit.patient.name, other.visit.acuity, *mine, *theirs)

"""The life of a visit as a table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where in the journey a visit is (FHIR Encounter.status)."""

    ARRIVED = "arrived", _("Arrived")
    WAITING = "waiting", _("Waiting")
    IN_PROGRESS = "in-progress", _("With the doctor")
    ON_HOLD = "on-hold", _("On hold")
    COMPLETED = "completed", _("Finished")
    CANCELLED = "cancelled", _("Left")
    DISCONTINUED = "discontinued", _("Broken off")


MOVES = {
    State.ARRIVED: {State.WAITING, State.CANCELLED},
    State.WAITING: {State.IN_PROGRESS, State.CANCELLED},
    State.IN_PROGRESS: {State.ON_HOLD, State.WAITING, State.COMPLETED, State.DISCONTINUED},
    State.ON_HOLD: {State.IN_PROGRESS, State.WAITING, State.COMPLETED, State.DISCONTINUED},
    State.COMPLETED: set(),
    State.CANCELLED: set(),
    State.DISCONTINUED: set(),
}
OPEN = [state for state, moves in MOVES.items() if moves]
WITH_DOCTOR = [State.IN_PROGRESS, State.ON_HOLD]

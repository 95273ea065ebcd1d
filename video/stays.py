"""How somebody's line was: added up while they are in the room, and kept with the visit."""

from dataclasses import dataclass, field

from django.db import transaction

from .media.protocol import Heard, Quality
from .models import LineSummary
from .quality import is_weak

LONGEST_STEP = 10.0  # seconds; a report that comes later says nothing of the time before
MEANS = ("round_trip_ms", "lost_percent", "concealed_percent", "rate_up_kbit", "rate_down_kbit")
WORST = ("round_trip_ms", "lost_percent", "concealed_percent")


@dataclass
class Tally:
    """What was told since the last time it was kept."""

    reports: int = 0
    seconds: float = 0.0
    weak_seconds: float = 0.0
    freezes: int = 0
    sums: dict[str, float] = field(default_factory=lambda: dict.fromkeys(MEANS, 0.0))  # value times seconds
    worst: dict[str, float] = field(default_factory=lambda: dict.fromkeys(WORST, 0.0))
    path: str = ""
    transport: str = ""
    problem: str = ""

    def add(self, said: Quality, heard: Heard | None, seconds: float) -> None:
        """One report, which stands for so many seconds."""
        seconds = min(seconds, LONGEST_STEP)
        ways = heard if heard and heard.connected else said
        values = dict(
            zip(
                MEANS,
                (said.round_trip, max(ways.lost_up, ways.lost_down), said.concealed, said.rate_up, said.rate_down),
                strict=True,
            )
        )
        self.reports += 1
        self.seconds += seconds
        self.weak_seconds += seconds * is_weak(said, heard)
        self.freezes += int(said.freezes)
        for name, value in values.items():
            self.sums[name] += value * seconds
        for name in WORST:
            self.worst[name] = max(self.worst[name], values[name])
        self.path, self.transport = said.path or self.path, said.transport or self.transport
        self.problem = said.problem or self.problem


@transaction.atomic
def keep(participant, tally: Tally) -> LineSummary:
    """Write a tally into the person's one summary; means are weighed by time."""
    LineSummary.objects.get_or_create(participant=participant)
    line = LineSummary.objects.select_for_update().get(participant=participant)
    whole = line.seconds + tally.seconds
    for name in MEANS if whole else ():
        setattr(line, name, (getattr(line, name) * line.seconds + tally.sums[name]) / whole)
    for name in WORST:
        setattr(line, f"worst_{name}", max(getattr(line, f"worst_{name}"), tally.worst[name]))
    line.seconds, line.weak_seconds, line.freezes = whole, line.weak_seconds + tally.weak_seconds, line.freezes + tally.freezes
    for name in ("path", "transport", "problem"):
        setattr(line, name, getattr(tally, name) or getattr(line, name))
    line.save()
    return line


def of_visit(visit):
    """The lines of everybody who was in the visit's room."""
    return LineSummary.objects.filter(participant__room__visit=visit, seconds__gt=0).select_related("participant")

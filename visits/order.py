"""Who is seen next, in plain arithmetic: the pages, the database's query and the simulator take it from here (decision 7)."""

import math
from collections.abc import Mapping
from typing import NamedTuple

# Minutes a person of each level may safely wait (targets of the Canadian scale from which the Korean one comes).
TARGET_MINUTES = {1: 0, 2: 15, 3: 30, 4: 60, 5: 120}
# What a minute of waiting counts in the queue: level 3 works towards 10 minutes, 4 towards 60, 5 towards 75 (300 points each).
POINTS = {3: 30, 4: 5, 5: 4}
# Minutes after which somebody who waits is asked again how they are.
LOOK_AGAIN_MINUTES = {2: 15, 3: 30, 4: 60, 5: 120}


def rank(level: int, waited: float) -> tuple:
    """Sort key: levels 1 and 2 first, then by what the waiting counts, ties by arrival. Any unit of time will do."""
    points = waited * POINTS[level] if level in POINTS else 0
    return min(level, 3), -points, -waited, level


def safe_wait_used(level: int, waited_minutes: float) -> float:
    """Share of the safe wait that is used up: 1.0 is the target itself; level 1 has no wait to use."""
    return max(0.0, waited_minutes) / max(1, TARGET_MINUTES[level])


class Ahead(NamedTuple):
    """Who is seen before somebody, and why."""

    more_urgent: int
    came_earlier: int
    waited_longer: int

    @property
    def number(self) -> int:
        return sum(self)


def why(level: int, ahead: Mapping[int, int]) -> Ahead:
    """Why so many of each level are ahead: more urgent, as urgent but earlier, or less urgent but waiting longer."""
    more_urgent = sum(number for other, number in ahead.items() if other < level)
    waited_longer = sum(number for other, number in ahead.items() if other > level)
    return Ahead(more_urgent, ahead.get(level, 0), waited_longer)


VISIT_MINUTES = 10  # what a visit usually takes
# Eight of ten wait between these: shares of the usual time, and of its chance part (fitted in the simulator, docs/queue.md).
SOONER = {2: (0.7, -0.6), 3: (0.2, -0.1), 4: (1.0, -0.9), 5: (1.25, -1.4)}
LATER = {2: (1.0, 1.0), 3: (0.3, 1.5), 4: (1.7, 1.2), 5: (2.1, 1.6)}


class Expectation(NamedTuple):
    """An honest guess of the wait that is still ahead."""

    from_minutes: int
    to_minutes: int

    @property
    def rounded(self) -> tuple[int, int]:
        """As it is told: to 5 minutes, from an hour on to 10, and outward, so that it holds at least as often."""
        low, high = (5 if minutes < 60 else 10 for minutes in self)
        return self.from_minutes // low * low, -(-self.to_minutes // high) * high


def expectation(level: int, number: int, doctors: int) -> Expectation:
    """A range that holds for eight of ten: those ahead, shared by the doctors at work, and those who may still overtake."""
    usual = number * VISIT_MINUTES / doctors
    chance = usual / math.sqrt(number)
    sooner, later = (usual * a + chance * b for a, b in (SOONER[level], LATER[level]))
    return Expectation(math.floor(max(0, sooner)), math.ceil(later))

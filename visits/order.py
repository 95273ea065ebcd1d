"""Who is seen next, in plain arithmetic: the pages, the database's query and the simulator all take it from here (decision 8)."""

# Minutes a person of each level may safely wait (targets of the Canadian scale from which the Korean one comes).
TARGET_MINUTES = {1: 0, 2: 15, 3: 30, 4: 60, 5: 120}
# What a minute of waiting counts in the queue: level 3 works towards 20 minutes, 4 towards 60, 5 towards 80 (240 points each).
POINTS = {3: 12, 4: 4, 5: 3}
# Minutes after which somebody who waits is asked again how they are.
LOOK_AGAIN_MINUTES = {2: 15, 3: 30, 4: 60, 5: 120}


def rank(level: int, waited: float) -> tuple:
    """Sort key: levels 1 and 2 first, then by what the waiting counts, ties by arrival, then by level. Any unit of time will do."""
    points = waited * POINTS[level] if level in POINTS else 0
    return min(level, 3), -points, -waited, level


def safe_wait_used(level: int, waited_minutes: float) -> float:
    """Share of the safe wait that is used up: 1.0 is the target itself; level 1 has no wait to use."""
    return max(0.0, waited_minutes) / max(1, TARGET_MINUTES[level])

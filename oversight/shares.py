"""Shares with honest intervals: plain arithmetic, no Django."""

import math
from typing import Final, NamedTuple

Z: Final = 1.959964  # 95 %


class Share(NamedTuple):
    """How many of how many, and the 95 % interval in which the true share lies (Wilson 1927); None of nobody."""

    number: int
    of: int
    value: float | None
    low: float
    high: float


def share(count: int, of: int) -> Share:
    """count of `of`, 0 <= count <= of. Of nobody nothing is known: no value, and the interval is everything."""
    if of == 0:
        return Share(0, 0, None, 0.0, 1.0)
    p, spread = count / of, Z * Z / of
    middle = (p + spread / 2) / (1 + spread)
    half = Z * math.sqrt(p * (1 - p) / of + spread / (4 * of)) / (1 + spread)
    low = 0.0 if count == 0 else min(p, middle - half)
    high = 1.0 if count == of else max(p, middle + half)
    return Share(count, of, p, low, high)


class Difference(NamedTuple):
    """One share less another, with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Chance alone does not explain it."""
        return self.low > 0 or self.high < 0


def difference(one: Share, other: Share) -> Difference | None:
    """one - other (Newcombe 1998, from the two Wilson intervals); None where one of them is of nobody."""
    if one.value is None or other.value is None:
        return None
    value = one.value - other.value
    low = value - math.hypot(one.value - one.low, other.high - other.value)
    high = value + math.hypot(one.high - one.value, other.value - other.low)
    return Difference(value, max(-1.0, low), min(1.0, high))

"""Do people of different groups wait equally long? Plain arithmetic on waits, no Django.

A gap is measured with the case mix held equal: what the people of a group waited, against what others of the very same levels
waited on average (indirect standardisation, the others as the standard). A group of sicker people is not "faster" by that alone.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

SMALL_CELL: Final = 10  # figures of fewer people say more of persons than of groups: not shown
ALARMING: Final = 0.20
DRAWS: Final = 500  # times the people are drawn again for an interval
MIDDLE: Final = (2.5, 97.5)  # percent: the 95 % interval


class Range(NamedTuple):
    """A figure and its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


class Group(NamedTuple):
    """One group of people: how many, their median and p95 wait in minutes, and the gap to the others (0.2: 20 % longer).

    A group that is too small to show keeps its name alone: number, median, p95 and gap are None. The gap is also None where
    nobody else had any of its levels.
    """

    name: str
    number: int | None
    median: Range | None
    p95: Range | None
    gap: Range | None

    @property
    def is_alarming(self) -> bool:
        """Over 20 % longer, and not by chance alone."""
        return self.gap is not None and self.gap.value > ALARMING and self.gap.low > 0


def compare(minutes: NDArray, levels: NDArray, names: NDArray, *, draws: int = DRAWS, seed: int = 1) -> list[Group]:
    """Every group by name; minutes, levels (1-5) and names have one entry for each person."""
    minutes, levels, names = np.asarray(minutes, float), np.asarray(levels, int), np.asarray(names, str)
    random = np.random.default_rng(seed)
    return [_group(name, minutes, levels, names == name, draws, random) for name in sorted(set(names.tolist()))]


def everybody(minutes: NDArray, *, draws: int = DRAWS, seed: int = 1) -> Group:
    """All people together; their number is told in tens, so that no hidden group can be found by taking the others away."""
    minutes = np.asarray(minutes, float)
    if len(minutes) < SMALL_CELL:
        return hidden("all")
    random = np.random.default_rng(seed)
    whole = np.ones(len(minutes), bool)
    median, p95 = (_drawn(figure, minutes, whole, draws, random) for figure in (np.median, _p95))
    return Group("all", len(minutes) // 10 * 10, median, p95, None)


def gap(minutes: NDArray, levels: NDArray, mine: NDArray) -> float | None:
    """How much longer the people marked in `mine` waited than others of the same levels: 0.2 is 20 % longer.

    Levels that only one side has are left out; None where nothing is left, or nobody else waited at all.
    """
    side = _side(levels, mine)
    return _ratio(np.bincount(side, minlength=12), np.bincount(side, minutes, minlength=12))


def _side(levels: NDArray, mine: NDArray) -> NDArray:
    """1-5: ours of that level; 7-11: the others."""
    return np.where(mine, levels, levels + 6)


def _ratio(people: NDArray, waited: NDArray) -> float | None:
    """From heads and summed minutes by level and side: what ours waited, against what others of their levels did."""
    ours, others = people[1:6], people[7:12]
    both = (ours > 0) & (others > 0)
    expected = float((ours * waited[7:12] / np.maximum(others, 1))[both].sum())
    return float(waited[1:6][both].sum()) / expected - 1 if expected > 0 else None


def _group(name: str, minutes: NDArray, levels: NDArray, mine: NDArray, draws: int, random: np.random.Generator) -> Group:
    number = int(mine.sum())
    if number < SMALL_CELL:
        return hidden(name)
    median, p95 = (_drawn(figure, minutes, mine, draws, random) for figure in (np.median, _p95))
    return Group(name, number, median, p95, _gap_drawn(minutes, levels, mine, draws, random))


def hidden(name: str) -> Group:
    """A group of which nothing is shown."""
    return Group(name, None, None, None, None)


def _p95(minutes: NDArray) -> float:
    return float(np.percentile(minutes, 95))


def _drawn(figure: Callable, minutes: NDArray, mine: NDArray, draws: int, random: np.random.Generator) -> Range:
    ours = minutes[mine]
    found = [figure(ours[random.integers(0, len(ours), len(ours))]) for _ in range(draws)]
    return _range(float(figure(ours)), found)


def _gap_drawn(minutes: NDArray, levels: NDArray, mine: NDArray, draws: int, random: np.random.Generator) -> Range | None:
    value = gap(minutes, levels, mine)
    if value is None or mine.sum() > len(mine) - SMALL_CELL:  # fewer than ten others are no standard
        return None
    side, ours, others = _side(levels, mine), np.flatnonzero(mine), np.flatnonzero(~mine)
    found = []
    for _ in range(draws):
        people = np.concatenate([random.choice(ours, len(ours)), random.choice(others, len(others))])
        again = _ratio(np.bincount(side[people], minlength=12), np.bincount(side[people], minutes[people], minlength=12))
        found += [again] if again is not None else []
    return _range(value, found or [value])


def _range(value: float, found: list) -> Range:
    """The interval holds the figure itself."""
    low, high = np.percentile(found, MIDDLE)
    return Range(value, min(value, float(low)), max(value, float(high)))

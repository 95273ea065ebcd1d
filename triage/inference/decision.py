"""From what was read, answered and measured to a calibrated level. Nothing here can lower the urgency when a sign is added."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .shorthand import Shorthand, is_shorthand
from .vital_signs import KINDS

TEXT, ANSWERS, CLINIC = "text", "answers", "clinic"  # what is known: words; also answers; a nurse's line and a full set of vitals
FULL_SET: Final = frozenset({"sbp", "hr", "rr", "temp"})
AGES: Final = (40, 65, 80)  # years from which a full set of values may mean something else
PLACES: Final = (  # complaints for which a strong pain may mean something else
    "belly_pain", "chest_pain", "headache", "flank_pain", "limb_pain", "back_pain", "leg_swelling", "wound_check", "arm_injury",
    "leg_injury",
)  # fmt: skip
STRONG: Final = "pain>=4"
SMALLEST: Final = 1e-3  # chances are kept this far from 0 and 1


@dataclass(frozen=True)
class Tier:
    """weights: 4 rows (level <= 1 ... <= 4), a column for each of `inputs`, in the clinic's tier of `of_a_line` too.  bias: 4.

    enough: by language; a level is chosen once this much probability lies at it or above it; calibrated one-sided, so that
    at most `risk` of the calibration cases in that language were judged less urgent than they were.
    """

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    enough: Mapping[str, float]
    risk: float


@dataclass(frozen=True)
class Decision:
    """tiers by name.  measured: 4 rows of one weight >= 0 for each of vital_signs.KINDS.

    company: by complaint, how often each sign came with it in the corpus (0-1); for the interview.  shorthand: see there.
    """

    tiers: Mapping[str, Tier]
    measured: NDArray[np.float64]
    company: Mapping[str, Mapping[str, float]]
    shorthand: Shorthand

    def chances(self, tier: str, seen: NDArray[np.float64], outside: Mapping[str, float]) -> NDArray[np.float64]:
        """P(level <= 1), ..., P(level <= 4), never falling from one to the next.  seen: `inputs`, then `of_a_line`."""
        chosen = self.tiers[tier]
        values = chosen.weights @ seen[: chosen.weights.shape[1]] + chosen.bias
        values += self.measured @ np.array([outside.get(kind, 0.0) for kind in KINDS])
        return np.maximum.accumulate(1 / (1 + np.exp(-values)))

    def level(self, tier: str, language: str, chances: NDArray[np.float64]) -> int:
        """The least urgent level that is still safe at the tier's risk."""
        enough = self.tiers[tier].enough
        return 5 - int((chances >= enough.get(language, min(enough.values()))).sum())

    @classmethod
    def from_json(cls, text: str, heads: Sequence[str]) -> "Decision":
        """heads: the names of the model's outputs."""
        stored = json.loads(text)
        tiers = {
            name: Tier(np.array(tier["weights"]), np.array(tier["bias"]), tier["enough"], tier["risk"])
            for name, tier in stored["tiers"].items()
        }
        measured = np.array([[row[kind] for kind in KINDS] for row in stored["measured"]])
        return cls(tiers, measured, stored["company"], Shorthand.from_json(stored["shorthand"], heads))


def inputs(levels: NDArray, urgency: Sequence[float]) -> NDArray[np.float64]:
    """Eight numbers that every tier weighs: logits of the words, then of the signs."""
    chances = np.clip(urgency, SMALLEST, 1 - SMALLEST)
    return np.concatenate([np.clip(levels, -6, 6), np.log(chances / (1 - chances))])


def of_a_line(
    shorthand: Sequence[float] | NDArray[np.float64],
    age: float | None,
    complaints: Mapping[str, float],
    outside: Mapping[str, float],
) -> NDArray[np.float64]:
    """What the clinic's tier weighs too: four logits of the line as shorthand, the steps of age, a strong pain by its place."""
    older = [float(age is not None and age >= step) for step in AGES]
    strong = outside.get(STRONG, 0.0)
    return np.concatenate([shorthand, older, [strong * complaints.get(place, 0.0) for place in PLACES]])


def tier_of(words: str, vitals: Mapping[str, object], answered: bool) -> str:
    """Which calibration fits what is known."""
    if vitals.keys() >= FULL_SET and is_shorthand(words):
        return CLINIC
    return ANSWERS if answered else TEXT

"""How good the judgements are, in the words a clinic uses: too low is dangerous, too high costs time."""

import numpy as np
from numpy.typing import NDArray


def figures(truth: NDArray[np.int_], chosen: NDArray[np.int_]) -> dict[str, float | int]:
    """Shares of all sentences, except sensitivity (share of the level 1-2 sentences that were judged 1 or 2)."""
    return {
        "sentences": len(truth),
        "accuracy": _share(chosen == truth),
        "qwk": round(kappa(truth, chosen), 3),
        "too_low": _share(chosen > truth),
        "too_low_by_2": _share(chosen > truth + 1),
        "too_high": _share(chosen < truth),
        "sensitivity_1_2": _share(chosen[truth <= 2] <= 2),
    }


def kappa(truth: NDArray[np.int_], chosen: NDArray[np.int_]) -> float:
    """Agreement on levels 1-5 beyond chance, larger disagreements weighing by their square."""
    weight = np.subtract.outer(np.arange(5), np.arange(5)) ** 2
    seen = np.zeros((5, 5))
    np.add.at(seen, (truth - 1, chosen - 1), 1)
    chance = np.outer(seen.sum(1), seen.sum(0)) / len(truth)
    return 1 - float((weight * seen).sum() / (weight * chance).sum())


def _share(which: NDArray[np.bool_]) -> float:
    return round(float(which.mean()), 3)

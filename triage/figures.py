"""How good judgements are, in the words a clinic uses: too low is dangerous, too high costs time."""

from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .evaluation import Line
from .judgement import Judgement

AGAIN: Final = 1000  # times the cases are drawn again for an interval
MIDDLE: Final = (2.5, 97.5)  # percent: the 95 % interval
WORDS: Final = {
    "accuracy": "right level",
    "qwk": "agreement (QWK)",
    "under": "too low by 1 or more",
    "under_2": "too low by 2 or more",
    "over": "too high",
    "sensitivity_1_2": "levels 1-2 found",
    "unsafe": "unsafe",
    "calibration_1_2": "calibration error of P(1-2)",
    "calibration_1_3": "calibration error of P(1-3)",
    "abstained": "left to a person",
}


def summary(pairs: Iterable[tuple[Line, Judgement]]) -> dict[str, Any]:
    """Figures overall and by language, sex and age band; each as [value, low, high], None where nothing can be said."""
    known = [pair for pair in pairs if pair[0].gold is not None]
    groups = {"all": known}
    for line, judgement in known:
        for name in (f"language {line.case.language}", f"sex {line.case.sex or '?'}", f"age {line.band}"):
            groups.setdefault(name, []).append((line, judgement))
    return {name: {"cases": len(mine), **figures(mine)} for name, mine in sorted(groups.items(), key=_order) if mine}


def _order(item) -> tuple[bool, str]:
    return item[0] != "all", item[0]


def figures(pairs: list[tuple[Line, Judgement]]) -> dict[str, list[float] | None]:
    """Each figure with its bootstrap interval."""
    table = _table(pairs)
    rows = np.random.default_rng(1).integers(0, len(pairs), (AGAIN, len(pairs)))
    return {name: _with_interval(measure, table, rows) for name, measure in MEASURES.items()}


def _table(pairs) -> dict[str, NDArray]:
    """Columns: chosen level, the span of right levels, the level that is still safe, chances, abstained."""
    chances = [judgement.opinion.chances if judgement.opinion else (np.nan,) * 4 for _line, judgement in pairs]
    return {
        "chosen": np.array([judgement.level for _line, judgement in pairs]),
        "first": np.array([line.gold[0] for line, _judgement in pairs]),
        "last": np.array([line.gold[1] for line, _judgement in pairs]),
        "safe": np.array([line.safe for line, _judgement in pairs]),
        "chances": np.array(chances),
        "abstained": np.array([judgement.abstained for _line, judgement in pairs]),
    }


def _with_interval(measure: Callable, table: dict[str, NDArray], rows: NDArray) -> list[float] | None:
    value = measure(table)
    if value is None:
        return None
    again = (measure({name: column[row] for name, column in table.items()}) for row in rows)
    drawn = np.array([each for each in again if each is not None])
    shift = drawn.mean() - value  # drawing again adds to an error of calibration; what it adds is taken off
    low, high = np.percentile(drawn, MIDDLE) - shift
    return [round(float(each), 4) for each in (value, max(low, min(0.0, drawn.min())), min(high, 1.0))]


def kappa(truth: NDArray[np.int_], chosen: NDArray[np.int_]) -> float | None:
    """Agreement on levels 1-5 beyond chance, larger disagreements weighing by their square; None if all are of one level."""
    weight = np.subtract.outer(np.arange(5), np.arange(5)) ** 2
    seen = np.zeros((5, 5))
    np.add.at(seen, (truth - 1, chosen - 1), 1)
    chance = (weight * np.outer(seen.sum(1), seen.sum(0))).sum() / len(truth)
    return 1 - float((weight * seen).sum() / chance) if chance else None


def _qwk(table) -> float | None:
    """On five levels, or on three kinds of care where that is what is known."""
    truth, chosen = table["first"], table["chosen"]
    if (table["first"] != table["last"]).any():
        truth, chosen = (np.searchsorted([1, 3, 5], levels, side="right") for levels in (truth, chosen))
    return kappa(truth, chosen)


def _sensitivity(table) -> float | None:
    urgent = table["first"] <= 2
    return (table["chosen"][urgent] <= 2).mean() if urgent.any() else None


def _calibration(last: int) -> Callable:
    def error(table) -> float | None:
        if np.isnan(table["chances"]).any() or (table["first"] != table["last"]).any():
            return None
        return calibration_error(table["chances"][:, last - 1], table["last"] <= last)

    return error


def calibration_error(chances: NDArray, happened: NDArray, bins: int = 10) -> float:
    """Mean distance between what was said and what was so, over equal bins of what was said."""
    place = np.minimum((chances * bins).astype(int), bins - 1)
    parts = [place == each for each in range(bins) if (place == each).any()]
    return float(sum(abs(chances[part].mean() - happened[part].mean()) * part.mean() for part in parts))


MEASURES: Final[dict[str, Callable]] = {
    "accuracy": lambda table: ((table["first"] <= table["chosen"]) & (table["chosen"] <= table["last"])).mean(),
    "qwk": _qwk,
    "under": lambda table: (table["chosen"] > table["last"]).mean(),
    "under_2": lambda table: (table["chosen"] > table["last"] + 1).mean(),
    "over": lambda table: (table["chosen"] < table["first"]).mean(),
    "sensitivity_1_2": _sensitivity,
    "unsafe": lambda table: (table["chosen"] > table["safe"]).mean(),
    "calibration_1_2": _calibration(2),
    "calibration_1_3": _calibration(3),
    "abstained": lambda table: table["abstained"].mean(),
}

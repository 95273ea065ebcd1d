"""Fit the weights of measured values: `python -m triage.training.measured FILE.csv` writes measured.json, numbers only.

FILE.csv: the patients of two Korean emergency departments of Moon and others (2019), PLoS ONE 10.1371/journal.pone.0216972,
CC BY 4.0. The file itself is not part of Naru. It needs a trained bundle, since it weighs what the bundle reads.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np

from triage.figures import calibration_error
from triage.inference.case import Case
from triage.inference.decision import CLINIC, inputs
from triage.inference.model import load
from triage.inference.vital_signs import KINDS, outside
from triage.knowledge import red_flags
from triage.knowledge.signs import urgency

from .train import MEASURED
from .weigh import chances_by, fit, parts_of, threshold

COLUMNS = {"sbp": "SBP", "dbp": "DBP", "hr": "HR", "rr": "RR", "temp": "BT", "spo2": "Saturation"}
RISK = 0.05


def cases(path: Path):
    """Each patient as a case, with the level that experts agreed on and the hospital."""
    with path.open(encoding="utf-8", errors="replace", newline="") as lines:
        for row in csv.DictReader(lines):
            vitals = {name: value for name, column in COLUMNS.items() if (value := _number(row[column])) is not None}
            vitals["pain"] = (_number(row["NRS_pain"]) or 0.0) if row["Pain"] == "1" else 0.0
            case = Case(row["Chief_complain"], "en", _number(row["Age"]), "FM"[int(row["Sex"]) - 1], {}, vitals)
            vitals["avpu"] = "AVPU"[int(row["Mental"]) - 1]
            yield case, int(row["KTAS_expert"]), row["Group"]


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ".")) or None
    except ValueError:
        return None


def table_of(found: list[Case], model) -> np.ndarray:
    """What is weighed: eight numbers from the words, then one for each kind of measured value."""
    rows = []
    for case in found:
        reading, beyond = model.read(case.words), outside(case.vitals, case.age)
        rows.append([*inputs(reading.levels, urgency(reading.present, case.age)), *(beyond.get(kind, 0.0) for kind in KINDS)])
    return np.array(rows)


def main(arguments: list[str]) -> None:
    found = list(cases(Path(arguments[0])))
    model = load()
    table, levels = table_of([case for case, _level, _site in found], model), np.array([level for _case, level, _site in found])
    ruled = np.array([min((flag.level for flag in red_flags.find(case)), default=5) for case, _level, _site in found])
    chances = np.zeros((len(levels), 4))
    for rest, kept in parts_of([str(at) for at in range(len(levels))]):
        chances[kept] = chances_by([fit(table[rest], levels[rest] <= level) for level in (1, 2, 3, 4)], table[kept])
    weights = np.array([fit(table, levels <= level) for level in (1, 2, 3, 4)])
    width = table.shape[1] - len(KINDS)
    tier = {
        "weights": np.round(weights[:, :width], 4).tolist(),
        "bias": np.round(weights[:, -1], 4).tolist(),
        "enough": round(threshold(chances, levels, ruled, RISK), 4),
        "risk": RISK,
        "cases": len(levels),
        "calibration_error": [round(calibration_error(chances[:, at], levels <= at + 1), 4) for at in range(4)],
    }
    measured = [dict(zip(KINDS, np.round(row, 4).tolist(), strict=True)) for row in weights[:, width:-1]]
    MEASURED.write_text(json.dumps({"tier": tier, "measured": measured}, indent=1) + "\n", encoding="utf-8")
    print(f"{CLINIC}: enough {tier['enough']}, calibration error {tier['calibration_error']}; written: {MEASURED.name}")


if __name__ == "__main__":
    main(sys.argv[1:])

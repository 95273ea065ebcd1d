"""Fit the weights of measured values: `python -m triage.training.measured FILE.csv` writes measured.json, numbers only.

FILE.csv: the patients of two Korean emergency departments of Moon and others (2019), PLoS ONE 10.1371/journal.pone.0216972,
CC BY 4.0. The file itself is not part of Naru. It needs a trained bundle, since it weighs what the bundle reads.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from triage.figures import calibration_error
from triage.inference.case import Case
from triage.inference.decision import AGES, CLINIC, inputs, of_a_line
from triage.inference.model import load
from triage.inference.vital_signs import KINDS, outside
from triage.knowledge import red_flags
from triage.knowledge.signs import urgency

from .corpus import LANGUAGES
from .shorthand import LEVELS, Patients, fit_patients, shorthand_of, stored
from .train import MEASURED
from .weigh import parts_of, threshold

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


def patients_of(file: Path, model) -> Patients:
    """Read a file's patients with a model."""
    found = list(cases(file))
    each = [case for case, _level, _site in found]
    readings = [model.read(case.words) for case in each]
    measured = [outside(case.vitals, case.age) for case in each]
    lines = np.array(
        [of_a_line((), case.age, read.complaints, beyond) for case, read, beyond in zip(each, readings, measured, strict=True)]
    )
    return Patients(
        [model.wording.heard(case.words) for case in each],
        np.stack([model.logits(case.words) for case in each]),
        np.array([inputs(read.levels, urgency(read.present, case.age)) for read, case in zip(readings, each, strict=True)]),
        np.hstack([[[beyond.get(kind, 0.0) for kind in KINDS] for beyond in measured], lines[:, len(AGES) :]]),
        lines[:, : len(AGES)],
        np.array([level for _case, level, _site in found]),
        np.array([site for *_, site in found]),
        np.array([min((flag.level for flag in red_flags.find(case)), default=5) for case in each]),
    )


def held_out(known: Patients, parts: int = 5) -> NDArray:
    """P(level <= k) of each patient, by a fit that had not seen them."""
    chances = np.zeros((len(known.levels), len(LEVELS)))
    for rest, kept in tqdm(list(parts_of([str(at) for at in range(len(known.levels))], parts)), desc="weighing", unit="part"):
        chances[kept] = fit_patients(known.only(rest)).chances(known.only(kept))
    return chances


def main(arguments: list[str]) -> None:
    model = load()
    known = patients_of(Path(arguments[0]), model)
    chances = held_out(known)
    fitted = fit_patients(known)
    seen, beyond, older, *_words = fitted.parts(known)
    kinds, places = np.split(beyond, [len(KINDS)], axis=1)
    tier = {
        "weights": np.hstack([seen, np.eye(len(LEVELS)), older, places]).tolist(),
        "bias": [0.0] * len(LEVELS),
        "enough": dict.fromkeys(LANGUAGES, round(threshold(chances, known.levels, known.ruled, RISK), 4)),
        "risk": RISK,
        "cases": len(known.levels),
        "calibration_error": [round(calibration_error(chances[:, level - 1], known.levels <= level), 4) for level in LEVELS],
    }
    measured = [dict(zip(KINDS, row, strict=True)) for row in kinds.tolist()]
    written = {"tier": tier, "measured": measured, "shorthand": stored(shorthand_of(fitted, known), model.heads)}
    MEASURED.write_text(json.dumps(written) + "\n", encoding="utf-8")
    print(f"{CLINIC}: enough {tier['enough']}, calibration error {tier['calibration_error']}; written: {MEASURED.name}")


if __name__ == "__main__":
    main(sys.argv[1:])

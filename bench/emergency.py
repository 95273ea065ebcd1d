"""Real emergency patients: `python -m bench.emergency FILE.csv`, rows of Moon and others (2019): see triage/training/measured.py.

The heads read the words and saw none of these; what is fitted on such rows is fitted anew on the other ones, in ten parts, or
on the other hospital.  `likely` is the level that is more likely than not; `safe` is what a doctor is shown.
"""

import sys
from pathlib import Path

import numpy as np

from triage.figures import calibration_error, kappa
from triage.inference.model import load
from triage.training.measured import RISK, held_out, patients_of
from triage.training.shorthand import fit_patients
from triage.training.weigh import threshold

TEN = 10


def measure(file: Path) -> dict[str, str]:
    """Agreement, too low, too high, calibration: by ten parts, and one hospital by the other."""
    known = patients_of(file, load())
    sites = np.zeros((len(known.levels), 4))
    for site in sorted(set(known.sites)):
        mine = known.sites == site
        sites[mine] = fit_patients(known.only(np.flatnonzero(~mine))).chances(known.only(np.flatnonzero(mine)))
    found = {"ten parts": held_out(known, TEN), "one hospital by the other": sites}
    return {"patients": str(len(known.levels)), **{name: _figures(known, chances) for name, chances in found.items()}}


def _figures(known, chances) -> str:
    likely = (chances < 0.5).sum(1) + 1
    safe = np.minimum((chances < threshold(chances, known.levels, known.ruled, RISK)).sum(1) + 1, known.ruled)
    errors = [f"P(1-{last}) {calibration_error(chances[:, last - 1], known.levels <= last):.3f}" for last in (2, 3)]
    ways = [f"{name}: {_agreement(known.levels, chosen)}" for name, chosen in (("likely", likely), ("safe", safe))]
    return "; ".join([*ways, f"calibration error {', '.join(errors)}"])


def _agreement(truth, chosen) -> str:
    return f"QWK {kappa(truth, chosen):.3f}, too low {(chosen > truth).mean():.3f}, too high {(chosen < truth).mean():.3f}"


if __name__ == "__main__":
    for name, value in measure(Path(sys.argv[1])).items():
        print(f"{name:<28} {value}")

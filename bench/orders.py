"""Orders of the queue that were tried beside the one that ships: `python -m bench.orders [DAYS]` (decision 7)."""

import sys
from collections.abc import Callable
from statistics import mean

from visits import order
from visits.simulation import DISCIPLINES, Discipline, simulate, table

SEEDS = range(1, 5)


def banded(count: Callable[[int, float], float]) -> Discipline:
    """Levels 1 and 2 first and interrupting; the others by a count of their own, the greatest first."""
    return Discipline(lambda level, waited: (level, -waited) if level <= 2 else (3, -count(level, waited)), interrupts=True)


def share(**aims: int) -> Discipline:
    """Waited, as a share of the minutes aimed at for levels 3, 4, 5."""
    minutes = {int(level[1]): aim for level, aim in aims.items()}
    return banded(lambda level, waited: waited / minutes[level])


def can_still_be_saved(level: int, waited: float) -> float:
    """Least time left first; who is late already stands behind, until twice the target: then before all."""
    target = order.TARGET_MINUTES[level]
    if waited >= 2 * target:
        return 1000 + waited / target
    return waited - target + 500 if waited < target else waited / target


TRIED = {
    **DISCIPLINES,
    "waited / target": share(l3=30, l4=60, l5=120),
    "time left": banded(lambda level, waited: waited - order.TARGET_MINUTES[level]),
    "head start of 30, 15 min": banded(lambda level, waited: waited + {3: 30, 4: 15, 5: 0}[level]),
    "aims 20, 60, 120": share(l3=20, l4=60, l5=120),
    "aims 15, 60, 90": share(l3=15, l4=60, l5=90),
    "aims 10, 60, 90": share(l3=10, l4=60, l5=90),
    "save who can be saved": banded(can_still_be_saved),
}


def main(days: int) -> None:
    for load in (0.8, 0.93):
        print(f"\nLoad {load:.0%}: in target, p95 and worst minutes\n")
        print("| order | level 2 | level 3 | level 4 | level 5 |\n|---|---|---|---|---|")
        for name, discipline in TRIED.items():
            runs = [table(simulate(discipline, load=load, doctors=4, days=days, seed=seed)) for seed in SEEDS]
            print("|", " | ".join([name, *(cell(runs, level) for level in "2345")]), "|", flush=True)


def cell(runs, level) -> str:
    share, p95, worst = (mean(run[level][key] for run in runs) for key in ("in_target", "p95_minutes", "worst_minutes"))
    return f"{share:.1%}, {p95:.0f}, {worst:.0f}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 20)

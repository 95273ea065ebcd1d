"""How often the wait that a patient's page promises comes true: `python -m bench.expectation [DAYS]` (docs/queue.md)."""

import sys
from statistics import mean

from visits.simulation import coverage

LOADS, TEAMS, SEEDS = (0.6, 0.7, 0.8, 0.9, 0.93), (1, 2, 4, 8), (11, 12, 13)


def main(days: int) -> None:
    print("| load |", " | ".join(f"{doctors} doctor{'s' * (doctors > 1)}" for doctors in TEAMS), "|")
    print("|---" * (len(TEAMS) + 1) + "|")
    for load in LOADS:
        found = [mean(coverage(load=load, doctors=doctors, days=days, seed=seed) for seed in SEEDS) for doctors in TEAMS]
        print(f"| {load:.0%} |", " | ".join(f"{share:.1%}" for share in found), "|", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 10)

"""How long would people wait? Every order of the queue, tried on the same invented people."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from visits.simulation import DISCIPLINES, coverage, simulate, table

WORLD = "Load {load:.0%}, {doctors} doctors, {days} days, seed {seed}: in every order the same {people} people."
HEAD = f"{'':10}{'level':>6}{'in target':>11}{'p95 min':>9}{'worst min':>11}{'served':>16}"


class Command(BaseCommand):
    help = "Simulate the queue: `simulate_queue --load 0.8 --doctors 4 --seed 1`."
    requires_system_checks: list = []

    def add_arguments(self, parser):
        parser.add_argument("--load", type=float, default=0.8, help="work that comes, against what the doctors can do (0.8)")
        parser.add_argument("--doctors", type=int, default=4, help="who see patients (4)")
        parser.add_argument("--seed", type=int, default=1, help="another one, other people (1)")
        parser.add_argument("--days", type=int, default=10, help="round the clock (10)")
        parser.add_argument("--discipline", choices=DISCIPLINES, help="only this order; otherwise all of them")
        parser.add_argument("--json", type=Path, metavar="OUT", help="write the table there as JSON too")

    def handle(self, *, discipline, **options):
        named = [discipline] if discipline else list(DISCIPLINES)
        world = {name: options[name] for name in ("load", "doctors", "days", "seed")}
        if world["load"] <= 0 or world["doctors"] < 1 or world["days"] < 1:
            raise CommandError("Load, doctors and days must be more than nothing.")
        people = {name: simulate(DISCIPLINES[name], **world) for name in named}
        found = {name: table(came) for name, came in people.items()}
        self.stdout.write(WORLD.format(**world, people=len(people[named[0]])))
        self.stdout.write(HEAD)
        for name, levels in found.items():
            for level, row in levels.items():
                self.stdout.write(_line(name, level, row))
        if "safe-wait" in found:
            self.stdout.write(f"The wait shown to patients came true for {coverage(**world):.0%} of looks at the page.")
        if options["json"]:
            options["json"].write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _line(name, level, row):
    if not row["arrived"]:
        return f"{name:10}{level:>6}{'nobody came':>11}"
    served = f"{row['served']} of {row['arrived']}"
    return f"{name:10}{level:>6}{row['in_target']:>11.1%}{row['p95_minutes']:>9.0f}{row['worst_minutes']:>11.0f}{served:>16}"

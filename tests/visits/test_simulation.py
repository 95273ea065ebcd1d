import json
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from visits.simulation import DISCIPLINES, MIX, coverage, percentile, simulate, table

seeds = st.integers(0, 10_000)
few = settings(max_examples=12, deadline=None, derandomize=True)


def waits(people, level=None):
    return sorted(person.waited for person in people if person.answers and level in (None, person.level))


@pytest.mark.once
class SafeWaitTest(SimpleTestCase):
    """What the shipped order promises, in the simulator."""

    def run_at(self, load, seed, *, discipline="safe-wait", doctors=4, days=5):
        return simulate(DISCIPLINES[discipline], load=load, doctors=doctors, days=days, seed=seed)

    @few
    @given(st.sampled_from(list(DISCIPLINES)), st.floats(0.1, 0.99), st.integers(1, 6), seeds)
    def test_below_full_load_everybody_is_served(self, discipline, load, doctors, seed):
        rows = table(self.run_at(load, seed, discipline=discipline, doctors=doctors, days=1)).values()
        for row in rows:
            self.assertEqual(row["served"], row["arrived"])

    @few
    @given(seeds)
    def test_at_80_percent_emergencies_and_very_urgent_people_are_seen_in_time(self, seed):
        rows = table(self.run_at(0.8, seed))
        for level in "1", "2":
            self.assertGreaterEqual(rows[level]["in_target"] or 1, 0.99)

    @few
    @given(seeds)
    def test_at_80_percent_level_5_waits_at_most_twice_as_long_as_in_arrival_order(self, seed):
        ours, arrival = self.run_at(0.8, seed, days=10), self.run_at(0.8, seed, discipline="fifo", days=10)
        self.assertLessEqual(percentile(waits(ours, 5), 95), 2 * percentile(waits(arrival), 95))
        self.assertLessEqual(waits(ours, 5)[-1], 2.5 * waits(arrival)[-1])

    @few
    @given(seeds)
    def test_strict_levels_starve_level_5_and_the_safe_wait_does_not(self, seed):
        ours, strict = self.run_at(0.93, seed), self.run_at(0.93, seed, discipline="strict")
        self.assertLess(waits(ours, 5)[-1], waits(strict, 5)[-1])

    def test_the_wait_on_the_page_comes_true_for_eight_of_ten(self):
        for load in (0.7, 0.8, 0.9):
            for doctors in (1, 2, 4):
                found = [coverage(load=load, doctors=doctors, days=10, seed=seed) for seed in (101, 102, 103)]
                self.assertGreaterEqual(sum(found) / len(found), 0.8, (load, doctors))


class WorldTest(SimpleTestCase):
    def test_every_order_meets_the_same_people(self):
        came = {
            name: [(person.came, person.visit_minutes) for person in simulate(order, load=0.8, doctors=2, days=1, seed=7)]
            for name, order in DISCIPLINES.items()
        }
        self.assertEqual(len({tuple(people) for people in came.values()}), 1)

    def test_each_row_of_the_table_is_of_the_same_people_in_every_order(self):
        arrived = [
            [row["arrived"] for row in table(simulate(order, load=0.93, doctors=4, days=2, seed=1)).values()]
            for order in DISCIPLINES.values()
        ]
        self.assertEqual(arrived, [arrived[0]] * len(DISCIPLINES))

    def test_the_same_seed_gives_the_same_table(self):
        first, second = (table(simulate(DISCIPLINES["safe-wait"], load=0.9, doctors=3, days=2, seed=3)) for _ in range(2))
        self.assertEqual(first, second)

    def test_it_needs_no_django(self):
        code = "import sys, visits.simulation; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
        self.assertEqual(subprocess.run([sys.executable, "-c", code]).returncode, 0)


class CommandTest(SimpleTestCase):
    def simulate(self, *words):
        out = StringIO()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "out.json"
            call_command("simulate_queue", "--days", "1", "--json", str(path), *words, stdout=out)
            return out.getvalue(), json.loads(path.read_text())

    def test_without_a_name_all_orders_are_compared(self):
        text, found = self.simulate("--load", "0.8", "--doctors", "4", "--seed", "1")
        self.assertEqual(set(found), {"safe-wait", "fifo", "newest", "strict"})
        for levels in found.values():
            self.assertEqual(list(levels), [str(level) for level in MIX])
            for row in levels.values():
                self.assertEqual(set(row), {"in_target", "p95_minutes", "worst_minutes", "served", "arrived"})
        self.assertIn("came true for", text)
        self.assertIn("Load 80%, 4 doctors, 1 days, seed 1", text)

    def test_one_order_alone_can_be_asked_for(self):
        self.assertEqual(set(self.simulate("--discipline", "strict")[1]), {"strict"})

    def test_nonsense_is_refused(self):
        for words in (["--load", "0"], ["--doctors", "0"], ["--days", "-1"]):
            with self.assertRaises(CommandError):
                call_command("simulate_queue", *words)

import subprocess
import sys

import numpy as np
from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from oversight.fairness import SMALL_CELL, compare, everybody, gap

waits = st.lists(st.tuples(st.floats(1, 300), st.integers(1, 5), st.booleans()), min_size=2, max_size=60)
few = settings(max_examples=40, deadline=None)


def columns(rows):
    minutes, levels, mine = zip(*rows, strict=True)
    return np.array(minutes), np.array(levels), np.array(mine)


def people(**groups):
    """Groups as (number of people, level, minutes) lists; everybody as three columns."""
    rows = [(minutes, level, name) for name, parts in groups.items() for number, level, minutes in parts for _ in range(number)]
    return columns(rows)


def by_name(minutes, levels, names, **options):
    return {group.name: group for group in compare(minutes, levels, names, draws=60, **options)}


class GapTest(SimpleTestCase):
    @few
    @given(waits, st.floats(0.5, 3))
    def test_if_all_of_a_group_wait_longer_by_a_share_the_gap_is_that_share(self, rows, times):
        minutes, levels, _mine = columns(rows)
        twice = np.concatenate([minutes, minutes * times]), np.concatenate([levels, levels])
        mine = np.arange(2 * len(minutes)) >= len(minutes)
        self.assertAlmostEqual(gap(*twice, mine), times - 1, places=6)

    @few
    @given(st.dictionaries(st.integers(1, 5), st.tuples(st.floats(1, 200), st.integers(1, 30), st.integers(1, 30)), min_size=1))
    def test_another_mix_of_levels_alone_is_no_gap(self, levels):
        rows = [(minutes, level, is_mine) for level, (minutes, ours, others) in levels.items()
                for is_mine, number in ((True, ours), (False, others)) for _ in range(number)]  # fmt: skip
        self.assertAlmostEqual(gap(*columns(rows)), 0, places=9)

    @few
    @given(waits, st.floats(0.1, 60))
    def test_the_unit_of_time_and_the_order_of_people_do_not_matter(self, rows, unit):
        minutes, levels, mine = columns(rows)
        found = gap(minutes, levels, mine)
        again = gap(minutes[::-1] * unit, levels[::-1], mine[::-1])
        self.assertEqual(found is None, again is None)
        if found is not None:
            self.assertAlmostEqual(found, again, places=6)

    def test_levels_that_only_one_side_has_are_left_out(self):
        self.assertIsNone(gap(*columns([(10, 2, True), (10, 3, False)])))
        self.assertAlmostEqual(gap(*columns([(900, 1, True), (12, 3, True), (10, 3, False)])), 0.2)


class GroupTest(SimpleTestCase):
    def test_a_gap_that_a_sicker_mix_hides_is_found(self):
        groups = by_name(*people(app=[(50, 3, 20), (50, 5, 60)], phone=[(90, 3, 26), (10, 5, 78)]))
        self.assertLess(groups["phone"].median.value, groups["app"].median.value)
        self.assertAlmostEqual(groups["phone"].gap.value, 0.3)
        self.assertTrue(groups["phone"].is_alarming)
        self.assertFalse(groups["app"].is_alarming)

    def test_a_gap_that_may_be_chance_is_no_alarm(self):
        random = np.random.default_rng(6)
        minutes = np.concatenate([random.exponential(30, 200), random.exponential(30, 10) + 8])
        names = np.array(["app"] * 200 + ["phone"] * 10)
        phone = by_name(minutes, np.full(210, 3), names)["phone"]
        self.assertGreater(phone.gap.value, 0.2)
        self.assertLess(phone.gap.low, 0)
        self.assertFalse(phone.is_alarming)

    def test_a_small_group_shows_nothing_not_even_its_number(self):
        small = by_name(*people(app=[(50, 3, 20)], phone=[(SMALL_CELL - 1, 3, 90)]))["phone"]
        self.assertEqual(small[1:], (None, None, None, None))

    def test_fewer_than_ten_others_are_no_standard(self):
        self.assertIsNone(by_name(*people(app=[(50, 3, 20)], phone=[(SMALL_CELL - 1, 3, 90)]))["app"].gap)

    def test_the_number_of_all_is_told_in_tens(self):
        self.assertEqual(everybody(np.arange(57)).number, 50)
        self.assertIsNone(everybody(np.arange(9)).number)

    def test_of_nobody_there_is_nothing_to_compare(self):
        self.assertEqual(compare(np.array([]), np.array([]), np.array([])), [])

    @few
    @given(st.lists(st.tuples(st.floats(0, 300), st.integers(1, 5), st.sampled_from("abc")), min_size=30, max_size=80))
    def test_every_interval_holds_its_figure_and_the_same_people_give_the_same_page(self, rows):
        first, second = by_name(*columns(rows)), by_name(*columns(rows))
        self.assertEqual(first, second)
        for group in first.values():
            for figure in filter(None, (group.median, group.p95, group.gap)):
                self.assertTrue(figure.low <= figure.value <= figure.high)

    def test_it_needs_no_django(self):
        code = "import sys, oversight.fairness, oversight.shares; sys.exit(any(n.split('.')[0] == 'django' for n in sys.modules))"
        self.assertEqual(subprocess.run([sys.executable, "-c", code]).returncode, 0)

import math

from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from oversight.shares import difference, share

counts = st.integers(1, 5000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


class ShareTest(SimpleTestCase):
    @given(counts)
    def test_the_interval_holds_the_share_and_stays_between_0_and_1(self, count_of):
        found = share(*count_of)
        self.assertTrue(0 <= found.low <= found.value <= found.high <= 1)

    @given(counts)
    def test_it_is_the_same_seen_from_the_other_side(self, count_of):
        count, of = count_of
        one, other = share(count, of), share(of - count, of)
        self.assertTrue(math.isclose(one.low, 1 - other.high, abs_tol=1e-9))

    @given(counts)
    def test_more_cases_of_the_same_share_say_it_more_exactly(self, count_of):
        count, of = count_of
        few, many = share(count, of), share(4 * count, 4 * of)
        self.assertLess(many.high - many.low, few.high - few.low)

    def test_a_known_figure(self):
        found = share(81, 263)  # Newcombe 1998, method 3
        self.assertEqual((round(found.low, 4), round(found.high, 4)), (0.2553, 0.3662))

    def test_of_nobody_nothing_is_known(self):
        self.assertEqual(share(0, 0)[2:], (None, 0.0, 1.0))
        self.assertIsNone(difference(share(0, 0), share(1, 2)))


class DifferenceTest(SimpleTestCase):
    @given(counts, counts)
    def test_it_lies_in_its_interval_and_turns_its_sign_with_the_order(self, one, other):
        there, back = difference(share(*one), share(*other)), difference(share(*other), share(*one))
        self.assertTrue(-1 <= there.low <= there.value <= there.high <= 1)
        self.assertAlmostEqual(there.low, -back.high)

    def test_a_known_figure(self):
        found = difference(share(56, 70), share(48, 80))  # Newcombe 1998, method 10
        self.assertEqual((round(found.low, 4), round(found.high, 4)), (0.0524, 0.3339))
        self.assertTrue(found.is_clear)

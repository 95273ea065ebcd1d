from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from visits.forecast import HOURS, Known, forecast

people = st.integers(0, 60)
weeks = st.lists(st.integers(0, 40), max_size=8)
minutes = st.lists(st.floats(1, 60), max_size=60)
knowns = st.builds(
    Known, waiting=people, in_rooms=st.integers(0, 6), booked=people, weeks=weeks, lately=people, minutes=minutes,
    doctor_minutes=st.floats(15, 1200),
)  # fmt: skip


class ForecastTest(SimpleTestCase):
    def test_nobody_is_no_load(self):
        found = forecast(Known(waiting=0, in_rooms=0, booked=0))
        self.assertEqual((found.load, found.low, found.high), (0, 0, 0))

    def test_six_people_of_ten_minutes_are_half_of_one_doctors_two_hours(self):
        found = forecast(Known(waiting=4, in_rooms=0, booked=2))
        self.assertAlmostEqual(found.load, 60 / (HOURS * 60))
        self.assertFalse(found.is_overloaded)

    def test_who_usually_comes_at_this_hour_counts(self):
        quiet, busy = (forecast(Known(2, 0, 0, weeks=[number] * 4)) for number in (0, 9))
        self.assertEqual((quiet.expected, busy.expected), (0, 9))
        self.assertTrue(busy.is_overloaded and not quiet.is_overloaded)

    def test_without_past_weeks_the_last_hours_are_the_guess_and_it_says_so(self):
        found = forecast(Known(2, 0, 0, lately=5))
        self.assertEqual(found.expected, 5)
        self.assertFalse(found.is_measured)

    def test_measured_visits_count_the_more_the_more_there_are(self):
        few, many = (forecast(Known(6, 0, 0, minutes=[20.0] * number)) for number in (2, 200))
        self.assertLess(10, few.visit_minutes)
        self.assertLess(few.visit_minutes, many.visit_minutes)
        self.assertAlmostEqual(many.visit_minutes, 20, delta=0.6)

    def test_many_weeks_and_visits_are_called_measured(self):
        self.assertTrue(forecast(Known(1, 0, 0, weeks=[5, 6, 4, 5], minutes=[10.0] * 20)).is_measured)
        self.assertFalse(forecast(Known(1, 0, 0, weeks=[5, 6, 4], minutes=[10.0] * 20)).is_measured)

    @given(knowns)
    def test_the_load_lies_in_its_range(self, known):
        found = forecast(known)
        self.assertLessEqual(0, found.low)
        self.assertLessEqual(found.low, found.load)
        self.assertLessEqual(found.load, found.high)

    @given(knowns, st.integers(1, 20))
    def test_more_people_are_more_load_and_more_doctors_are_less(self, known, more):
        load = forecast(known).load
        self.assertGreater(forecast(known._replace(waiting=known.waiting + more)).load, load)
        self.assertLessEqual(forecast(known._replace(doctor_minutes=known.doctor_minutes + more)).load, load)

    @given(knowns.filter(lambda known: known.weeks))
    def test_the_same_weeks_seen_twice_as_often_make_it_surer(self, known):
        once, twice = forecast(known), forecast(known._replace(weeks=[*known.weeks, *known.weeks]))
        self.assertAlmostEqual(once.load, twice.load)
        self.assertLessEqual(twice.high - twice.load, once.high - once.load + 1e-9)

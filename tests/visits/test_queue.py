from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.test import SimpleTestCase, TestCase
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_clinic, make_doctor, make_visit
from visits import queue
from visits.queue import TARGET_MINUTES
from visits.states import State

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Waiting:
    """As much of a visit as the order needs."""

    acuity: int
    waiting_since: datetime


people = st.lists(
    st.builds(Waiting, st.integers(1, 5), st.integers(0, 600).map(lambda minutes: NOW - timedelta(minutes=minutes))), max_size=30
)


class OrderTest(SimpleTestCase):
    def line(self, visits, now=NOW):
        return [place.visit for place in queue.in_order(visits, now)]

    @given(people)
    def test_everybody_who_waits_has_one_place(self, visits):
        places = queue.in_order(visits, NOW)
        self.assertCountEqual([place.visit for place in places], visits)
        self.assertEqual([place.number for place in places], list(range(1, len(visits) + 1)))

    @given(people, st.randoms(use_true_random=False))
    def test_the_order_does_not_depend_on_how_one_asks(self, visits, random):
        shuffled = random.sample(visits, len(visits))
        self.assertEqual(self.line(visits), self.line(shuffled))

    @given(people)
    def test_level_1_comes_before_level_2_and_both_before_all_others(self, visits):
        levels = [min(visit.acuity, 3) for visit in self.line(visits)]
        self.assertEqual(levels, sorted(levels))

    @given(people)
    def test_of_the_same_level_who_came_first_is_first(self, visits):
        for level in range(1, 6):
            since = [visit.waiting_since for visit in self.line(visits) if visit.acuity == level]
            self.assertEqual(since, sorted(since))

    @given(people)
    def test_among_levels_3_to_5_the_larger_used_share_of_the_safe_wait_is_first(self, visits):
        rest = [visit for visit in self.line(visits) if visit.acuity > 2]
        used = [queue.safe_wait_used(visit.acuity, visit.waiting_since, NOW) for visit in rest]
        self.assertEqual(used, sorted(used, reverse=True))

    @given(people, st.integers(0, 29))
    def test_nobody_falls_back_when_they_become_more_urgent(self, visits, index):
        if index >= len(visits) or visits[index].acuity == 1:
            return
        chosen = visits[index]
        raised = Waiting(chosen.acuity - 1, chosen.waiting_since)
        after = [*visits[:index], raised, *visits[index + 1 :]]
        self.assertLessEqual(self.line(after).index(raised), self.line(visits).index(chosen))

    @given(st.integers(3, 5), st.integers(0, 300))
    def test_nobody_waits_forever_behind_newcomers_of_level_3(self, level, minutes):
        old = Waiting(level, NOW - timedelta(minutes=TARGET_MINUTES[level] * 2 + minutes))
        newcomers = [Waiting(3, NOW - timedelta(minutes=wait)) for wait in range(0, 59)]
        self.assertEqual(self.line([*newcomers, old])[0], old)

    def test_who_is_booked_for_later_does_not_wait_yet(self):
        later = Waiting(1, NOW + timedelta(minutes=5))
        self.assertEqual(self.line([later]), [])
        self.assertEqual(self.line([later], NOW + timedelta(minutes=5)), [later])

    def test_late_is_more_than_the_whole_safe_wait(self):
        on_time, late = queue.in_order([Waiting(4, NOW - timedelta(minutes=wait)) for wait in (60, 61)], NOW)[::-1]
        self.assertEqual((on_time.is_late, late.is_late), (False, True))


class PlaceTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.first, self.second = (make_visit(clinic=self.clinic) for _ in range(2))

    def test_a_place_counts_those_ahead_in_the_same_clinic(self):
        make_visit()
        self.assertEqual(queue.place_of(self.second).number, 2)

    def test_who_waits_elsewhere_for_the_same_doctor_counts_too(self):
        doctor, elsewhere = make_doctor(clinic=self.clinic), make_visit(acuity=1)
        self.assertEqual(queue.place_of(self.second).number, 2)
        doctor.practitioner.clinics.add(elsewhere.clinic)
        self.assertEqual(queue.place_of(self.second).number, 3)
        of_doctor = {place.visit.pk: place.number for place in queue.of_staff(doctor)}
        self.assertEqual(queue.place_of(self.second).number, of_doctor[self.second.pk])

    def test_who_does_not_wait_has_no_place(self):
        self.assertIsNone(queue.place_of(make_visit(state=State.IN_PROGRESS)))

    def test_staff_see_the_queue_of_their_clinics_only(self):
        self.assertEqual(len(queue.of_staff(make_doctor(clinic=self.clinic))), 2)
        self.assertEqual(queue.of_staff(make_doctor()), [])

    def test_more_doctors_at_work_shorten_the_wait(self):
        place = queue.place_of(self.second)
        alone = queue.expectation(place)
        for _ in range(2):
            make_visit(state=State.IN_PROGRESS, clinic=self.clinic)
        self.assertLess(queue.expectation(place).to_minutes, alone.to_minutes)
        self.assertLess(alone.from_minutes, alone.to_minutes)
        self.assertLessEqual(self.first.waiting_since, timezone.now())

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.test import SimpleTestCase, TestCase
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from tests.factories import make_clinic, make_doctor, make_patient, make_visit
from visits import order, queue
from visits.models import Visit
from visits.order import POINTS, TARGET_MINUTES
from visits.states import State

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Waiting:
    """As much of a visit as the order needs."""

    acuity: int
    waiting_since: datetime
    pk: int


moments = st.integers(0, 600 * 60).map(lambda seconds: NOW - timedelta(seconds=seconds, microseconds=seconds % 7))
people = st.lists(st.tuples(st.integers(2, 5), moments), max_size=30).map(
    lambda rows: [Waiting(*row, pk=pk) for pk, row in enumerate(rows)]
)


class OrderTest(SimpleTestCase):
    def line(self, visits, now=NOW):
        return [place.visit for place in queue.in_order(visits, now)]

    @given(people)
    def test_everybody_who_waits_has_one_place(self, visits):
        places = queue.in_order(visits, NOW)
        self.assertCountEqual([place.visit for place in places], visits)
        self.assertEqual([place.number for place in places], list(range(1, len(visits) + 1)))

    @given(people)
    def test_everybody_ahead_has_a_reason(self, visits):
        for place in queue.in_order(visits, NOW):
            self.assertEqual(place.ahead.number, place.number - 1)

    @given(people, st.randoms(use_true_random=False))
    def test_the_order_does_not_depend_on_how_one_asks(self, visits, random):
        shuffled = random.sample(visits, len(visits))
        self.assertEqual(self.line(visits), self.line(shuffled))

    @given(people)
    def test_level_2_comes_before_all_others(self, visits):
        levels = [min(visit.acuity, 3) for visit in self.line(visits)]
        self.assertEqual(levels, sorted(levels))

    @given(people)
    def test_of_the_same_level_who_came_first_is_first(self, visits):
        for level in range(2, 6):
            since = [visit.waiting_since for visit in self.line(visits) if visit.acuity == level]
            self.assertEqual(since, sorted(since))

    @given(people)
    def test_among_levels_3_to_5_what_the_waiting_counts_decides(self, visits):
        rest = [visit for visit in self.line(visits) if visit.acuity > 2]
        points = [(NOW - visit.waiting_since) * POINTS[visit.acuity] for visit in rest]
        self.assertEqual(points, sorted(points, reverse=True))

    @given(people, st.integers(0, 29))
    def test_nobody_falls_back_when_they_become_more_urgent(self, visits, index):
        if index >= len(visits) or visits[index].acuity == 2:
            return
        chosen = visits[index]
        raised = replace(chosen, acuity=chosen.acuity - 1)
        after = [*visits[:index], raised, *visits[index + 1 :]]
        self.assertLessEqual(self.line(after).index(raised), self.line(visits).index(chosen))

    @given(people, st.integers(1, 600))
    def test_waiting_never_changes_the_order_within_a_level(self, visits, minutes):
        before, after = self.line(visits), self.line(visits, NOW + timedelta(minutes=minutes))
        for level in range(2, 6):
            self.assertEqual([v for v in before if v.acuity == level], [v for v in after if v.acuity == level])

    @given(st.integers(3, 5), st.integers(0, 300))
    def test_nobody_waits_forever_behind_newcomers_of_level_3(self, level, minutes):
        old = Waiting(level, NOW - timedelta(minutes=TARGET_MINUTES[level] * 2 + minutes), pk=99)
        newcomers = [Waiting(3, NOW - timedelta(minutes=wait), wait) for wait in range(20)]
        self.assertEqual(self.line([*newcomers, old])[0], old)

    def test_an_emergency_has_no_place_because_it_interrupts(self):
        self.assertEqual(self.line([Waiting(1, NOW, 1)]), [])

    def test_who_is_booked_for_later_does_not_wait_yet(self):
        later = Waiting(2, NOW + timedelta(minutes=5), 1)
        self.assertEqual(self.line([later]), [])
        self.assertEqual(self.line([later], NOW + timedelta(minutes=5)), [later])

    def test_late_is_more_than_the_whole_safe_wait(self):
        visits = [Waiting(4, NOW - timedelta(minutes=wait), wait) for wait in (60, 61)]
        on_time, late = queue.in_order(visits, NOW)[::-1]
        self.assertEqual((on_time.is_late, late.is_late), (False, True))


class DatabaseOrderTest(HypothesisTestCase):
    """One query of the database and plain arithmetic give the same queue."""

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(st.lists(st.tuples(st.integers(1, 5), moments), max_size=25))
    def test_the_database_orders_as_the_pure_function_does(self, rows):
        clinic = make_clinic()
        patients = [make_patient(clinic=clinic) for _ in rows]
        Visit.objects.bulk_create(
            Visit(patient=patient, clinic=clinic, state=State.WAITING, acuity=acuity, waiting_since=since, arrived_at=since)
            for patient, (acuity, since) in zip(patients, rows, strict=True)
        )
        for now in (NOW, NOW - timedelta(hours=2), NOW + timedelta(hours=3)):
            line = list(Visit.objects.in_line(now))
            pure = [place.visit for place in queue.in_order(Visit.objects.waiting(), now)]
            self.assertEqual(line, pure)
            self.assertEqual(list(Visit.objects.to_call_in(now)), [*Visit.objects.emergencies(), *line])


class PlaceTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.first, self.second = (make_visit(clinic=self.clinic) for _ in range(2))

    def test_a_place_counts_those_ahead_in_the_same_clinic(self):
        make_visit()
        self.assertEqual(queue.place_of(self.second).number, 2)

    def test_who_waits_elsewhere_for_the_same_doctor_counts_too(self):
        doctor, elsewhere = make_doctor(clinic=self.clinic), make_visit(acuity=2)
        self.assertEqual(queue.place_of(self.second).number, 2)
        doctor.practitioner.clinics.add(elsewhere.clinic)
        self.assertEqual(queue.place_of(self.second).number, 3)
        of_doctor = {place.visit.pk: place.number for place in queue.of_staff(doctor)}
        self.assertEqual(queue.place_of(self.second).number, of_doctor[self.second.pk])

    def test_a_doctor_who_has_left_connects_no_clinics(self):
        doctor, elsewhere = make_doctor(clinic=self.clinic), make_visit(acuity=2)
        doctor.practitioner.clinics.add(elsewhere.clinic)
        doctor.is_active = False
        doctor.save()
        self.assertEqual(queue.place_of(self.second).number, 2)

    def test_who_does_not_wait_has_no_place(self):
        self.assertIsNone(queue.place_of(make_visit(state=State.IN_PROGRESS)))

    def test_staff_see_the_queue_of_their_clinics_only(self):
        self.assertEqual(len(queue.of_staff(make_doctor(clinic=self.clinic))), 2)
        self.assertEqual(queue.of_staff(make_doctor()), [])

    def test_a_wait_is_told_in_round_minutes_that_hold_at_least_as_often(self):
        self.assertEqual(order.Expectation(0, 3).rounded, (0, 5))
        self.assertEqual(order.Expectation(59, 60).rounded, (55, 60))
        self.assertEqual(order.Expectation(68, 214).rounded, (60, 220))

    def test_from_no_time_to_some_is_said_as_at_most(self):
        with translation.override("en"):
            self.assertEqual(queue.in_words(order.Expectation(3, 17)), "It will probably take at most 20 minutes.")
            self.assertEqual(queue.in_words(order.Expectation(12, 38)), "It will probably take 10 to 40 minutes.")

    def test_more_doctors_at_work_shorten_the_wait(self):
        place = queue.place_of(self.second)
        alone = queue.expectation(place)
        for _ in range(2):
            make_visit(state=State.IN_PROGRESS, clinic=self.clinic)
        self.assertLess(queue.expectation(place).to_minutes, alone.to_minutes)
        self.assertLess(alone.from_minutes, alone.to_minutes)
        self.assertLessEqual(self.first.waiting_since, timezone.now())

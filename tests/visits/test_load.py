from datetime import timedelta

import time_machine
from django.core.cache import caches
from django.test import TestCase
from django.utils import timezone

from tests.factories import make_clinic, make_doctor, make_visit
from visits import duty, load
from visits.models import Shift, Visit
from visits.states import State

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


class LoadTest(TestCase):
    """What the forecast is told."""

    def setUp(self):
        self.clinic = make_clinic()
        self.doctor = make_doctor(clinic=self.clinic)
        self.forget()
        self.addCleanup(self.forget)

    def forget(self):
        caches["rows"].clear()

    def forecast(self):
        self.forget()
        return load.forecast([self.clinic.pk])

    def came(self, when, **fields):
        visit = make_visit(clinic=self.clinic, doctor=self.doctor, state=State.COMPLETED)
        Visit.objects.filter(pk=visit.pk).update(arrived_at=when, waiting_since=when, **fields)

    def test_the_same_hours_of_past_weeks_are_what_is_expected(self):
        now = timezone.now()
        for number in range(1, 5):
            self.came(now - number * WEEK + HOUR)
        self.came(now - 10 * WEEK)  # they are open since long
        found = self.forecast()
        self.assertEqual((found.weeks, found.expected), (8, 0.5))

    def test_weeks_before_the_first_visit_are_not_counted_as_quiet(self):
        self.came(timezone.now() - 2 * WEEK - HOUR)
        self.assertEqual(self.forecast().weeks, 2)

    def test_visits_are_measured_and_what_was_left_open_for_hours_is_not_believed(self):
        now = timezone.now()
        for minutes in (20, 600):
            self.came(now - 5 * HOUR, called_at=now - timedelta(minutes=minutes), ended_at=now)
        found = self.forecast()
        self.assertEqual(found.visits, 2)
        self.assertAlmostEqual(found.visit_minutes, (20 + 60 + 10 * 10) / 12, places=1)

    def test_each_doctor_on_duty_shares_the_load_and_who_is_away_does_not(self):
        for _person in range(4):
            make_visit(clinic=self.clinic)
        alone = self.forecast().load
        for _number in range(2):
            duty.begin(by=make_doctor(clinic=self.clinic))
        self.assertAlmostEqual(self.forecast().load, alone / 2)
        Shift.objects.filter(pk=Shift.objects.first().pk).update(seen_at=timezone.now() - HOUR)
        self.assertAlmostEqual(self.forecast().load, alone)

    def test_whose_shift_ends_soon_has_little_time_left(self):
        make_visit(clinic=self.clinic)
        duty.begin(by=self.doctor)
        whole = self.forecast().load
        Shift.objects.update(planned_until=timezone.now() + HOUR)
        self.assertAlmostEqual(self.forecast().load, 2 * whole, places=2)

    def test_the_past_is_asked_once_in_a_quarter_of_an_hour(self):
        with time_machine.travel(timezone.now().replace(minute=1), tick=False):
            load.forecast([self.clinic.pk])
            with self.assertNumQueries(6):
                load.forecast([self.clinic.pk])

from datetime import timedelta

import time_machine
from django.test import TestCase
from django.utils import timezone

from scheduling import lateness
from scheduling.models import Delay
from scheduling.openings import open_slots
from tests.factories import make_visit
from tests.scheduling import make_open_doctor
from tests.scheduling.test_booking import book
from visits import flow, overrun
from visits.states import State

MINUTE = timedelta(minutes=1)


class OverrunTest(TestCase):
    """A doctor is with somebody; ten minutes from now somebody else is booked."""

    def setUp(self):
        self.clock = time_machine.travel(timezone.now(), tick=False)
        self.travel = self.clock.start()
        self.addCleanup(self.clock.stop)
        self.doctor, self.clinic = make_open_doctor()
        self.next = book(open_slots(self.doctor, self.clinic)[0], self.doctor, self.clinic)
        self.visit = make_visit(state=State.IN_PROGRESS, clinic=self.clinic, doctor=self.doctor.user)

    def later(self, minutes):
        self.travel.move_to(self.next.start + minutes * MINUTE)
        overrun.notice()
        return [delay.minutes for delay in Delay.objects.order_by("pk")]

    def test_a_few_minutes_are_nothing(self):
        self.assertEqual(self.later(9), [])

    def test_ten_minutes_are_said_once(self):
        self.assertEqual(self.later(10), [15])
        self.assertEqual(self.later(14), [15])
        self.assertEqual(lateness.of(self.next), 15 * MINUTE)

    def test_a_quarter_of_an_hour_more_is_said_again(self):
        self.later(10)
        self.assertEqual(self.later(17), [15, 30])

    def test_who_is_in_with_the_booked_person_is_not_late(self):
        flow.finish(self.visit, by=self.doctor.user)
        make_visit(state=State.IN_PROGRESS, clinic=self.clinic, doctor=self.doctor.user, appointment=self.next)
        self.assertEqual(self.later(12), [])

    def test_somebody_who_never_came_makes_nobody_late(self):
        flow.finish(self.visit, by=self.doctor.user)
        self.travel.move_to(self.next.start + 60 * MINUTE)
        make_visit(state=State.IN_PROGRESS, clinic=self.clinic, doctor=self.doctor.user)
        self.assertEqual(self.later(90), [])

from datetime import UTC, datetime, timedelta

import time_machine
from django.test import SimpleTestCase, TestCase, TransactionTestCase
from django.utils import translation

from accounts.errors import Refused
from scheduling import booking, lateness
from scheduling.models import Appointment, Delay
from scheduling.openings import open_slots
from scheduling.signals import delay_said
from scheduling.slots import Slot
from tests.scheduling import make_open_doctor

from .test_booking import book

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 12, 1, 3, tzinfo=UTC)  # in Seoul


def planned(*starts, length=15):
    return [Slot(NOON + start * MINUTE, NOON + (start + length) * MINUTE) for start in starts]


class CarriedTest(SimpleTestCase):
    def carried(self, late, slots):
        return [wait // MINUTE for wait in lateness.carried(late * MINUTE, slots)]

    def test_one_after_the_other_all_begin_as_late(self):
        self.assertEqual(self.carried(20, planned(0, 15, 30)), [20, 20, 20])

    def test_a_gap_catches_up(self):
        self.assertEqual(self.carried(20, planned(0, 25, 60)), [20, 10, 0])

    def test_nobody_is_early(self):
        self.assertEqual(self.carried(5, planned(0, 60)), [5, 0])


@time_machine.travel(NOON, tick=False)
class SayTest(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor()
        self.people = [book(slot, self.doctor, self.clinic) for slot in open_slots(self.doctor, self.clinic)[:2]]

    def waits(self):
        return [lateness.of(appointment) // MINUTE for appointment in self.people]

    def test_nobody_is_late_until_somebody_says_so(self):
        self.assertEqual(self.waits(), [0, 0])

    def test_everybody_after_begins_later(self):
        lateness.say(self.doctor, 20, by=self.doctor.user)
        self.assertEqual(self.waits(), [20, 20])

    def test_on_time_again_takes_it_back(self):
        lateness.say(self.doctor, 20, by=self.doctor.user)
        lateness.say(self.doctor, 0, by=self.doctor.user)
        self.assertEqual(self.waits(), [0, 0])

    def test_a_second_click_says_nothing_more(self):
        first, second = (lateness.say(self.doctor, 20, by=self.doctor.user) for _ in range(2))
        self.assertEqual(first, second)

    def test_the_next_day_begins_on_time(self):
        Delay.objects.create(practitioner=self.doctor, minutes=20, at=NOON - timedelta(hours=13))
        self.assertEqual(self.waits(), [0, 0])

    def test_who_has_been_seen_or_cancelled_is_not_among_those_after(self):
        booking.cancel(self.people[0], by=self.people[0].booked_by)
        Appointment.objects.filter(pk=self.people[1].pk).update(status=Appointment.Status.FULFILLED)
        self.assertEqual(lateness.after(lateness.say(self.doctor, 20, by=self.doctor.user)), {})

    def test_too_late_is_away_and_the_sentence_says_so(self):
        with translation.override("en"), self.assertRaisesMessage(Refused, "More than four hours late"):
            lateness.say(self.doctor, 241, by=self.doctor.user)


class SignalTest(TransactionTestCase):
    def test_it_is_announced_once_it_is_safe(self):
        doctor, heard = make_open_doctor()[0], []

        def hear(sender, delay, **kwargs):
            heard.append(delay)

        delay_said.connect(hear)
        self.addCleanup(delay_said.disconnect, hear)
        lateness.say(doctor, 10, by=doctor.user)
        self.assertEqual([delay.minutes for delay in heard], [10])

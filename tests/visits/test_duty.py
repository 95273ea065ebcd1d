from datetime import timedelta

import time_machine
from django.test import TestCase
from django.utils import timezone

from accounts.errors import Refused
from accounts.models import AuditEvent
from tests.factories import make_doctor, make_practitioner, make_visit
from tests.scheduling import make_open_doctor
from visits import duty, flow, handover
from visits.models import DutyCall, Shift
from visits.states import State

MINUTE = timedelta(minutes=1)


class ShiftTest(TestCase):
    def setUp(self):
        self.doctor = make_doctor()
        self.began = timezone.now()

    def after(self, minutes):
        return time_machine.travel(self.began + minutes * MINUTE, tick=False)

    def test_beginning_twice_is_beginning_once(self):
        self.assertEqual(duty.begin(by=self.doctor), duty.begin(by=self.doctor))
        self.assertEqual(AuditEvent.objects.filter(action="duty.begin").count(), 1)

    def test_the_plan_says_until_when(self):
        doctor, _clinic = make_open_doctor()
        with time_machine.travel(self.began.replace(hour=3)):  # noon in Seoul
            self.assertGreater(duty.begin(by=doctor.user).planned_until, timezone.now())
        self.assertIsNone(duty.begin(by=self.doctor).planned_until)

    def test_who_calls_somebody_in_is_on_duty(self):
        visit = make_visit(clinic=self.doctor.practitioner.clinics.get())
        flow.call_in(visit, by=self.doctor)
        self.assertTrue(Shift.objects.present().filter(practitioner=self.doctor.practitioner).exists())

    def test_a_pause_ends_with_going_on(self):
        duty.begin(by=self.doctor)
        self.assertIsNotNone(duty.pause(by=self.doctor).paused_at)
        self.assertIsNone(duty.begin(by=self.doctor).paused_at)

    def test_nobody_pauses_or_goes_with_somebody_in_the_room(self):
        make_visit(state=State.IN_PROGRESS, doctor=self.doctor)
        for deed in duty.pause, handover.end_shift:
            with self.assertRaises(Refused):
                deed(by=self.doctor)

    def test_who_is_off_duty_can_neither_pause_nor_end(self):
        for deed in duty.pause, handover.end_shift:
            with self.assertRaises(duty.OffDuty):
                deed(by=self.doctor)

    def test_a_sign_of_life_keeps_a_doctor_present(self):
        shift = duty.begin(by=self.doctor)
        with self.after(1):
            duty.see(self.doctor)
        with self.after(2):
            self.assertIn(shift, Shift.objects.present())
        with self.after(3):
            self.assertNotIn(shift, Shift.objects.present())

    def test_signs_that_follow_closely_are_written_once(self):
        duty.begin(by=self.doctor)
        with self.assertNumQueries(1):
            duty.see(self.doctor)

    def test_who_went_without_a_word_was_on_duty_until_last_seen(self):
        duty.begin(by=self.doctor)
        with self.after(30):
            handover.sweep()
            self.assertTrue(Shift.objects.open().exists())
        with self.after(61):
            handover.sweep()
        self.assertEqual(Shift.objects.get().ended_at, Shift.objects.get().seen_at)

    def test_who_comes_back_at_that_moment_is_still_on_duty(self):
        shift = duty.begin(by=self.doctor)
        with self.after(61):
            duty.see(self.doctor)
            duty.forget(shift)
        self.assertTrue(Shift.objects.open().exists())


class CallTest(TestCase):
    def setUp(self):
        self.doctor = make_doctor()
        self.coordinator = make_practitioner(clinic=self.doctor.practitioner.clinics.get(), role="coordinator").user

    def call(self):
        return duty.call(self.doctor.practitioner, by=self.coordinator)

    def test_asking_twice_is_asking_once(self):
        self.assertEqual(self.call(), self.call())

    def test_yes_begins_the_shift_and_no_does_not(self):
        duty.answer(self.call(), False, by=self.doctor)
        self.assertFalse(Shift.objects.exists())
        duty.answer(self.call(), True, by=self.doctor)
        self.assertTrue(Shift.objects.present().exists())
        self.assertEqual([asked.answer for asked in DutyCall.objects.all()], ["no", "yes"])

    def test_the_first_answer_stands(self):
        asked = self.call()
        duty.answer(asked, False, by=self.doctor)
        with self.assertRaises(Refused):
            duty.answer(asked, True, by=self.doctor)

    def test_who_is_on_duty_is_not_called(self):
        duty.begin(by=self.doctor)
        with self.assertRaises(Refused):
            self.call()

    def test_after_half_an_hour_the_call_is_over(self):
        asked = self.call()
        with time_machine.travel(timezone.now() + timedelta(minutes=31)), self.assertRaises(Refused):
            duty.answer(asked, True, by=self.doctor)

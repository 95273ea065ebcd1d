from datetime import timedelta

import time_machine
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.errors import Refused
from accounts.models import AuditEvent
from scheduling import away
from scheduling.models import Appointment
from tests.factories import make_assistant, make_doctor, make_patient, make_practitioner, make_user
from tests.messaging import MINUTE, cancel, make_booking
from visits import flow, noshow
from visits.models import ContactAttempt, Visit


class NoShowCase(TestCase):
    """Five minutes after the booked time, and nobody is here."""

    def setUp(self):
        self.patient = make_patient(name="Ann Lee", phone="010-1234-5678", language="en")
        self.clinic = self.patient.clinic
        self.coordinator = make_practitioner(clinic=self.clinic, role="coordinator").user
        self.coordinator.language = "en"
        self.coordinator.save()
        self.appointment = make_booking(patient=self.patient, by=self.coordinator, plan=False)
        self.doctor = self.appointment.practitioner.user
        self.go_to(self.appointment.start + 5 * MINUTE)

    def go_to(self, moment):
        travel = time_machine.travel(moment, tick=False)
        travel.start()
        self.addCleanup(travel.stop)

    def attempt(self, *, with_doctor=True, after=timedelta(0), by=None):
        self.go_to(timezone.now() + after)
        return noshow.attempt(self.appointment, way="phone", with_doctor=with_doctor, by=by or self.coordinator)

    def status(self):
        self.appointment.refresh_from_db()
        return self.appointment.status


class RulesTest(NoShowCase):
    def test_it_is_never_said_when_the_doctor_was_away(self):
        self.go_to(self.appointment.start - 5 * MINUTE)
        start, end = self.appointment.start, self.appointment.end
        off = away.take_off(self.appointment.practitioner, start, end, by=self.coordinator)
        away.redistribute(off, [self.appointment], by=self.coordinator)
        self.go_to(start + 5 * MINUTE)
        self.assertEqual(list(noshow.missing(self.coordinator)), [])
        self.attempt()
        self.attempt(after=10 * MINUTE)
        with self.assertRaises(Refused):
            noshow.did_not_come(self.appointment, by=self.coordinator)

    def test_after_two_attempts_with_the_doctor_it_can_be_said(self):
        for _ in range(2):
            with self.assertRaises(noshow.NotYet):
                noshow.did_not_come(self.appointment, by=self.doctor)
            self.attempt(after=3 * MINUTE)
        noshow.did_not_come(self.appointment, by=self.doctor)
        self.assertEqual(self.status(), "noshow")
        self.assertTrue(AuditEvent.objects.filter(action="appointment.noshow", by=self.doctor, patient=self.patient).exists())

    def test_attempts_without_the_doctor_do_not_count_and_those_by_the_doctor_do(self):
        for _ in range(3):
            self.attempt(with_doctor=False, after=3 * MINUTE)
        self.assertEqual(noshow.attempts_missing(self.appointment), 2)
        self.attempt(with_doctor=False, by=self.doctor, after=3 * MINUTE)
        self.assertEqual(noshow.attempts_missing(self.appointment), 1)

    def test_two_rings_in_a_row_are_one_attempt(self):
        self.attempt()
        self.attempt(after=2 * MINUTE)
        self.assertEqual(noshow.attempts_missing(self.appointment), 1)
        self.attempt(after=MINUTE)
        self.assertEqual(noshow.attempts_missing(self.appointment), 0)

    def test_each_attempt_has_its_time_and_way_and_is_never_changed(self):
        made = self.attempt()
        self.assertEqual((made.at, made.way, made.by), (timezone.now(), "phone", self.coordinator))
        made.way = "message"
        with self.assertRaisesMessage(Exception, "never changed"):
            made.save()

    def test_who_checked_in_can_never_be_a_no_show(self):
        for after in 0, 3:
            self.attempt(after=after * MINUTE)
        visit = flow.arrive(self.patient, self.clinic, by=None, appointment=self.appointment)
        for _ in range(2):
            with self.assertRaisesMessage(Refused, ""):
                noshow.did_not_come(self.appointment, by=self.doctor)
            if visit.is_open:
                visit = flow.leave(visit, by=None)  # not even after having left again
        self.assertEqual(self.status(), "booked")

    def test_who_came_without_naming_the_booking_was_here(self):
        for after in 0, 3:
            self.attempt(after=after * MINUTE)
        flow.arrive(self.patient, self.clinic, by=None)
        with self.assertRaises(Refused):
            noshow.did_not_come(self.appointment, by=self.doctor)

    def test_who_comes_in_the_moment_after_hears_that_it_is_over(self):
        for after in 0, 3:
            self.attempt(after=after * MINUTE)
        noshow.did_not_come(self.appointment, by=self.doctor)
        with self.assertRaises(flow.WrongState):
            flow.arrive(self.patient, self.clinic, by=None, appointment=self.appointment)
        self.assertFalse(Visit.objects.exists())

    def test_technology_that_failed_is_another_word_and_needs_no_attempt(self):
        with self.assertRaises(Refused):
            noshow.technology_failed(self.appointment, by=self.doctor, reason=" ")
        noshow.technology_failed(self.appointment, by=self.doctor, reason="no camera")
        self.assertEqual(self.status(), "technical")

    def test_nothing_is_said_before_the_time_or_about_what_is_over(self):
        self.go_to(self.appointment.start - MINUTE)
        with self.assertRaises(noshow.NotYet):
            self.attempt()
        cancel(self.appointment)
        self.go_to(self.appointment.start + MINUTE)
        with self.assertRaises(Refused):
            self.attempt()


class PageTest(NoShowCase):
    def setUp(self):
        super().setUp()
        self.client.force_login(self.coordinator)
        self.page = reverse("desk:missed")

    def post(self, name, **data):
        return self.client.post(reverse(f"desk:{name}", args=[self.appointment.pk]), data, follow=True)

    def test_from_the_list_over_two_attempts_to_the_word(self):
        self.assertContains(self.client.get(self.page), "Ann Lee")
        self.assertContains(self.client.get(self.page), "2 more attempts with the doctor present")
        self.assertContains(self.post("did-not-come"), "Try to reach them first", status_code=409)
        self.post("attempt", way="phone", with_doctor="on")
        self.go_to(timezone.now() + 3 * MINUTE)
        self.assertContains(self.post("attempt", way="message", with_doctor="on", words="no answer"), "no answer")
        self.assertContains(self.post("did-not-come"), "Everybody who has booked is here.")
        self.assertEqual(self.status(), "noshow")

    def test_it_was_the_technology(self):
        self.assertContains(self.post("technology-failed"), "Please write what did not work.", status_code=409)
        self.post("technology-failed", reason="line down")
        self.assertEqual(self.status(), "technical")

    def test_who_is_here_or_not_yet_due_is_not_listed(self):
        flow.arrive(self.patient, self.clinic, by=None, appointment=self.appointment)
        self.assertNotContains(self.client.get(self.page), "Ann Lee")

    def test_a_way_that_is_none_is_refused(self):
        self.assertContains(self.post("attempt", way="owl"), "Please choose how", status_code=409)
        self.assertFalse(ContactAttempt.objects.exists())

    def test_strangers_patients_and_wrong_methods(self):
        self.assertEqual(self.client.post(self.page).status_code, 405)
        for name in "attempt", "did-not-come", "technology-failed":
            self.assertEqual(self.client.get(reverse(f"desk:{name}", args=[self.appointment.pk])).status_code, 405)
        for stranger in make_user(), make_doctor(), make_assistant():
            self.client.force_login(stranger)
            for name in "attempt", "did-not-come", "technology-failed":
                self.assertEqual(self.post(name, way="phone", reason="x").status_code, 404)
        self.assertEqual(Appointment.objects.get().status, "booked")

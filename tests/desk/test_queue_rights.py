"""Emergencies interrupt, people may ask why, and tasks are done with one click."""

from datetime import timedelta

from django.core.cache import caches
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    make_assistant,
    make_clinic,
    make_doctor,
    make_intake,
    make_patient,
    make_practitioner,
    make_user,
    make_visit,
)
from visits import clock, errands, flow, load, queue
from visits.models import Source, Task, Visit
from visits.states import State


class English(TestCase):
    def setUp(self):
        self.client.cookies["django_language"] = "en"

    def page(self, name, *args):
        return self.client.get(reverse(name, args=args))


class EmergencyTest(English):
    def setUp(self):
        super().setUp()
        self.doctor = make_doctor()
        self.clinic = self.doctor.practitioner.clinics.get()
        self.client.force_login(self.doctor)

    def test_it_has_no_place_and_stands_above_the_queue(self):
        visit = make_visit(clinic=self.clinic, acuity=1)
        queue_page = self.page("desk:queue")
        self.assertEqual(queue_page.context["places"], [])
        self.assertContains(queue_page, "Life in danger: see them now")
        self.assertContains(queue_page, f"See {visit.patient.name} now")
        self.assertIsNone(queue.place_of(visit))

    def test_a_doctor_with_somebody_in_the_room_sees_it_and_may_interrupt(self):
        first, emergency = make_visit(clinic=self.clinic), make_visit(clinic=self.clinic, acuity=1)
        flow.call_in(first, by=self.doctor)
        self.assertContains(self.page("desk:visit", first.pk), "See now")
        self.client.post(reverse("desk:call-in", args=[emergency.pk]))
        states = dict(Visit.objects.values_list("pk", "state"))
        self.assertEqual((states[first.pk], states[emergency.pk]), (State.ON_HOLD, State.IN_PROGRESS))

    def test_the_patient_reads_that_everybody_was_alarmed(self):
        user = make_user()
        visit = make_visit(patient=make_patient(user=user), acuity=1)
        self.client.force_login(user)
        page = self.page("visit", visit.pk)
        self.assertContains(page, "every doctor was alarmed")
        self.assertContains(page, "This may be an emergency")

    def test_somebody_booked_for_later_is_an_emergency_now(self):
        visit = make_visit(clinic=self.clinic, acuity=1)
        Visit.objects.filter(pk=visit.pk).update(waiting_since=timezone.now() + timedelta(hours=1))
        self.assertEqual([place.visit for place in queue.emergencies(self.doctor)], [visit])


class WhyTest(English):
    def setUp(self):
        super().setUp()
        self.user, self.clinic = make_user(), make_clinic()
        now = timezone.now()
        for acuity, minutes in ((2, 1), (4, 30), (5, 110)):
            visit = make_visit(clinic=self.clinic, acuity=acuity)
            Visit.objects.filter(pk=visit.pk).update(waiting_since=now - timedelta(minutes=minutes))
        self.mine = make_visit(patient=make_patient(user=self.user, clinic=self.clinic), acuity=4)
        self.client.force_login(self.user)

    def test_everybody_ahead_is_explained(self):
        page = self.page("visit", self.mine.pk)
        for line in (
            "3 people are ahead of you",
            "1 who is more urgent",
            "1 who is as urgent and came before you",
            "1 who is less urgent but has waited longer",
        ):
            self.assertContains(page, line)

    def test_a_person_can_be_asked_and_answers_on_the_page(self):
        address = reverse("visits:ask-for-person", args=[self.mine.pk])
        self.client.post(address, {"words": "I think I am worse"})
        self.assertContains(self.page("visit", self.mine.pk), "You asked for a person at")
        coordinator = make_practitioner(clinic=self.clinic, role="coordinator", name="Ms Jung").user
        self.client.force_login(coordinator)
        self.assertContains(self.page("desk:board"), "I think I am worse")
        done = reverse("desk:task-done", args=[Task.objects.get().pk])
        self.assertRedirects(self.client.post(done, {"answer": "You are fourth; I told the doctor."}), reverse("desk:board"))
        self.assertNotContains(self.page("desk:board"), "I think I am worse")
        self.client.force_login(self.user)
        page = self.page("visit", self.mine.pk)
        self.assertContains(page, "Ms Jung looked at your visit")
        self.assertContains(page, "You are fourth; I told the doctor.")

    def test_for_others_visits_one_cannot_ask(self):
        address = reverse("visits:ask-for-person", args=[make_visit().pk])
        self.assertEqual(self.client.post(address).status_code, 404)
        self.assertEqual(self.client.get(address).status_code, 405)

    def test_the_page_asks_again_when_it_is_time(self):
        self.assertNotContains(self.page("visit", self.mine.pk), "You have waited a while")
        clock.ask(self.mine)
        self.assertContains(self.page("visit", self.mine.pk), "You have waited a while")


class TaskTest(English):
    def test_the_assistant_sees_whom_to_ask_and_what_to_do(self):
        visit = make_intake(sent=True).visit
        self.client.force_login(make_assistant(clinic=visit.clinic))
        clock.ask(visit)
        task = errands.make(visit, Task.Kind.NO_ANSWER, by=None)
        page = self.page("desk:frontdesk")
        self.assertContains(page, "Did not answer how they are")
        self.assertContains(page, "Ask again how it is")
        done = reverse("desk:task-done", args=[task.pk])
        self.assertRedirects(self.client.post(done), reverse("desk:frontdesk"))

    def test_strangers_get_404_and_a_wrong_method_405(self):
        task = errands.make(make_visit(), Task.Kind.PERSON, by=None)
        done = reverse("desk:task-done", args=[task.pk])
        for stranger in make_assistant(), make_user(), make_doctor(clinic=task.visit.clinic):
            self.client.force_login(stranger)
            self.assertEqual(self.client.post(done).status_code, 404)
        self.assertEqual(self.client.get(done).status_code, 405)


class OverloadTest(English):
    def setUp(self):
        super().setUp()
        caches["rows"].clear()
        self.addCleanup(caches["rows"].clear)

    def test_above_90_percent_the_pages_say_so(self):
        doctor, user = make_doctor(), make_user()
        clinic = doctor.practitioner.clinics.get()
        mine = make_visit(clinic=clinic, patient=make_patient(user=user, clinic=clinic))
        self.client.force_login(doctor)
        self.assertNotContains(self.page("desk:queue"), "More people need help")
        for _ in range(6):
            make_visit(clinic=clinic)
        caches["rows"].clear()  # ten seconds later
        self.assertContains(self.page("desk:queue"), "More people need help")
        self.client.force_login(user)
        self.assertContains(self.page("visit", mine.pk), "book a time")

    def test_nobody_of_another_day_counts(self):
        visit = make_visit(acuity_source=Source.MODEL)
        later = timezone.now() + timedelta(days=1)
        Visit.objects.filter(pk=visit.pk).update(waiting_since=later, arrived_at=timezone.now() - timedelta(hours=5))
        self.assertEqual(load.forecast([visit.clinic_id]).load, 0)
        self.assertIsNone(queue.place_of(visit))

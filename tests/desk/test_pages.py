from datetime import timedelta

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
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
)  # fmt: skip
from triage import assessment
from visits import links
from visits.models import Visit
from visits.states import State


class QueuePageTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.doctor = make_doctor(clinic=self.clinic)
        self.client.force_login(self.doctor)

    def test_the_most_urgent_is_on_top_with_reasons(self):
        mild = make_intake(clinic=self.clinic, sent=True)
        grave = make_intake(clinic=self.clinic, words="가슴이 조이고 식은땀이 나요", language="ko", sent=True)
        for intake in (mild, grave):
            assessment.assess(intake.pk)
        page = self.client.get(reverse("desk:queue"))
        self.assertEqual([place.visit.pk for place in page.context["places"]], [grave.visit_id, mild.visit_id])
        self.assertContains(page, "흉통")

    def test_a_longer_queue_costs_no_more_queries(self):
        def queries():
            with CaptureQueriesContext(connection) as counted:
                self.client.get(reverse("desk:queue-fragment"))
            return len(counted)

        queries()  # the first look of the day also says that the doctor is there
        make_intake(clinic=self.clinic, sent=True)
        one = queries()
        for _person in range(5):
            make_intake(clinic=self.clinic, sent=True)
        self.assertEqual(queries(), one)

    def test_other_clinics_are_not_seen(self):
        other = make_intake(sent=True)
        self.assertNotContains(self.client.get(reverse("desk:queue")), other.visit.patient.name)

    def test_who_is_booked_for_later_does_not_wait_yet(self):
        visit = make_visit(clinic=self.clinic, state=State.WAITING)
        Visit.objects.filter(pk=visit.pk).update(waiting_since=timezone.now() + timedelta(hours=1))
        page = self.client.get(reverse("desk:queue"))
        self.assertEqual((len(page.context["places"]), len(page.context["later"])), (0, 1))

    def test_patients_and_assistants_do_not_find_it(self):
        for user in (make_user(), make_assistant(clinic=self.clinic)):
            self.client.force_login(user)
            self.assertEqual(self.client.get(reverse("desk:queue")).status_code, 404)


class WorkspaceTest(TestCase):
    def setUp(self):
        self.intake = make_intake(words="가슴이 조이고 <b>식은땀</b>이 나요", language="ko", sent=True)
        assessment.assess(self.intake.pk)
        self.doctor = make_doctor(clinic=self.intake.visit.clinic)
        self.client.force_login(self.doctor)
        self.page = reverse("desk:visit", args=[self.intake.visit_id])

    def test_the_words_are_marked_and_harmless(self):
        page = self.client.get(self.page)
        self.assertContains(page, "<mark>가슴이 조이고</mark>")
        self.assertNotContains(page, "<b>식은땀")

    def test_the_second_doctor_hears_who_was_faster(self):
        faster = make_practitioner(clinic=self.intake.visit.clinic, name="김서연")
        self.client.force_login(faster.user)
        self.client.post(reverse("desk:call-in", args=[self.intake.visit_id]))
        self.client.force_login(self.doctor)
        answer = self.client.post(reverse("desk:call-in", args=[self.intake.visit_id]))
        self.assertContains(answer, "김서연", status_code=409)

    def test_camera_and_microphone_open_here_and_nowhere_else(self):
        self.assertIn("camera=(self)", self.client.get(self.page)["Permissions-Policy"])
        self.assertIn("camera=()", self.client.get(reverse("desk:queue"))["Permissions-Policy"])

    def test_hold_and_go_on(self):
        self.client.post(reverse("desk:call-in", args=[self.intake.visit_id]))
        self.client.post(reverse("desk:hold", args=[self.intake.visit_id]))
        self.assertEqual(Visit.objects.get(pk=self.intake.visit_id).state, State.ON_HOLD)
        self.client.post(reverse("desk:resume", args=[self.intake.visit_id]))
        self.assertEqual(Visit.objects.get(pk=self.intake.visit_id).state, State.IN_PROGRESS)

    def test_the_patient_may_not_act_as_a_doctor(self):
        user = make_user()
        visit = make_visit(patient=make_patient(user=user))
        self.client.force_login(user)
        for name in ("call-in", "hold", "resume", "break-off"):
            self.assertEqual(self.client.post(reverse(f"desk:{name}", args=[visit.pk])).status_code, 404)

    def test_calling_in_is_a_post(self):
        self.assertEqual(self.client.get(reverse("desk:call-in", args=[self.intake.visit_id])).status_code, 405)


class PatientPageTest(TestCase):
    def setUp(self):
        self.user = make_user()
        self.patient = make_patient(user=self.user)

    def test_every_state_has_its_page(self):
        for state in State:
            with self.subTest(state):
                user = make_user()
                visit = make_visit(state=state, patient=make_patient(user=user))
                self.client.force_login(user)
                self.assertContains(self.client.get(reverse("visit", args=[visit.pk])), "<h1")

    def test_the_link_alone_shows_the_visit_and_no_other(self):
        mine, other = make_visit(patient=self.patient), make_visit()
        self.client.get(links.make(mine))
        self.assertEqual(self.client.get(reverse("visit", args=[mine.pk])).status_code, 200)
        self.assertTrue(self.client.get(reverse("visit", args=[other.pk])).url.startswith("/account/login/"))

    def test_staff_are_led_to_their_own_view(self):
        visit = make_visit(patient=self.patient)
        self.client.force_login(make_doctor(clinic=visit.clinic))
        self.assertRedirects(self.client.get(reverse("visit", args=[visit.pk])), reverse("desk:visit", args=[visit.pk]))

    def test_leaving_is_the_patients_own_decision(self):
        visit = make_visit(patient=self.patient)
        self.client.force_login(self.user)
        self.client.post(reverse("visits:leave", args=[visit.pk]))
        self.assertEqual(Visit.objects.get(pk=visit.pk).state, State.CANCELLED)


class FrontDeskTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.client.force_login(make_assistant(clinic=self.clinic))
        self.facts = {"name": "최점순", "birth_date": "1939-4-2", "sex": "female", "clinic": self.clinic.pk, "language": "ko"}

    def test_three_fields_bring_somebody_in(self):
        self.client.post(reverse("desk:frontdesk"), self.facts)
        visit = Visit.objects.get()
        self.assertEqual((visit.channel, visit.patient.user), ("clinic", None))

    def test_a_birth_date_is_never_guessed(self):
        self.client.post(reverse("desk:frontdesk"), {**self.facts, "birth_date": "19390402"})
        self.assertEqual(str(Visit.objects.get().patient.birth_date), "1939-04-02")
        for unclear in ("390402", "190112"):
            answer = self.client.post(reverse("desk:frontdesk"), {**self.facts, "birth_date": unclear})
            self.assertContains(answer, "1950-3-9")
        self.assertEqual(Visit.objects.count(), 1)

    def test_who_is_known_is_found_again(self):
        for _click in range(2):
            self.client.post(reverse("desk:frontdesk"), self.facts)
        self.assertEqual(Visit.objects.count(), 1)

    def test_no_patient_for_another_clinic(self):
        answer = self.client.post(reverse("desk:frontdesk"), {**self.facts, "clinic": make_clinic().pk})
        self.assertEqual((answer.status_code, Visit.objects.count()), (200, 0))

    def test_implausible_vitals_are_explained(self):
        visit = make_visit(clinic=self.clinic)
        answer = self.client.post(reverse("desk:vitals", args=[visit.pk]), {"hr": "999"})
        self.assertContains(answer, "20", status_code=422)
        self.assertFalse(visit.vitals.exists())

    def test_the_board_is_for_coordinators(self):
        self.assertEqual(self.client.get(reverse("desk:board")).status_code, 404)
        coordinator = make_practitioner(clinic=self.clinic, role="coordinator").user
        self.client.force_login(coordinator)
        self.assertContains(self.client.get(reverse("desk:board")), self.clinic.name)

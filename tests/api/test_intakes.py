import json

from django.test import TestCase
from django.urls import reverse

from accounts.models import AuditEvent
from intake.models import Intake, Vital
from tests.factories import make_assistant, make_clinic, make_doctor, make_grant, make_patient, make_user
from visits.models import Visit
from visits.states import State

AGREED = ["video-visit", "health-data", "ai-advice"]


class IntakeDoorCase(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.user = make_user(language="en")
        self.patient = make_patient(clinic=self.clinic, user=self.user)
        self.client.force_login(self.user)

    def post(self, **changes):
        told = {"clinic": self.clinic.pk, "language": "en", "words": "I have had a runny nose for two days", "consents": AGREED}
        body = json.dumps({**told, **changes})
        return self.client.post(reverse("api:intakes"), body, content_type="application/json", HTTP_ACCEPT_LANGUAGE="en")

    def assert_nothing_kept(self, response, status, sentence=""):
        self.assertContains(response, sentence, status_code=status)
        self.assertEqual((Visit.objects.count(), Intake.objects.count(), Vital.objects.count()), (0, 0, 0))


class SubmitTest(IntakeDoorCase):
    def test_a_patient_tells_and_sends_in_one_call(self):
        response = self.post(answers={"onset": "days", "conditions": ""}, vitals={"temp": 37.4, "spo2": "97"})
        self.assertEqual(response.status_code, 201)
        visit = Visit.objects.get()
        expected = {
            "visit": str(visit.pk), "state": "waiting", "level": 3, "level_words": "Urgent", "is_assessed": False,
            "is_emergency": False, "emergency_number": "119",
        }  # fmt: skip
        self.assertEqual(response.json(), expected)
        self.assertEqual((visit.patient, visit.intake.answers.get(question="onset").value), (self.patient, "days"))
        self.assertEqual(visit.vitals.count(), 2)

    def test_a_red_flag_is_said_at_once(self):
        with self.captureOnCommitCallbacks(execute=True):
            self.post(words="가슴이 조이고 식은땀이 나요", language="ko")
        visit = Visit.objects.get()
        self.assertLessEqual(visit.acuity, 2)
        self.assertTrue(self.post().json()["is_emergency"])

    def test_sending_again_changes_nothing(self):
        first = self.post()
        second = self.post(words="something else", vitals={"temp": 39})
        self.assertEqual((second.status_code, second.json()), (200, first.json()))
        self.assertEqual((Intake.objects.get().words[:6], Vital.objects.count()), ("I have", 0))

    def test_a_story_begun_on_the_pages_is_sent_here(self):
        visit = Visit.objects.create(patient=self.patient, clinic=self.clinic)
        self.assertEqual(self.post().json()["visit"], str(visit.pk))

    def test_it_is_written_down_that_a_program_did_it(self):
        self.post()
        event = AuditEvent.objects.get(action="intake.send")
        self.assertEqual((event.by, event.via), (self.user, "api"))

    def test_somebody_who_is_cared_for(self):
        mother = make_patient(clinic=self.clinic)
        make_grant(user=self.user, patient=mother)
        self.assertEqual(self.post(patient=mother.pk).status_code, 201)
        self.assertEqual((Visit.objects.get().patient, Intake.objects.get().for_whom), (mother, "other"))


class StaffTest(IntakeDoorCase):
    def test_an_assistant_brings_in_a_patient_of_their_clinic(self):
        self.client.force_login(make_assistant(clinic=self.clinic))
        self.assertEqual(self.post(patient=self.patient.pk).status_code, 201)
        self.assertEqual(Visit.objects.get().channel, Visit.Channel.CLINIC)

    def test_an_assistant_of_another_clinic_finds_neither_clinic_nor_patient(self):
        stranger = make_assistant()
        self.client.force_login(stranger)
        self.assert_nothing_kept(self.post(patient=self.patient.pk), 404)
        self.assert_nothing_kept(self.post(patient=self.patient.pk, clinic=stranger.clinics.get().pk), 404)

    def test_staff_must_say_who_it_is(self):
        self.client.force_login(make_assistant(clinic=self.clinic))
        self.assert_nothing_kept(self.post(), 409, "Please say which patient this is.")

    def test_doctors_bring_nobody_in(self):
        self.client.force_login(make_doctor(clinic=self.clinic))
        self.assert_nothing_kept(self.post(patient=self.patient.pk), 403)


class RefusedTest(IntakeDoorCase):
    def test_implausible_vitals_are_refused_with_the_sentence_of_the_pages(self):
        for vitals in (
            {"temp": 98.6},
            {"spo2": 200},
            {"hr": "NaN"},
            {"sbp": "fast"},
            {"dbp": "1e99"},
            {"shoe": 43},
            {"temp": None},
        ):
            with self.subTest(vitals=vitals):
                self.assert_nothing_kept(self.post(vitals=vitals), 400)
        self.assertContains(self.post(vitals={"temp": 98.6}), "This looks like Fahrenheit.", status_code=400)
        self.assertContains(self.post(vitals={"spo2": 200}), "must lie between 50 and 100 %", status_code=400)

    def test_answers_nobody_could_give_are_refused(self):
        for answers in {"onset": "yesterday"}, {"favourite": "blue"}, {"conditions": "x" * 501}, ["onset"]:
            with self.subTest(answers=answers):
                self.assert_nothing_kept(self.post(answers=answers), 400)

    def test_words_must_be_words(self):
        for words in "", "   ", "x" * 5001, None, "nul\x00nul":
            self.assert_nothing_kept(self.post(words=words), 400)

    def test_five_megabytes_are_too_long(self):
        self.assert_nothing_kept(self.post(words="x" * 5_000_000), 413, "too long")

    def test_without_consent_nothing_is_sent_and_nothing_kept(self):
        self.assert_nothing_kept(self.post(consents=["ai-advice"]), 409, "agree to the visit")
        self.assert_nothing_kept(self.post(consents=["everything"]), 400)

    def test_a_stranger_as_patient_is_not_found(self):
        self.assert_nothing_kept(self.post(patient=make_patient(clinic=self.clinic).pk), 404)

    def test_who_never_said_who_they_are_is_told_so(self):
        self.client.force_login(make_user(language="en"))
        self.assert_nothing_kept(self.post(), 409, "tell us who you are")

    def test_an_open_visit_at_another_clinic_comes_first(self):
        self.post()
        self.assertContains(self.post(clinic=make_clinic().pk), "still an open visit", status_code=409)
        self.assertEqual(Visit.objects.get().state, State.WAITING)

    def test_who_is_not_signed_in_is_refused(self):
        self.client.logout()
        self.assert_nothing_kept(self.post(), 401)

    def test_a_wrong_method_is_refused(self):
        self.assertEqual(self.client.get(reverse("api:intakes")).status_code, 405)

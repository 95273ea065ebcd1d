import io

from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.authtoken.models import Token

from accounts.models import AuditEvent
from intake import telling
from tests.factories import make_assistant, make_doctor, make_grant, make_intake, make_patient, make_user, make_visit
from triage import assessment
from visits.states import State


class QueueDoorTest(TestCase):
    def setUp(self):
        self.calm = make_intake(sent=True)
        self.clinic = self.calm.visit.clinic
        self.urgent = make_intake(words="가슴이 조이고 식은땀이 나요", clinic=self.clinic, sent=True)
        make_intake(sent=True)  # elsewhere
        for intake in self.calm, self.urgent:
            assessment.assess(intake.pk)
        self.doctor = make_doctor(clinic=self.clinic)

    def get(self, user, **headers):
        self.client.force_login(user)
        return self.client.get(reverse("api:queue"), **headers)

    def test_a_doctor_reads_the_queue_of_their_clinics_most_urgent_first(self):
        places = self.get(self.doctor, HTTP_ACCEPT_LANGUAGE="en").json()
        self.assertEqual([place["visit"] for place in places], [str(self.urgent.visit_id), str(self.calm.visit_id)])
        first = places[0]
        self.assertEqual((first["number"], first["waited_minutes"], first["is_assessed"]), (1, 0, True))
        self.assertTrue(first["level"] <= 2 and first["reasons"] and first["used_percent"] >= 0)

    def test_reasons_are_in_the_readers_language(self):
        token = {"HTTP_AUTHORIZATION": f"Token {Token.objects.create(user=self.doctor)}"}
        own = self.client.get(reverse("api:queue"), **token).json()
        asked = self.client.get(reverse("api:queue"), **token, HTTP_ACCEPT_LANGUAGE="en").json()
        self.assertIn("흉통", own[0]["reasons"][0])
        self.assertIn("chest pain", asked[0]["reasons"][0].lower())
        self.assertIn("“가슴이 조이", own[0]["reasons"][0])

    def test_reading_is_written_down(self):
        self.get(self.doctor)
        self.assertTrue(AuditEvent.objects.filter(action="queue.read", by=self.doctor, subject="visits.visit").exists())

    def test_a_doctor_of_another_clinic_reads_another_queue(self):
        self.assertEqual(self.get(make_doctor()).json(), [])

    def test_only_doctors_read_the_queue(self):
        for other in make_user(), make_assistant(clinic=self.clinic):
            self.assertEqual(self.get(other).status_code, 403)
        self.client.logout()
        self.assertEqual(self.client.get(reverse("api:queue")).status_code, 401)

    def test_a_longer_queue_asks_the_database_no_more_often(self):
        self.client.force_login(self.doctor)
        with CaptureQueriesContext(connection) as short:
            self.client.get(reverse("api:queue"))
        for _ in range(4):
            assessment.assess(make_intake(clinic=self.clinic, sent=True).pk)
        with self.assertNumQueries(len(short)):
            self.client.get(reverse("api:queue"))

    def test_a_wrong_method_is_refused(self):
        self.client.force_login(self.doctor)
        self.assertEqual(self.client.post(reverse("api:queue")).status_code, 405)


class VisitDoorTest(TestCase):
    def setUp(self):
        self.owner = make_user()
        intake = make_intake(patient=make_patient(user=self.owner))
        telling.save_vitals(intake.visit, {"spo2": "80"}, by=None)
        telling.send(intake, by=None)
        assessment.assess(intake.pk)
        self.visit = intake.visit
        self.url = reverse("api:visit", args=[self.visit.pk])

    def get(self, user):
        self.client.force_login(user)
        return self.client.get(self.url, HTTP_ACCEPT_LANGUAGE="en")

    def test_the_patient_who_acts_for_them_and_staff_read_it(self):
        daughter = make_user()
        make_grant(user=daughter, patient=self.visit.patient)
        for reader in self.owner, daughter, make_doctor(clinic=self.visit.clinic), make_assistant(clinic=self.visit.clinic):
            found = self.get(reader).json()
            self.assertEqual((found["visit"], found["vitals"]), (str(self.visit.pk), {"spo2": 80.0}))
            self.assertTrue(found["words"].startswith("I have had") and found["reasons"])
            self.assertTrue(AuditEvent.objects.filter(action="visit.read", by=reader, via="api").exists())

    def test_a_visit_without_a_story_can_be_read(self):
        self.visit = make_visit(state=State.ARRIVED)
        self.url = reverse("api:visit", args=[self.visit.pk])
        found = self.get(make_doctor(clinic=self.visit.clinic)).json()
        self.assertEqual((found["words"], found["answers"], found["reasons"]), ("", {}, []))

    def test_a_stranger_gets_404_and_leaves_no_reading(self):
        for stranger in make_user(), make_doctor(), make_assistant():
            self.assertEqual(self.get(stranger).status_code, 404)
        self.assertFalse(AuditEvent.objects.filter(action="visit.read").exists())

    def test_a_wrong_method_is_refused(self):
        self.client.force_login(self.owner)
        self.assertEqual(self.client.delete(self.url).status_code, 405)


class SchemaTest(TestCase):
    def test_the_schema_is_whole(self):
        call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())

    def test_the_schema_names_every_door(self):
        schema = self.client.get(reverse("schema")).content.decode()
        for name in "token", "intakes", "queue":
            self.assertIn(f"/api/v1/{name}/", schema)

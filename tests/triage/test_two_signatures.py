"""The AI's level, the clinician's and the outcome stand side by side, and none of them is ever changed."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.appendonly import Unchangeable
from accounts.errors import Refused
from accounts.models import AuditEvent
from tests.factories import make_assistant, make_doctor, make_intake, make_patient, make_visit
from tests.oversight import make_suggestion
from tests.triage.test_assessment import bundle
from triage import assessment, outcomes
from triage.models import Assessment, Outcome
from visits import queue
from visits.models import Source, Visit
from visits.states import State


class SideBySideTest(TestCase):
    def setUp(self):
        self.visit = make_visit(state=State.IN_PROGRESS)
        self.doctor = self.visit.practitioner.user
        self.suggested = make_suggestion(self.visit, 2)
        self.client.force_login(self.doctor)
        self.client.cookies["django_language"] = "en"
        self.page = reverse("desk:visit", args=[self.visit.pk])

    def test_one_row_ties_the_clinicians_level_to_the_suggestion_it_answers(self):
        signed = assessment.override(self.visit, 4, reason="walks and talks", by=self.doctor)
        make_suggestion(self.visit, 3)
        self.assertEqual(signed.against, self.suggested)

    def test_before_any_suggestion_there_is_nothing_to_answer(self):
        other = make_visit(clinic=self.visit.clinic)
        self.assertIsNone(assessment.override(other, 4, reason="walks and talks", by=self.doctor).against)

    def test_level_and_reason_are_one_form_without_a_mouse(self):
        page = self.client.get(self.page)
        for level in range(1, 6):
            self.assertContains(page, f'name="level" value="{level}"')
        self.assertContains(page, 'name="reason" value="What was measured"')
        address = reverse("triage:override", args=[self.visit.pk])
        self.client.post(address, {"level": "4", "reason": ["", "What was measured"]})
        self.assertEqual(Assessment.objects.get(source=Source.CLINICIAN).reason, "What was measured")

    def test_the_page_shows_all_three(self):
        assessment.override(self.visit, 4, reason="walks and talks", by=self.doctor)
        self.client.post(reverse("triage:outcome", args=[self.visit.pk]), {"kind": "treated"})
        page = self.client.get(self.page)
        for words in ("AI suggestion: 2", "walks and talks", "Treated here"):
            self.assertContains(page, words)

    def test_whoever_learns_more_says_the_outcome_again_and_both_stay(self):
        for kind in ("treated", "admitted"):
            outcomes.say(self.visit, kind, by=self.doctor)
        self.assertEqual(list(self.visit.outcomes.values_list("kind", flat=True)), ["treated", "admitted"])
        self.assertEqual(AuditEvent.objects.filter(action="outcome.say", by=self.doctor).count(), 2)

    def test_nothing_of_it_is_ever_changed(self):
        rows = [
            assessment.override(self.visit, 4, reason="x", by=self.doctor),
            outcomes.say(self.visit, "advice", by=self.doctor),
        ]
        for row in rows:
            for change in (row.save, row.delete, lambda row=row: type(row).objects.filter(pk=row.pk).update(by=None)):
                with self.assertRaises(Unchangeable):
                    change()
        if connection.vendor == "postgresql":
            with self.assertRaises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("UPDATE triage_outcome SET kind = 'later'")

    def test_an_outcome_needs_a_seen_patient_and_a_known_word(self):
        with self.assertRaises(Refused):
            outcomes.say(make_visit(), "advice", by=self.doctor)
        address = reverse("triage:outcome", args=[self.visit.pk])
        self.assertEqual(self.client.post(address, {"kind": "cured"}).status_code, 409)
        self.assertEqual(self.client.get(address).status_code, 405)
        for stranger in (make_doctor(), make_assistant(clinic=self.visit.clinic)):
            self.client.force_login(stranger)
            self.assertEqual(self.client.post(address, {"kind": "advice"}).status_code, 404)
        self.assertFalse(Outcome.objects.exists())


class WithoutAITest(TestCase):
    def test_rules_and_arrival_go_on_and_a_clinician_still_signs(self):
        doctor = make_doctor()
        clinic = doctor.practitioner.clinics.get()
        with override_settings(TRIAGE_MODEL="off"), bundle("/nowhere"):
            for minutes, words in ((30, "my nose runs"), (50, "my nose runs"), (1, "가슴이 조이고 식은땀이 나요")):
                intake = make_intake(words=words, patient=make_patient(clinic=clinic), sent=True)
                since = timezone.now() - timedelta(minutes=minutes)
                Visit.objects.filter(pk=intake.visit_id).update(waiting_since=since)
                assessment.assess(intake.pk)
            self.assertEqual([place.waited_minutes for place in queue.of_staff(doctor)], [1, 50, 30])
            visit = queue.of_staff(doctor)[2].visit
            assessment.override(visit, 2, reason="looks ill", by=doctor)
        self.assertEqual([place.waited_minutes for place in queue.of_staff(doctor)], [30, 1, 50])

"""In a share of the visits the doctor judges first; red flags and the emergency card are never hidden."""

import uuid

from django.test import SimpleTestCase, TestCase, override_settings
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_assistant, make_doctor, make_intake, make_visit
from tests.oversight import make_suggestion
from triage import assessment, blind
from visits import flow
from visits.models import Source, Visit

FINDING = {"code": "cough", "level": 3, "source": "words", "key": "", "start": 2, "end": 7,
           "text": {"ko": "기침", "en": "a heavy cough"}, "plain": {"ko": "기침", "en": "a cough"}}  # fmt: skip


class DrawTest(SimpleTestCase):
    @given(st.uuids(), st.floats(0, 100), st.floats(0, 100))
    def test_the_same_visit_gives_the_same_answer_and_a_greater_share_keeps_it(self, visit_id, one, other):
        small, great = sorted((one, other))
        self.assertEqual(blind.draw(visit_id, small), blind.draw(visit_id, small))
        self.assertLessEqual(blind.draw(visit_id, small), blind.draw(visit_id, great))

    @given(st.uuids())
    def test_nobody_at_0_and_everybody_at_100_percent(self, visit_id):
        self.assertEqual((blind.draw(visit_id, 0), blind.draw(visit_id, 100)), (False, True))

    def test_the_share_is_met(self):
        drawn = sum(blind.draw(uuid.UUID(int=number), 20) for number in range(5000))
        self.assertAlmostEqual(drawn / 5000, 0.2, delta=0.02)


class HiddenTest(TestCase):
    def setUp(self):
        self.visit = make_visit()
        self.doctor = make_doctor(clinic=self.visit.clinic)
        self.client.force_login(self.doctor)
        self.client.cookies["django_language"] = "en"

    def suggest(self, **fields):
        make_suggestion(self.visit, fields.pop("level", 3), **{"blind": True, "reasons": [FINDING], **fields})

    def pages(self):
        names = ("desk:visit", [self.visit.pk]), ("desk:patient-fragment", [self.visit.pk]), ("desk:queue", [])
        return [self.client.get(reverse(name, args=args)) for name, args in names]

    def assert_shown(self, shown=True):
        for page in self.pages():
            (self.assertContains if shown else self.assertNotContains)(page, "a heavy cough")
            (self.assertContains if shown else self.assertNotContains)(page, "<b>3</b> Urgent</span>")

    def test_level_and_reasons_wait_for_the_doctors_own(self):
        self.suggest()
        self.assert_shown(False)
        for page in self.pages():
            self.assertNotContains(page, "of 30 min")
            self.assertContains(page, "Your level first")
        short = self.client.get(reverse("desk:short-fragment", args=[self.visit.pk]))
        self.assertContains(short, f"<b>?</b> {self.visit.patient.name}")
        assessment.override(self.visit, 3, reason="coughs hard", by=self.doctor)
        self.assertContains(self.pages()[0], "a heavy cough")

    def test_neither_the_handover_sheet_nor_the_line_of_ones_own_patient_gives_it_away(self):
        self.suggest()
        self.assertNotContains(self.client.get(reverse("desk:handover")), "<b>3</b> Urgent</span>")
        flow.call_in(self.visit, by=self.doctor)
        for name in "desk:handover", "desk:queue":
            page = self.client.get(reverse(name))
            self.assertNotContains(page, "<b>3</b> Urgent</span>")
            self.assertNotContains(page, "naru-row--3")

    def test_whoever_does_not_judge_sees_it(self):
        self.suggest()
        self.client.force_login(make_assistant(clinic=self.visit.clinic))
        self.assertContains(self.client.get(reverse("desk:visit", args=[self.visit.pk])), "a heavy cough")

    def test_without_the_draw_it_is_shown(self):
        self.suggest(blind=False)
        self.assert_shown()

    def test_what_a_rule_says_is_never_hidden(self):
        self.suggest(source=Source.RULES)
        self.assert_shown()

    def test_a_rule_beside_a_more_urgent_model_is_never_hidden(self):
        self.suggest(rules_acuity=4)
        self.assert_shown()

    def test_under_the_emergency_card_nothing_is_hidden(self):
        self.suggest()
        Visit.objects.filter(pk=self.visit.pk).update(emergency_at=timezone.now())
        self.assert_shown()

    def test_a_life_in_danger_is_never_hidden(self):
        self.suggest(level=1)
        self.assertContains(self.client.get(reverse("desk:queue")), "a heavy cough")

    def test_programs_of_a_doctor_get_neither_level_nor_reasons_before_their_own(self):
        self.suggest()
        [place] = self.client.get("/api/v1/queue/").json()
        visit = self.client.get(f"/api/v1/visits/{self.visit.pk}/").json()
        for shown in place, visit:
            self.assertEqual((shown["level"], shown["level_words"], shown["reasons"]), (None, None, []))
        self.assertEqual((place["target_minutes"], place["used_percent"]), (None, None))
        assessment.override(self.visit, 4, reason="walks", by=self.doctor)
        self.assertEqual(self.client.get("/api/v1/queue/").json()[0]["level"], 4)

    def test_programs_of_whoever_does_not_judge_get_it(self):
        self.suggest()
        self.client.force_login(make_assistant(clinic=self.visit.clinic))
        self.assertEqual(self.client.get(f"/api/v1/visits/{self.visit.pk}/").json()["level"], 3)


class StoredTest(TestCase):
    def test_the_draw_is_kept_with_the_judgement_and_outlives_the_setting(self):
        with override_settings(BLIND_FIRST_PERCENT=100):
            intake = make_intake(sent=True)
            self.assertTrue(assessment.assess(intake.pk).blind)
        intake.refresh_from_db()
        intake.revision += 1
        intake.save()
        self.assertTrue(assessment.assess(intake.pk).blind)
        self.assertFalse(assessment.assess(make_intake(sent=True).pk).blind)

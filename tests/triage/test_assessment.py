import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.checks import run_checks
from django.test import TestCase, override_settings

from accounts.appendonly import Unchangeable
from accounts.consents import WORDINGS
from accounts.errors import Refused
from accounts.models import AuditEvent
from intake import telling
from intake.models import Intake
from tests.factories import make_doctor, make_intake
from triage import assessment
from triage.models import Assessment
from visits.models import Source, Visit
from visits.states import State

CHEST = "가슴이 조이고 식은땀이 나요"
NOSE = "I have had a runny nose for two days"


@contextmanager
def bundle(folder):
    """Another model in this process, for a while."""
    with override_settings(TRIAGE_BUNDLE=Path(folder)):
        assessment.the_model.cache_clear()
        try:
            yield
        finally:
            assessment.the_model.cache_clear()


@contextmanager
def changed_bundle(change):
    """A copy of the model with something done to it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "bundle"
        shutil.copytree(settings.TRIAGE_BUNDLE, copy)
        change(copy)
        with bundle(copy):
            yield


def withdraw(intake, scope):
    """The person did not agree to this text."""
    telling.save(intake, agreed={item.scope for item in WORDINGS} - {scope}, by=None)
    return Intake.objects.get(pk=intake.pk)


class JudgeTest(TestCase):
    def test_rules_beat_a_model_that_is_calmer(self):
        intake = make_intake(words=NOSE)
        telling.save_vitals(intake.visit, {"spo2": "80"}, by=None)
        judged = assessment.assess(intake.pk)
        self.assertEqual((judged.acuity, judged.source), (judged.rules_acuity, Source.RULES))
        self.assertLess(judged.rules_acuity, judged.model_acuity)

    def test_the_more_urgent_of_both_counts(self):
        for words in CHEST, NOSE, "아이가 열이 39도이고 처져요", "sprained ankle", "ㅁㄴㅇㄹ":
            judged = assessment.assess(make_intake(words=words).pk)
            levels = [level for level in (judged.rules_acuity, judged.model_acuity) if level]
            self.assertEqual(judged.acuity, min([*levels, 3] if judged.abstained else levels), words)

    def test_without_a_red_flag_the_model_decides_and_says_how_sure_it_is(self):
        judged = assessment.assess(make_intake(words=NOSE).pk)
        self.assertEqual((judged.source, judged.rules_acuity), (Source.MODEL, None))
        self.assertAlmostEqual(sum(judged.probabilities), 1, places=3)
        self.assertTrue(judged.model_version and judged.bundle_sha256 and judged.duration_ms > 0)

    def test_the_visit_takes_the_level(self):
        intake = make_intake(words=CHEST, sent=True)
        judged = assessment.assess(intake.pk)
        visit = Visit.objects.get(pk=intake.visit_id)
        self.assertEqual((visit.acuity, visit.acuity_source), (judged.acuity, judged.source))
        self.assertLessEqual(visit.acuity, 2)
        self.assertIsNotNone(visit.emergency_at)

    def test_what_was_judged_is_kept_word_for_word_and_without_a_name(self):
        intake = make_intake(words=CHEST)
        judged = assessment.assess(intake.pk)
        self.assertEqual(judged.inputs["words"], CHEST)
        self.assertNotIn(intake.visit.patient.name, str(judged.inputs))

    def test_judging_twice_is_judging_once(self):
        intake = make_intake(sent=True)
        first, second = assessment.assess(intake.pk), assessment.assess(intake.pk)
        self.assertEqual(first, second)
        self.assertEqual(AuditEvent.objects.filter(action="triage.assess").count(), 1)

    def test_new_vitals_are_a_new_judgement_and_the_old_one_stays(self):
        intake = make_intake(words=NOSE, sent=True)
        first = assessment.assess(intake.pk)
        telling.save_vitals(intake.visit, {"spo2": "80"}, by=None)
        second = assessment.assess(intake.pk)
        self.assertLess(second.acuity, first.acuity)
        self.assertEqual(Assessment.objects.count(), 2)

    def test_a_judgement_is_never_changed(self):
        judged = assessment.assess(make_intake().pk)
        with self.assertRaises(Unchangeable):
            judged.save()


class WithoutModelTest(TestCase):
    def assert_rules_alone(self, words, level):
        intake = make_intake(words=words, sent=True)
        judged = assessment.assess(intake.pk)
        self.assertEqual((judged.source, judged.model_acuity, judged.model_version), (Source.RULES, None, ""))
        visit = Visit.objects.get(pk=intake.visit_id)
        self.assertEqual((visit.state, visit.acuity), (State.WAITING, level if level else judged.rules_acuity))

    def test_who_did_not_agree_to_ai_is_judged_by_rules(self):
        for words, level in (NOSE, 3), (CHEST, None):
            intake = withdraw(make_intake(words=words), "ai-advice")
            intake = telling.send(intake, by=None)
            judged = assessment.assess(intake.pk)
            self.assertEqual((judged.model_acuity, judged.probabilities, judged.bundle_sha256), (None, [], ""))
            self.assertEqual(Visit.objects.get(pk=intake.visit_id).state, State.WAITING)
            self.assertEqual(judged.acuity, level or judged.rules_acuity)

    def test_a_missing_model_leaves_the_rules(self):
        with bundle("/nowhere"):
            self.assert_rules_alone(NOSE, 3)
            self.assert_rules_alone(CHEST, None)

    def test_a_model_that_is_switched_off_leaves_the_rules(self):
        with override_settings(TRIAGE_MODEL="off"), bundle(settings.TRIAGE_BUNDLE):
            self.assert_rules_alone(NOSE, 3)

    def test_a_tampered_model_is_not_used_and_is_reported(self):
        def spoil(folder):
            path = folder / "model.onnx"
            path.write_bytes(path.read_bytes()[:-1] + b"x")

        for change in (
            spoil,
            lambda folder: (folder / "model.onnx").unlink(),
            lambda folder: (folder / "manifest.json").write_text("{"),
        ):
            with changed_bundle(change):
                self.assertIn("triage.W001", [message.id for message in run_checks()])
                self.assert_rules_alone(NOSE, 3)
                self.assert_rules_alone(CHEST, None)


class OverrideTest(TestCase):
    def setUp(self):
        self.intake = make_intake(words=CHEST, sent=True)
        self.visit = self.intake.visit
        self.doctor = make_doctor(clinic=self.visit.clinic)

    def level(self):
        self.visit.refresh_from_db()
        return self.visit.acuity, self.visit.acuity_source

    def test_a_clinicians_level_stands_against_later_judgements(self):
        assessment.override(self.visit, 4, reason="known reflux", by=self.doctor)
        judged = assessment.assess(self.intake.pk)
        self.assertLessEqual(judged.acuity, 2)
        self.assertEqual(self.level(), (4, Source.CLINICIAN))

    def test_the_words_of_rules_and_model_stay_on_record(self):
        judged = assessment.assess(self.intake.pk)
        assessment.override(self.visit, 4, reason="known reflux", by=self.doctor)
        self.assertEqual(assessment.latest(self.visit), judged)
        self.assertTrue(AuditEvent.objects.filter(action="triage.override", by=self.doctor, why="known reflux").exists())

    def test_a_level_needs_a_reason(self):
        with self.assertRaises(Refused):
            assessment.override(self.visit, 4, reason="  ", by=self.doctor)
        self.assertEqual(self.level()[1], Source.NONE)


class RedFlagTest(TestCase):
    def test_the_alarm_rings_while_the_story_is_still_written(self):
        with self.captureOnCommitCallbacks(execute=True):
            intake = make_intake(words=CHEST)
        visit = Visit.objects.get(pk=intake.visit_id)
        self.assertEqual((visit.state, visit.acuity_source), (State.ARRIVED, Source.RULES))
        self.assertIsNotNone(visit.emergency_at)

    def test_deleting_the_words_does_not_silence_it(self):
        with self.captureOnCommitCallbacks(execute=True):
            intake = make_intake(words=CHEST)
        with self.captureOnCommitCallbacks(execute=True):
            telling.save(intake, words=NOSE, by=None)
        assessment.assess(intake.pk)
        visit = Visit.objects.get(pk=intake.visit_id)
        self.assertIsNotNone(visit.emergency_at)
        self.assertLessEqual(visit.acuity, 2)

    def test_a_harmless_story_rings_nothing(self):
        with self.captureOnCommitCallbacks(execute=True):
            intake = make_intake(words=NOSE, sent=True)
        self.assertIsNone(Visit.objects.get(pk=intake.visit_id).emergency_at)

from decimal import Decimal

from django.test import TestCase

from accounts.errors import Refused
from accounts.models import AuditEvent
from intake import telling
from intake.models import Intake
from tests.factories import make_doctor, make_intake
from visits.states import State


class SendTest(TestCase):
    def test_a_told_story_joins_the_queue(self):
        intake = make_intake(sent=True)
        intake.visit.refresh_from_db()
        self.assertEqual(intake.visit.state, State.WAITING)

    def test_sending_twice_is_sending_once(self):
        intake = make_intake(sent=True)
        again = telling.send(intake, by=None)
        self.assertEqual(again.sent_at, Intake.objects.get(pk=intake.pk).sent_at)
        self.assertEqual(intake.visit.changes.filter(new=State.WAITING).count(), 1)

    def test_nothing_is_sent_without_words(self):
        intake = make_intake(words="")
        with self.assertRaises(telling.NotReady):
            telling.send(intake, by=None)

    def test_nothing_is_sent_without_consent_to_the_present_text(self):
        intake = make_intake()
        intake.visit.consents.update(version="1999-1")
        with self.assertRaises(telling.NotReady):
            telling.send(intake, by=None)

    def test_after_sending_the_words_stay_as_they_are(self):
        intake = make_intake(sent=True)
        with self.assertRaises(Refused):
            telling.save(intake, words="something else", by=None)
        self.assertEqual(Intake.objects.get(pk=intake.pk).words, intake.words)

    def test_new_vitals_after_sending_ask_for_a_new_judgement(self):
        intake = make_intake(sent=True)
        telling.save_vitals(intake.visit, {"spo2": Decimal("88")}, by=make_doctor(clinic=intake.visit.clinic))
        self.assertEqual(Intake.objects.get(pk=intake.pk).revision, intake.revision + 1)

    def test_every_step_is_in_the_audit(self):
        intake = make_intake(sent=True)
        actions = set(AuditEvent.objects.filter(patient=intake.visit.patient).values_list("action", flat=True))
        self.assertLessEqual({"visit.arrive", "intake.save", "intake.send", "visit.waiting"}, actions)


class RedFlagTest(TestCase):
    def test_a_red_flag_rings_while_the_person_is_still_writing(self):
        with self.captureOnCommitCallbacks(execute=True):
            intake = make_intake(words="가슴이 조이고 식은땀이 나요", language="ko")
        intake.visit.refresh_from_db()
        self.assertIsNotNone(intake.visit.emergency_at)
        self.assertEqual((intake.visit.acuity, intake.visit.state), (2, State.ARRIVED))

    def test_a_runny_nose_rings_nothing(self):
        with self.captureOnCommitCallbacks(execute=True):
            intake = make_intake()
        intake.visit.refresh_from_db()
        self.assertIsNone(intake.visit.emergency_at)

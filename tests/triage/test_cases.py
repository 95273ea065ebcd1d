"""What an intake holds already is not asked again."""

from django.test import TestCase

from tests.factories import make_intake
from triage.cases import case_of
from triage.inference import model as inference
from triage.interview import next_question

MODEL = inference.load()


class CaseTest(TestCase):
    def case(self, words="무릎에서 피가 나요", **answers):
        intake = make_intake(words=words)
        for question, value in answers.items():
            intake.answers.create(question=question, value=value)
        return case_of(intake)

    def test_a_blood_thinner_on_the_list_of_medicines_is_known(self):
        for medicines in ("와파린 2mg, 혈압약", "Eliquis and a water pill", "피 묽게 하는 약"):
            with self.subTest(medicines):
                self.assertEqual(self.case(medicines=medicines).answers["thinner"], "yes")
        self.assertNotIn("thinner", self.case(medicines="혈압약").answers)

    def test_a_pain_of_today_is_no_old_pain(self):
        self.assertEqual(self.case(onset="hours").answers["pain_since"], "new")
        for onset in ("weeks", "unknown"):
            self.assertNotIn("pain_since", self.case(onset=onset).answers)

    def test_what_was_answered_in_the_interview_counts_more(self):
        answers = {"onset": "days", "ask-pain_since": "old"}
        self.assertEqual(self.case(**answers).answers["pain_since"], "old")

    def test_neither_is_asked_again(self):
        case, asked = self.case(onset="days", medicines="warfarin"), set()
        while question := next_question(case, MODEL):
            asked.add(question.id)
            case.answers[question.id] = "unknown"
        self.assertFalse(asked & {"thinner", "pain_since"})

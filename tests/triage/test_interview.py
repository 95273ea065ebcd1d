"""The interview asks little, asks dangers first, and never what was said."""

from dataclasses import replace
from unittest import TestCase

from triage.inference import model as inference
from triage.inference.case import Case
from triage.interview import MOST, WITHOUT_MODEL, next_question
from triage.judgement import judge
from triage.knowledge.questions import UNKNOWN, questions
from triage.knowledge.signs import signs
from triage.training.patients import code_of

MODEL = inference.load()


def talk(case, present=()):
    """Ask until nothing is left, with a truthful patient; the case at the end."""
    while question := next_question(case, MODEL):
        case = replace(case, answers={**case.answers, question.id: code_of(question, present)})
    return case


class InterviewTest(TestCase):
    def test_it_ends_and_is_short(self):
        for words in ("배가 아파요", "I feel bad", "머리가 아파요", "my child has a rash", "", "혈압약 주세요"):
            with self.subTest(words=words):
                self.assertLessEqual(len(talk(Case(words, age=45, sex="F")).answers), MOST)

    def test_the_same_case_gets_the_same_question(self):
        case = Case("가슴이 아파요", age=60, sex="M")
        self.assertEqual(next_question(case, MODEL), next_question(case, MODEL))

    def test_a_danger_that_comes_out_raises_the_level(self):
        case = Case("머리가 아파요", age=50, sex="F")
        calm, ill = talk(case), talk(case, {"headache_thunder", "pain_severe", "pain_central"})
        self.assertLessEqual(judge(ill, MODEL).level, 2)
        self.assertGreater(judge(calm, MODEL).level, 2)

    def test_what_was_said_is_not_asked(self):
        asked = talk(Case("왼쪽 팔다리에 갑자기 힘이 빠지고 말이 어눌해요. 한 시간 됐어요", age=70, sex="M")).answers
        self.assertNotIn("stroke", asked)

    def test_i_do_not_know_is_not_asked_again(self):
        case = Case("배가 아파요", age=40)
        first = next_question(case, MODEL)
        second = next_question(replace(case, answers={first.id: UNKNOWN}), MODEL)
        self.assertNotEqual(first, second)

    def test_an_emergency_is_not_kept_waiting_with_questions(self):
        self.assertIsNone(next_question(Case("숨을 안 쉬어요"), MODEL))

    def test_men_and_children_are_not_asked_about_pregnancy(self):
        for age, sex in ((30, "M"), (6, "F"), (80, "F")):
            self.assertNotIn("pregnant", talk(Case("배가 아프고 어지러워요", age=age, sex=sex)).answers)

    def test_without_a_model_three_dangers_are_asked(self):
        asked, case = [], Case("배가 아파요")
        while question := next_question(case, None):
            asked.append(question.id)
            case = replace(case, answers={**case.answers, question.id: UNKNOWN})
        self.assertEqual(asked, list(WITHOUT_MODEL))


class QuestionsTest(TestCase):
    def test_every_answer_speaks_both_languages_and_settles_known_signs(self):
        for question in questions().values():
            with self.subTest(question=question.id):
                self.assertTrue(all(question.text[language] for language in ("ko", "en")))
                self.assertEqual(len({answer.code for answer in question.answers}), len(question.answers))
                self.assertTrue(all(answer.text["ko"] and answer.text["en"] for answer in question.answers))
                self.assertLessEqual(question.signs, set(signs()))
                self.assertTrue(question.answers[-1].yes or question.id == "usual")

"""One more danger never makes a case less urgent, each reason holds, and bad answers have a defined end."""

from unittest import TestCase

from hypothesis import given, settings
from hypothesis import strategies as st

from triage.inference import model as inference
from triage.inference.case import Case
from triage.inference.decision import CLINIC
from triage.judgement import judge, opinion_of, score
from triage.knowledge.questions import questions
from triage.knowledge.signs import level_of, signs

STORIES = (
    "가슴이 조이고 식은땀이 나요",
    "I have had a runny nose for two days",
    "아이가 어제부터 열이 나고 축 처져 있어요",
    "my belly has been hurting since this morning, no fever",
    "혈압약 처방만 받으려고요",
    "발목을 삐끗해서 부었어요",
)
LINES = ("abd pain", "Rt. arm weakness", "dyspnea, cough", "chest pain", "ant. epistaxis", "dizziness")  # as a nurse writes
WORSE = {
    "spo2": (99, 60, -1),
    "hr": (80, 190, 1),
    "rr": (16, 45, 1),
    "sbp": (120, 60, -1),
    "temp": (36.8, 41.9, 1),
    "pain": (0, 10, 1),
}
stories = st.sampled_from(STORIES)
ages = st.none() | st.floats(0, 100)
answers = st.dictionaries(st.sampled_from(sorted(questions())), st.integers(0, 5), max_size=4).map(
    lambda chosen: {key: questions()[key].answers[at % len(questions()[key].answers)].code for key, at in chosen.items()}
)
MODEL = inference.load()


class MonotoneTest(TestCase):
    @settings(max_examples=300, deadline=None)
    @given(stories, st.none() | st.floats(18, 100), answers, st.sampled_from(sorted(WORSE)), st.floats(0, 1), st.floats(0, 1))
    def test_a_worse_vital_never_lowers_the_urgency(self, words, age, given_answers, key, one, other):
        usual, worst, _way = WORSE[key]
        better, worse = (usual + (worst - usual) * share for share in sorted((one, other)))
        cases = [Case(words, age=age, answers=given_answers, vitals={key: value}) for value in (better, worse)]
        calm, ill = (judge(case, MODEL) for case in cases)
        self.assertLessEqual(ill.level, calm.level)
        self.assertGreaterEqual(score(ill.opinion) + 1e-9, score(calm.opinion))

    @settings(max_examples=200, deadline=None)
    @given(st.sampled_from(LINES), st.floats(18, 100), st.sampled_from(sorted(WORSE)), st.floats(0, 1), st.floats(0, 1))
    def test_nor_does_it_beside_a_nurses_line_and_a_full_set(self, line, age, key, one, other):
        usual, worst, _way = WORSE[key]
        full = {name: float(value[0]) for name, value in WORSE.items()}
        values = (usual + (worst - usual) * share for share in sorted((one, other)))
        calm, ill = (judge(Case(line, "en", age, vitals={**full, key: value}), MODEL) for value in values)
        self.assertEqual(ill.opinion.tier, CLINIC)
        self.assertLessEqual(ill.level, calm.level)
        self.assertGreaterEqual(score(ill.opinion) + 1e-9, score(calm.opinion))

    @settings(max_examples=300, deadline=None)
    @given(stories, ages, answers, st.sampled_from(sorted(questions())))
    def test_one_more_danger_never_lowers_the_urgency(self, words, age, given_answers, asked):
        """The gravest answer is compared with the same question answered by its mildest."""
        by_gravity = sorted(questions()[asked].answers, key=lambda answer: alone(answer, age))
        worse, better = (
            judge(Case(words, age=age, answers={**given_answers, asked: by_gravity[at].code}), MODEL) for at in (0, -1)
        )
        self.assertLessEqual(worse.level, better.level)

    @settings(max_examples=200, deadline=None)
    @given(st.sampled_from(sorted(signs())), st.lists(st.sampled_from(sorted(signs())), max_size=4), ages)
    def test_the_table_gives_every_sign_a_level(self, sign, others, age):
        self.assertIn(level_of(sign, [sign, *others], age), range(1, 6))


class ReasonsTest(TestCase):
    def test_removing_what_a_reason_names_changes_the_score(self):
        for words in STORIES:
            case = Case(words, age=60, answers={"breathing": "rest"}, vitals={"spo2": 90.0})
            found = judge(case, MODEL)
            self.assertTrue(1 <= len(found.reasons) <= 3)
            for reason in found.reasons:
                with self.subTest(words=words, reason=reason.code, source=reason.source):
                    self.assertNotEqual(self.urgency(without(case, reason)), self.urgency(case))

    def test_a_reason_from_words_names_words_of_the_case(self):
        found = judge(Case(STORIES[2], age=3), MODEL)
        spans = [STORIES[2][r.start : r.end] for r in found.reasons if r.source == "words"]
        self.assertTrue(spans)
        self.assertTrue(all(span.strip() for span in spans))

    def urgency(self, case):
        found = judge(case, MODEL)
        return round(score(found.opinion), 9), tuple(finding.code for finding in found.rules)


def alone(answer, age):
    """The level that the signs of an answer give by themselves; 6 when it names none."""
    return min((level_of(sign, sorted(answer.yes), age) for sign in answer.yes), default=6)


def without(case, reason):
    """The case without the input that a reason names."""
    if reason.source == "words":
        words = case.words[: reason.start] + " " + case.words[reason.end :]
        return Case(words, case.language, case.age, case.sex, case.answers, case.vitals)
    answers = {key: value for key, value in case.answers.items() if key != reason.key}
    vitals = {key: value for key, value in case.vitals.items() if key != reason.key}
    return Case(case.words, case.language, case.age, case.sex, answers, vitals)


class AnswersTest(TestCase):
    def test_an_answered_danger_gives_its_level_whatever_the_words_sound_like(self):
        found = judge(Case(STORIES[4], answers={"awake": "asleep"}), MODEL)
        self.assertEqual((found.level, found.rules[0].source, found.rules[0].key), (1, "answer", "awake"))

    def test_answers_that_disagree_are_taken_at_their_most_urgent(self):
        found = judge(Case(STORIES[1], answers={"fever": "no", "sepsis": "yes", "awake": "clear"}), MODEL)
        self.assertEqual(found.level, level_of("sepsis", ["sepsis"], None))

    def test_i_do_not_know_and_unknown_questions_change_nothing(self):
        usual = opinion_of(Case(STORIES[3]), MODEL)
        strange = opinion_of(Case(STORIES[3], answers={"breathing": "unknown", "colour-of-socks": "red"}), MODEL)
        self.assertEqual(usual.chances, strange.chances)

    def test_without_a_model_the_rules_decide_and_the_rest_is_urgent(self):
        self.assertEqual(judge(Case("", answers={"awake": "asleep"}), None).level, 1)
        self.assertEqual(judge(Case(STORIES[4]), None).level, 3)

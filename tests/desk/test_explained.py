"""Every line of the queue says why it stands where it stands."""

from datetime import timedelta

from django.test import SimpleTestCase, TestCase
from django.urls import reverse
from django.utils import timezone, translation

from desk.highlight import marked
from intake.vitals import BY_KEY
from tests.factories import make_clinic, make_doctor, make_intake, make_patient, make_visit
from tests.oversight import make_suggestion
from triage import assessment
from visits.models import Visit


class OvertakingTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.client.force_login(make_doctor(clinic=self.clinic))
        self.client.cookies["django_language"] = "en"

    def waits(self, name, level, minutes, **fields):
        visit = make_visit(patient=make_patient(name=name, clinic=self.clinic), acuity=level)
        Visit.objects.filter(pk=visit.pk).update(waiting_since=timezone.now() - timedelta(minutes=minutes, seconds=5))
        if fields:
            make_suggestion(visit, level, **fields)

    def page(self):
        return self.client.get(reverse("desk:queue"))

    def test_level_5_before_level_4_is_explained_in_numbers_one_can_add_up(self):
        self.waits("Ann", 5, 80)
        self.waits("Bob", 4, 55)
        page = self.page()
        self.assertContains(
            page, "Before Bob (level 4) because of the longer wait: 80 min × 4 = 320 points, Bob: 55 min × 5 = 275."
        )
        self.assertContains(page, "How is this order made?")

    def test_what_is_no_surprise_is_not_explained(self):
        self.waits("Ann", 3, 5)
        self.waits("Bob", 4, 20)
        self.waits("Cem", 4, 10)
        self.assertNotContains(self.page(), "because of the longer wait")

    def test_a_level_that_is_hidden_is_not_given_away(self):
        self.waits("Ann", 5, 80, blind=True)
        self.waits("Bob", 4, 55)
        self.assertNotContains(self.page(), "because of the longer wait")


class NoReasonTest(TestCase):
    def test_a_line_without_reasons_says_so(self):
        clinic = make_clinic()
        self.client.force_login(make_doctor(clinic=clinic))
        self.client.cookies["django_language"] = "en"
        visit = make_visit(clinic=clinic)
        self.assertContains(self.client.get(reverse("desk:queue")), "Not judged yet")
        for fields, words in (
            ({}, "Nothing in words, answers or values stood out."),
            ({"abstained": True}, "The AI cannot tell from these words"),
            ({"model_acuity": None, "source": "rules", "rules_acuity": None}, "the AI was not used"),
        ):
            make_suggestion(visit, 4, **fields)
            self.assertContains(self.client.get(reverse("desk:queue")), words)
            self.assertContains(self.client.get(reverse("desk:visit", args=[visit.pk])), words)


class MarkTest(SimpleTestCase):
    def marked(self, words, *spans):
        return marked(words, [{"source": "words", "start": start, "end": end} for start, end in spans])

    def test_reasons_that_overlap_are_all_marked(self):
        words = "가슴이 조이고 식은땀이 나요"
        self.assertEqual(self.marked(words, (0, 7), (4, 12)), "<mark>가슴이 조이고 식은땀이</mark> 나요")
        self.assertEqual(self.marked(words, (0, 3), (8, 11)), "<mark>가슴이</mark> 조이고 <mark>식은땀</mark>이 나요")

    def test_a_reason_within_another_and_one_beyond_the_end_are_no_trouble(self):
        self.assertEqual(self.marked("a <b> c", (0, 7), (2, 5), (6, 99), (3, 3)), "<mark>a &lt;b&gt; c</mark>")


class WordsTest(TestCase):
    def test_the_cold_sweat_is_marked_too(self):
        intake = make_intake(words="가슴이 조이고 식은땀이 나요", language="ko", sent=True)
        judged = assessment.assess(intake.pk)
        self.assertEqual(str(marked(intake.words, judged.reasons)), "<mark>가슴이 조이고</mark> <mark>식은땀이 나요</mark>")

    def test_a_rate_has_a_korean_unit(self):
        with translation.override("ko"):
            self.assertEqual(BY_KEY["hr"].unit_words, "회/분")
        with translation.override("en"):
            self.assertEqual(BY_KEY["hr"].unit_words, "/min")

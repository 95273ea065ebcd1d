from django.test import TestCase
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from accounts.errors import Refused
from accounts.models import AuditEvent
from tests.factories import make_assistant, make_doctor, make_intake, make_patient, make_user, make_visit
from triage import reassessment
from visits import acuity, clock, errands, flow, links
from visits.models import Source, Task, Visit

SAME = {"feeling": "same", "danger": "none"}


def level(visit, **answers):
    """The level after these answers."""
    reassessment.answer(visit, by=None, **{**SAME, **answers})
    visit.refresh_from_db()
    return visit.acuity


class LevelTest(TestCase):
    def test_the_same_or_better_changes_nothing(self):
        visit = make_visit(acuity=4)
        self.assertEqual(level(visit), 4)
        self.assertEqual(level(visit, feeling="better", pain=2), 4)

    def test_worse_is_one_level_up_at_least(self):
        for before in (2, 3, 4, 5):
            self.assertEqual(level(make_visit(acuity=before), feeling="worse"), before - 1)

    def test_a_danger_sign_raises_to_its_level_and_sounds_the_alarm(self):
        visit = make_visit(acuity=5)
        self.assertLessEqual(level(visit, danger="speech"), 2)
        self.assertIsNotNone(visit.emergency_at)

    def test_words_of_danger_are_heard_in_both_languages(self):
        for language, words in (
            ("ko", "갑자기 가슴이 쥐어짜듯이 아프고 식은땀이 나요"),
            ("en", "crushing chest pain and cold sweat"),
        ):
            visit = make_visit(acuity=4, language=language)
            self.assertLessEqual(level(visit, words=words), 2)

    def test_severe_pain_counts_as_urgent(self):
        self.assertEqual(level(make_visit(acuity=5), pain=8), 3)
        self.assertEqual(level(make_visit(acuity=2), pain=10), 2)

    def test_a_dangerous_measurement_raises(self):
        visit = make_intake(sent=True).visit
        Visit.objects.filter(pk=visit.pk).update(acuity=4)
        self.assertLessEqual(level(visit, measured={"spo2": "80"}), 2)

    def test_what_is_new_raises_above_a_clinicians_older_word(self):
        visit = make_visit()
        acuity.judge(visit, 4, by=make_doctor(clinic=visit.clinic), source=Source.CLINICIAN)
        self.assertEqual(level(visit, feeling="worse"), 3)

    def test_an_answer_ends_the_task_and_is_written_down(self):
        visit = make_visit(acuity=3)
        clock.ask(visit)
        errands.make(visit, Task.Kind.NO_ANSWER, by=None)
        level(visit, feeling="worse")
        row = visit.reassessments.get()
        self.assertEqual((row.old_acuity, row.new_acuity, row.feeling), (3, 2, "worse"))
        self.assertFalse(Task.objects.open().exists())
        self.assertTrue(AuditEvent.objects.filter(action="reassessment.answer", patient_id=visit.patient_id).exists())

    def test_after_the_call_it_is_for_the_doctor(self):
        visit = make_visit()
        flow.call_in(visit, by=make_doctor(clinic=visit.clinic))
        with self.assertRaises(Refused):
            reassessment.answer(visit, by=None, **SAME)


answers = st.fixed_dictionaries(
    {
        "feeling": st.sampled_from(["better", "same", "worse"]),
        "danger": st.sampled_from(["none", "effort", "rest", "pale", "drowsy", "speech"]),
        "words": st.sampled_from(["", "no pain any more", "피가 멈추지 않아요", "이제 괜찮아요"]),
        "pain": st.none() | st.integers(0, 10),
    }
)


class NeverLoweredTest(HypothesisTestCase):
    @settings(max_examples=30, deadline=None, derandomize=True)
    @given(st.integers(1, 5), st.lists(answers, min_size=1, max_size=4))
    def test_no_answers_ever_lower_a_level(self, before, said):
        visit = make_visit(acuity=before)
        for answer in said:
            now = level(visit, **answer)
            self.assertLessEqual(now, before)
            before = now


class PageTest(TestCase):
    def setUp(self):
        self.user = make_user()
        self.visit = make_intake(sent=True, patient=make_patient(user=self.user)).visit
        Visit.objects.filter(pk=self.visit.pk).update(acuity=4)
        self.url = reverse("triage:look-again", args=[self.visit.pk])
        self.client.force_login(self.user)
        self.client.cookies["django_language"] = "en"

    def acuity(self):
        return Visit.objects.get(pk=self.visit.pk).acuity

    def test_three_questions_and_back_to_the_place(self):
        self.assertContains(self.client.get(self.url), "How are you now?")
        answer = self.client.post(self.url, {"feeling": "worse", "danger": "none", "pain": "5"})
        self.assertRedirects(answer, reverse("visit", args=[self.visit.pk]))
        self.assertEqual(self.acuity(), 3)

    def test_what_is_missing_or_impossible_is_explained_and_nothing_is_kept(self):
        answer = self.client.post(self.url, {"feeling": "worse", "spo2": "500"})
        self.assertContains(answer, "Please choose one line", status_code=422)
        self.assertContains(answer, "this cannot be right", status_code=422)
        self.assertEqual(self.acuity(), 4)

    def test_the_holder_of_the_link_and_the_assistant_may_answer(self):
        self.client.logout()
        self.client.get(links.make(self.visit))
        self.assertEqual(self.client.post(self.url, SAME).status_code, 302)
        self.client.force_login(make_assistant(clinic=self.visit.clinic))
        self.assertRedirects(self.client.post(self.url, SAME), reverse("desk:frontdesk"))

    def test_after_the_call_it_says_so(self):
        flow.call_in(self.visit, by=make_doctor(clinic=self.visit.clinic))
        self.assertContains(self.client.get(self.url), "You do not wait any more", status_code=409)

    def test_a_stranger_gets_404(self):
        for stranger in make_user(), make_assistant(), make_doctor(clinic=self.visit.clinic):
            self.client.force_login(stranger)
            self.assertEqual(self.client.get(self.url).status_code, 404)

    def test_a_wrong_method_is_refused(self):
        self.assertEqual(self.client.delete(self.url).status_code, 405)

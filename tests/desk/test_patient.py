from datetime import timedelta

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from records import signing
from tests.factories import (
    make_assistant,
    make_doctor,
    make_grant,
    make_intake,
    make_patient,
    make_practitioner,
    make_user,
    make_visit,
)
from visits import acuity, flow, links
from visits.models import Source, Visit
from visits.states import State

HOME = reverse("desk:home")


class PatientTestCase(TestCase):
    """A patient, signed in, reading English."""

    def setUp(self):
        self.user = make_user()
        self.patient = make_patient(user=self.user)
        self.client.force_login(self.user)
        self.client.cookies["django_language"] = "en"

    def page(self, visit, name="visit"):
        return self.client.get(reverse(name, args=[visit.pk]))


class HomeTest(PatientTestCase):
    def test_the_day_begins_with_three_ways(self):
        page = self.client.get(HOME)
        for name in ("intake:start", "scheduling:openings", "mfa_index"):
            self.assertContains(page, reverse(name))

    def test_an_open_visit_goes_on(self):
        visit = make_visit(patient=self.patient)
        self.assertContains(self.client.get(HOME), reverse("visit", args=[visit.pk]))

    def test_who_waits_here_hears_that_the_doctor_calls(self):
        visit = make_visit(patient=self.patient, state=State.WAITING)
        self.assertContains(self.client.get(HOME), f'data-live="/ws/visit/{visit.pk}/"')
        visit = flow.call_in(visit, by=make_doctor(clinic=visit.clinic))
        page = self.client.get(HOME)
        self.assertContains(page, f"{visit.practitioner.name} is calling you")
        self.assertContains(page, f'href="{reverse("video:room", args=[visit.pk])}"')

    def test_a_finished_visit_leads_to_its_summary(self):
        visit = make_visit(patient=self.patient, state=State.COMPLETED)
        self.assertContains(self.client.get(HOME), reverse("records:summary", args=[visit.pk]))

    def test_who_acts_for_an_elder_sees_their_visits_and_no_others(self):
        mother, stranger = make_visit(), make_visit()
        make_grant(user=self.user, patient=mother.patient)
        page = self.client.get(HOME)
        self.assertContains(page, mother.patient.name)
        self.assertNotContains(page, stranger.patient.name)

    def test_who_is_signed_out_signs_in_first(self):
        self.client.logout()
        self.assertRedirects(self.client.get(HOME), f"{reverse('account_login')}?next={HOME}")

    def test_another_method_is_refused(self):
        self.assertEqual(self.client.post(HOME).status_code, 405)


class FrontTest(TestCase):
    def test_the_front_page_says_what_naru_is_and_whom_to_call(self):
        page = self.client.get("/", headers={"accept-language": "en"})
        for words in ("How it works", 'href="tel:119"', reverse("account_login"), reverse("account_signup")):
            self.assertContains(page, words)

    def test_who_is_signed_in_goes_home(self):
        self.client.force_login(make_user())
        self.assertRedirects(self.client.get("/"), reverse("home"), fetch_redirect_response=False)


class VisitPageTest(PatientTestCase):
    def test_before_sending_it_leads_back_to_the_story(self):
        visit = make_intake(patient=self.patient).visit
        self.assertContains(self.page(visit), reverse("intake:resume", args=[visit.pk]))

    def test_whoever_waits_sees_place_expectation_and_what_to_do(self):
        make_visit(clinic=self.patient.clinic)
        page = self.page(make_visit(patient=self.patient))
        self.assertEqual(page.context["place"].number, 2)
        for words in (
            "It will probably take",
            "Somebody more urgent may be seen before you.",
            'href="tel:119"',
            "/check/",
            "/leave/",
            "/now/",
            "data-live",
        ):
            self.assertContains(page, words)

    def test_before_anybody_judged_no_level_is_claimed(self):
        page = self.page(make_visit(patient=self.patient))
        self.assertContains(page, "Nobody has judged yet")
        self.assertNotContains(page, "How urgent it looks now")

    def test_the_level_is_said_in_words_and_who_gave_it(self):
        visit = make_visit(patient=self.patient)
        Visit.objects.filter(pk=visit.pk).update(acuity=2, acuity_source=Source.MODEL)
        page = self.page(visit)
        self.assertContains(page, "How urgent it looks now: Very urgent.")
        self.assertContains(page, "An AI suggested")

    def test_a_booked_time_that_is_still_to_come(self):
        visit = make_visit(patient=self.patient)
        Visit.objects.filter(pk=visit.pk).update(waiting_since=timezone.now() + timedelta(hours=2))
        self.assertContains(self.page(visit), "Your booked time is")

    def test_when_the_doctor_calls_there_is_one_way_in(self):
        visit = make_visit(patient=self.patient, state=State.IN_PROGRESS)
        for name in ("visit", "desk:visit-fragment"):
            page = self.page(visit, name)
            self.assertContains(page, f'id="join" href="{reverse("video:room", args=[visit.pk])}"')
            self.assertContains(page, f"{visit.practitioner.name} is calling you")

    def test_the_signed_words_are_read_and_no_draft(self):
        doctor = make_practitioner(clinic=self.patient.clinic)
        visit = make_visit(patient=self.patient, state=State.IN_PROGRESS, doctor=doctor.user)
        note = signing.draft_for(visit, by=doctor.user)
        texts = {"assessment": "a", "plan": "b", "summary": "It is only a cold."}
        signing.sign(signing.save_draft(note, texts, by=doctor.user), by=doctor.user)
        signing.save_draft(
            signing.amend(visit.notes.get(), by=doctor.user, reason="typo"), {"summary": "not yet signed"}, by=doctor.user
        )
        page = self.page(visit)
        self.assertContains(page, "It is only a cold.")
        self.assertNotContains(page, "not yet signed")

    def test_after_the_end_it_says_what_now(self):
        for state, words in ((State.CANCELLED, "You have left"), (State.DISCONTINUED, "was broken off")):
            with self.subTest(state):
                visit = make_visit(patient=self.patient, state=state)
                self.assertContains(self.page(visit), words)
                self.assertContains(self.page(visit), 'href="tel:119"')

    def test_leaving_after_the_doctor_called_is_explained(self):
        visit = make_visit(patient=self.patient, state=State.IN_PROGRESS)
        answer = self.client.post(reverse("visits:leave", args=[visit.pk]))
        self.assertContains(answer, "Please reload the page", status_code=409)

    def test_the_alarm_stays_while_the_visit_is_open(self):
        with self.captureOnCommitCallbacks(execute=True):
            visit = make_intake(patient=self.patient, words="가슴이 조이고 식은땀이 나요", language="ko", sent=True).visit
        self.assertContains(self.page(visit, "desk:visit-fragment"), "naru-emergency")
        flow.leave(visit, by=self.user)
        self.assertNotContains(self.page(visit, "desk:visit-fragment"), "naru-emergency")

    def test_another_device_goes_on_with_the_link(self):
        visit = make_visit(patient=self.patient)
        self.assertContains(self.page(visit), "http://testserver/v/")
        self.client.logout()
        self.client.get(links.make(visit))
        self.assertContains(self.page(visit, "desk:visit-fragment"), "naru-place")

    def test_every_look_is_written_down(self):
        visit = make_visit(patient=self.patient)
        self.page(visit)
        self.assertEqual(AuditEvent.objects.filter(action="visit.read").get().by, self.user)

    def test_a_raised_level_moves_the_place(self):
        make_visit(clinic=self.patient.clinic)
        visit = make_visit(patient=self.patient)
        acuity.judge(visit, 2, by=None, source=Source.RULES, reason="red flag")
        self.assertEqual(self.page(visit, "desk:visit-fragment").context["place"].number, 1)


class WhoSeesTheVisitTest(PatientTestCase):
    def setUp(self):
        super().setUp()
        self.visit = make_visit()

    def test_a_stranger_finds_nothing(self):
        for user in (self.user, make_doctor(), make_assistant()):
            self.client.force_login(user)
            for name in ("visit", "desk:visit-fragment"):
                with self.subTest(user=user.role, name=name):
                    self.assertEqual(self.page(self.visit, name).status_code, 404)

    def test_nobody_signed_in_and_no_link(self):
        self.client.logout()
        self.assertEqual(self.page(self.visit, "desk:visit-fragment").status_code, 404)
        self.assertTrue(self.page(self.visit).url.startswith("/account/login/"))

    def test_the_clinics_staff_are_led_to_their_own_page(self):
        for make in (make_doctor, make_assistant):
            self.client.force_login(make(clinic=self.visit.clinic))
            self.assertRedirects(self.page(self.visit), reverse("desk:visit", args=[self.visit.pk]))

    def test_another_method_is_refused(self):
        for name in ("visit", "desk:visit-fragment"):
            self.assertEqual(self.client.post(reverse(name, args=[self.visit.pk])).status_code, 405)

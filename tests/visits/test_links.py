import itertools
from datetime import timedelta

import time_machine
from django.conf import settings
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_assistant, make_doctor, make_grant, make_patient, make_user, make_visit
from visits import flow, links
from visits.models import Visit, new_nonce
from visits.states import State

HOUR = timedelta(hours=1)


class LinkTest(TestCase):
    def setUp(self):
        self.visit = make_visit(state=State.WAITING)
        self.address = links.make(self.visit)

    def leave(self, visit=None):
        """A page that only the patient's side may use."""
        return self.client.post(reverse("visits:leave", args=[(visit or self.visit).pk]))

    def assert_ended(self, address):
        self.client.cookies["django_language"] = "en"
        page = self.client.get(address)
        self.assertContains(page, "This link no longer works.", status_code=410)
        self.assertContains(page, reverse("messaging:again"), status_code=410)

    def test_a_link_opens_its_visit_without_an_account(self):
        response = self.client.get(self.address)
        self.assertRedirects(response, reverse("visit", args=[self.visit.pk]), fetch_redirect_response=False)
        self.assertEqual(self.leave().status_code, 302)
        self.visit.refresh_from_db()
        self.assertEqual(self.visit.state, State.CANCELLED)

    def test_a_link_opens_no_other_visit(self):
        other = make_visit(clinic=self.visit.clinic)
        self.client.get(self.address)
        self.assertEqual(self.leave(other).status_code, 404)

    def test_without_the_link_there_is_nothing(self):
        self.assertEqual(self.leave().status_code, 404)

    def test_whoever_finds_nothing_reads_what_may_be_wrong_and_what_helps(self):
        helps = {
            "en": ("its end was cut off", "another account", "The visit is over", "newest message", "Call the clinic."),
            "ko": ("뒷부분이 잘렸습니다", "다른 계정", "진료가 끝났거나", "가장 최근에 받은 메시지", "의료기관에 전화해 주세요."),
        }
        self.client.force_login(make_user())
        visit = reverse("visit", args=[self.visit.pk])
        for (language, sentences), address in itertools.product(helps.items(), (visit, visit[:-9] + "/", "/v/")):
            self.client.cookies["django_language"] = language
            page = self.client.get(address)
            for sentence in (*sentences, reverse("messaging:again")):
                self.assertContains(page, sentence, status_code=404)

    def test_a_changed_link_opens_nothing(self):
        self.assert_ended(self.address[:-3] + "x/")
        self.assert_ended(reverse("visits:link", args=["x" * 3000]))

    def test_a_link_grows_too_old(self):
        with time_machine.travel(timezone.now() + settings.VISIT_LINK_HOURS * HOUR + HOUR):
            self.assert_ended(self.address)

    def test_a_new_link_closes_the_old_one_even_where_it_is_open(self):
        self.client.get(self.address)
        Visit.objects.filter(pk=self.visit.pk).update(link_nonce=new_nonce())
        self.assert_ended(self.address)
        self.assertEqual(self.leave().status_code, 404)

    def test_a_day_after_the_end_the_link_is_over(self):
        flow.leave(self.visit, by=None)
        self.assertEqual(self.client.get(self.address).status_code, 302)
        Visit.objects.filter(pk=self.visit.pk).update(ended_at=timezone.now() - 25 * HOUR)
        self.assert_ended(self.address)

    def test_a_staff_session_ends_when_the_tablet_is_handed_over(self):
        self.client.force_login(make_doctor(clinic=self.visit.clinic))
        self.client.get(self.address)
        self.assertNotIn("_auth_user_id", self.client.session)
        self.assertEqual(self.client.session[links.SESSION_KEY][0], str(self.visit.pk))

    def test_the_patient_and_who_acts_for_them_stay_signed_in(self):
        owner = make_user()
        visit = make_visit(patient=make_patient(user=owner))
        daughter = make_user()
        make_grant(user=daughter, patient=visit.patient)
        for person in owner, daughter:
            self.client.force_login(person)
            self.client.get(links.make(visit))
            self.assertEqual(self.client.session["_auth_user_id"], str(person.pk))


class QrTest(TestCase):
    def setUp(self):
        self.visit = make_visit(state=State.WAITING)
        self.url = reverse("visits:qr", args=[self.visit.pk])

    def test_an_assistant_of_the_clinic_can_hand_the_link_over(self):
        self.client.force_login(make_assistant(clinic=self.visit.clinic))
        self.assertContains(self.client.get(self.url), "<svg")

    def test_everybody_else_gets_404(self):
        for stranger in make_assistant(), make_user(), make_doctor(clinic=self.visit.clinic):
            self.client.force_login(stranger)
            self.assertEqual(self.client.get(self.url).status_code, 404)

    def test_a_wrong_method_is_refused(self):
        self.assertEqual(self.client.post(self.url).status_code, 405)

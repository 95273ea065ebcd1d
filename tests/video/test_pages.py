"""The room's pages: they work, they refuse with a sentence, strangers find nothing, wrong methods are wrong."""

from django.test import TestCase
from django.urls import reverse

from tests.factories import make_assistant, make_clinic, make_doctor, make_patient, make_user, make_visit
from video import tokens
from video.models import ChatMessage
from visits import flow, links
from visits.states import State


class PageTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.doctor = make_doctor(clinic=self.clinic)
        self.owner = make_user()
        patient = make_patient(clinic=self.clinic, user=self.owner)
        self.visit = make_visit(state=State.IN_PROGRESS, patient=patient, doctor=self.doctor)
        self.client.force_login(self.owner)

    def waiting(self):
        """Somebody who waits is at the door: signed in, not yet called."""
        owner = make_user()
        self.client.force_login(owner)
        return make_visit(state=State.WAITING, patient=make_patient(user=owner))

    def url(self, name):
        return reverse(f"video:{name}", args=[self.visit.pk])


class RoomPageTest(PageTest):
    def test_it_opens_with_camera_and_microphone_allowed(self):
        page = self.client.get(self.url("room"))
        self.assertContains(page, 'id="room"')
        self.assertIn("camera=(self)", page["Permissions-Policy"])

    def test_it_opens_for_the_holder_of_the_link(self):
        self.client.logout()
        self.client.get(links.make(self.visit))
        self.assertContains(self.client.get(self.url("room")), 'id="room"')

    def test_before_the_call_the_visits_page_says_what_goes_on(self):
        visit = self.waiting()
        page = self.client.get(reverse("video:room", args=[visit.pk]))
        self.assertRedirects(page, reverse("visit", args=[visit.pk]), fetch_redirect_response=False)

    def test_a_colleague_is_told_why_not(self):
        self.client.force_login(make_doctor(clinic=self.clinic))
        self.assertEqual(self.client.get(self.url("room")).status_code, 409)

    def test_strangers_find_nothing(self):
        for stranger in (make_user(), make_doctor(), make_assistant()):
            self.client.force_login(stranger)
            for name in ("room", "seat", "check"):
                self.assertEqual(self.client.get(self.url(name)).status_code, 404)
            self.assertEqual(self.client.post(self.url("say"), {"text": "x"}).status_code, 404)
        self.assertFalse(ChatMessage.objects.exists())

    def test_wrong_methods(self):
        for name in ("room", "seat", "check"):
            self.assertEqual(self.client.post(self.url(name)).status_code, 405)
        self.assertEqual(self.client.get(self.url("say")).status_code, 405)

    def test_what_was_written_stands_on_the_page_without_a_socket(self):
        self.client.post(self.url("say"), {"text": "<b>왼팔도 저려요</b>"})
        self.assertContains(self.client.get(self.url("room")), "&lt;b&gt;왼팔도 저려요&lt;/b&gt;")


class SeatPageTest(PageTest):
    def test_it_gives_a_pass_that_opens_the_seat(self):
        answer = self.client.get(self.url("seat"))
        self.assertEqual(answer.json()["iceServers"], [])
        self.assertIn("no-store", answer["Cache-Control"])
        self.assertEqual(tokens.holder_of(answer.json()["token"], self.visit.pk).user, self.owner)

    def test_after_the_visit_it_says_no(self):
        flow.finish(self.visit, by=self.doctor)
        self.assertEqual(self.client.get(self.url("seat")).status_code, 409)

    def test_a_colleague_gets_no_pass(self):
        self.client.force_login(make_doctor(clinic=self.clinic))
        self.assertEqual(self.client.get(self.url("seat")).status_code, 409)


class SayPageTest(PageTest):
    def test_a_line_by_form(self):
        self.assertRedirects(self.client.post(self.url("say"), {"text": "hello"}), self.url("room"))
        self.assertEqual(ChatMessage.objects.get().participant.user, self.owner)

    def test_an_endless_line_is_refused_with_a_sentence(self):
        page = self.client.post(self.url("say"), {"text": "x" * 1001})
        self.assertEqual(page.status_code, 409)
        self.assertFalse(ChatMessage.objects.exists())


class CheckPageTest(PageTest):
    def test_it_opens_before_the_call(self):
        visit = self.waiting()
        page = self.client.get(reverse("video:check", args=[visit.pk]))
        self.assertContains(page, 'id="check"')
        self.assertIn("microphone=(self)", page["Permissions-Policy"])


class WorkspaceTest(PageTest):
    def test_the_visits_doctor_has_the_room_beside_the_note(self):
        self.client.force_login(self.doctor)
        self.assertContains(self.client.get(reverse("desk:visit", args=[self.visit.pk])), 'id="room"')

    def test_a_colleague_reads_the_visit_without_entering_the_room(self):
        self.client.force_login(make_doctor(clinic=self.clinic))
        page = self.client.get(reverse("desk:visit", args=[self.visit.pk]))
        self.assertNotContains(page, 'id="room"')
        self.assertEqual(page.status_code, 200)

"""The recording on the pages of a room: the question, the banner, by form and beside the conversation."""

from django.urls import reverse
from django.utils import translation

from accounts.models import Language
from tests.factories import make_assistant, make_doctor, make_user
from video import admission, recording, rooms
from video.models import Invitation, Participant, Recording, Role
from visits import flow, links

from .test_recording import RoomTest


class PagesTest(RoomTest):
    def url(self, seat, what=""):
        return reverse(f"video:recording{what and '-' + what}", args=[seat.pk])

    def as_(self, seat):
        self.client.force_login(seat.user)
        return self.client

    def shown(self, seat):
        return self.as_(seat).get(self.url(seat))

    def say(self, seat, agreed, **headers):
        facts = {"agreed": agreed, "version": recording.wording().version}
        return self.as_(seat).post(self.url(seat, "answer"), facts, **headers)

    def test_the_doctor_asks_and_the_patient_agrees_by_form(self):
        self.assertNotContains(self.shown(self.her), "<form")
        asked = self.as_(self.doctor).post(self.url(self.doctor, "ask"), {"version": recording.wording().version})
        self.assertRedirects(asked, reverse("visit", args=[self.visit.pk]), fetch_redirect_response=False)
        self.assertContains(self.shown(self.her), recording.wording().text)
        self.assertContains(self.shown(self.doctor), self.her.name)  # for whom it waits
        self.say(self.her, "yes")
        self.assertTrue(self.is_running())

    def test_everybody_reads_that_it_is_recorded_in_their_language(self):
        self.everybody_agrees()
        for language, words in (("ko", "지금 이 진료를 녹화하고 있습니다"), ("en", "This visit is being recorded")):
            for seat in (self.her, self.doctor):
                seat.user.language = Language(language)
                seat.user.save()
                self.assertContains(self.shown(seat), words)
        translation.activate("ko")

    def test_taking_it_back_by_form(self):
        self.everybody_agrees()
        self.say(self.her, "no")
        self.assertFalse(self.is_running())
        self.assertContains(self.shown(self.her), Recording.Why.WITHDRAWN.label)

    def test_beside_the_conversation_the_answer_is_the_fragment(self):
        self.ask()
        answer = self.say(self.her, "yes", HTTP_HX_REQUEST="true")
        self.assertTemplateUsed(answer, "video/_recording.html")
        self.assertTemplateNotUsed(answer, "base.html")

    def test_whatever_is_no_yes_is_a_no(self):
        self.ask()
        self.say(self.her, "perhaps")
        self.assertEqual(self.last().why, Recording.Why.DECLINED)

    def test_an_old_text_and_a_patient_who_asks_are_refused_with_a_sentence(self):
        self.ask()
        page = self.as_(self.her).post(self.url(self.her, "answer"), {"agreed": "yes", "version": "old"})
        self.assertEqual(page.status_code, 409)
        for deed in ("ask", "stop"):
            page = self.as_(self.her).post(self.url(self.her, deed), {"version": recording.wording().version})
            self.assertEqual(page.status_code, 403)
        self.assertFalse(self.is_running())

    def test_after_the_visit_nothing_is_asked(self):
        flow.finish(self.visit, by=self.doctor.user)
        self.assertEqual(self.say(self.her, "yes").status_code, 409)

    def test_nobody_answers_for_another_seat(self):
        self.ask()
        others = [self.doctor.user, make_user(), make_doctor(), make_assistant(clinic=self.clinic)]
        for user in others:
            self.client.force_login(user)
            self.assertEqual(self.client.get(self.url(self.her)).status_code, 404)
            facts = {"agreed": "yes", "version": recording.wording().version}
            self.assertEqual(self.client.post(self.url(self.her, "answer"), facts).status_code, 404)
        self.client.logout()
        self.assertEqual(self.client.get(self.url(self.her)).status_code, 404)
        self.assertFalse(self.is_running())

    def test_who_came_by_the_link_answers_for_the_links_seat_alone(self):
        seat = rooms.admit(self.visit)
        rooms.enter(seat, "socket of the link")
        self.everybody_agrees()
        self.client.logout()
        self.assertEqual(self.client.get(self.url(seat)).status_code, 404)
        self.client.get(links.make(self.visit))
        self.client.post(self.url(seat, "answer"), {"agreed": "yes", "version": recording.wording().version})
        self.assertTrue(self.is_running())
        recorder = Participant.objects.get(role=Participant.Role.RECORDER)
        self.assertEqual(self.client.get(self.url(recorder)).status_code, 404)

    def test_a_guest_is_asked_like_everybody_and_answers_from_their_own_device(self):
        invitation = admission.invite(self.visit, role=Role.INTERPRETER, name="Mai", by=self.doctor.user)
        self.client.logout()
        self.client.post(admission.link(invitation), {"name": "Mai"})
        admission.admit_in(invitation, by=self.doctor.user)
        seat = rooms.admit_guest(Invitation.objects.get())
        rooms.enter(seat, "socket of the guest")
        guest = self.client
        self.everybody_agrees()
        self.assertFalse(self.is_running())
        facts = {"agreed": "yes", "version": recording.wording().version}
        self.assertEqual(self.client_class().post(self.url(seat, "answer"), facts).status_code, 404)
        self.assertContains(guest.get(self.url(seat)), recording.wording().text)
        answered = guest.post(self.url(seat, "answer"), facts)
        self.assertRedirects(answered, reverse("video:guest-room", args=[invitation.pk]), fetch_redirect_response=False)
        self.assertTrue(self.is_running())

    def test_wrong_methods(self):
        for what, method in (("", "post"), ("ask", "get"), ("answer", "get"), ("stop", "get")):
            self.assertEqual(getattr(self.as_(self.doctor), method)(self.url(self.doctor, what)).status_code, 405)

    def test_the_doctor_stops_it_by_form(self):
        self.everybody_agrees()
        self.as_(self.doctor).post(self.url(self.doctor, "stop"))
        self.assertFalse(self.is_running())

"""Guests: invited by a link, let in by a person, with one seat and nothing of the record."""

from datetime import timedelta

import time_machine
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.errors import Refused
from accounts.models import AuditEvent
from tests.factories import make_assistant, make_clinic, make_doctor, make_patient, make_user, make_visit
from video import admission, rooms, tokens
from video.models import Invitation, Participant, Role
from video.rooms import NotOfThisVisit, RoomClosed
from visits import flow
from visits.states import State


class DoorTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.doctor, self.assistant = make_doctor(clinic=self.clinic), make_assistant(clinic=self.clinic)
        self.owner = make_user()
        self.patient = make_patient(clinic=self.clinic, user=self.owner)
        self.visit = make_visit(state=State.IN_PROGRESS, patient=self.patient, doctor=self.doctor)

    def invited(self, *, role=Role.INTERPRETER, name="민수", by=None):
        return admission.invite(self.visit, role=role, name=name, by=by)

    def asking(self):
        invitation = self.invited()
        admission.ask_in(invitation, name="민수")
        invitation.refresh_from_db()
        return invitation


class InviteTest(DoorTest):
    def test_the_patients_side_the_doctor_and_the_assistant_invite(self):
        for by in (None, self.owner, self.doctor, self.assistant):
            with self.subTest(by=by):
                self.assertEqual(self.invited(by=by).invited_by, by)
        self.assertEqual(AuditEvent.objects.filter(action="room.invite").count(), 4)

    def test_another_doctor_does_not(self):
        with self.assertRaises(NotOfThisVisit):
            self.invited(by=make_doctor(clinic=self.clinic))

    def test_nobody_is_invited_as_a_doctor(self):
        for role in (Role.PRACTITIONER, Role.PATIENT, "", "king"):
            with self.subTest(role=role), self.assertRaises(Refused):
                self.invited(role=role)

    def test_a_visit_that_is_over_has_no_guests(self):
        link = admission.link(self.invited())
        flow.finish(self.visit, by=self.doctor)
        self.visit.refresh_from_db()
        with self.assertRaises(Refused):
            self.invited()
        self.assertEqual(self.client.get(link).status_code, 410)

    def test_no_family_is_that_large(self):
        for _number in range(admission.MOST_INVITATIONS):
            self.invited()
        with self.assertRaises(Refused):
            self.invited()

    def test_an_old_or_forged_link_opens_nothing(self):
        link = admission.link(self.invited())
        self.assertEqual(self.client.get(link[:-3] + "x/").status_code, 410)
        with time_machine.travel(timezone.now() + admission.LINK_LIVES + timedelta(seconds=2)):
            self.assertEqual(self.client.get(link).status_code, 410)


class AskTest(DoorTest):
    def test_who_asks_stands_at_the_door_with_their_name(self):
        invitation = self.asking()
        self.assertEqual((invitation.state, invitation.name), (Invitation.State.ASKING, "민수"))
        self.assertEqual(list(rooms.seat(self.visit, user=self.doctor).asking), [invitation])

    def test_a_name_is_needed(self):
        for name in ("", "  ", "x" * 101):
            with self.subTest(name=name[:3]), self.assertRaises(Refused):
                admission.ask_in(self.invited(), name=name)

    def test_nobody_sits_down_before_they_are_let_in(self):
        with self.assertRaises(NotOfThisVisit):
            rooms.admit_guest(self.asking())

    def test_another_device_asks_anew_and_the_old_pass_is_worth_nothing(self):
        invitation = admission.admit_in(self.asking(), by=self.doctor)
        old = tokens.token_for(rooms.admit_guest(invitation))
        admission.ask_in(invitation, name="Somebody else")
        self.assertIsNone(tokens.holder_of(old, self.visit.pk))

    def test_the_same_device_that_asks_again_stays_inside(self):
        invitation = admission.admit_in(self.asking(), by=self.doctor)
        admission.ask_in(invitation, name="민수", holder=invitation.holder)
        invitation.refresh_from_db()
        self.assertEqual(invitation.state, Invitation.State.ADMITTED)


class AnswerTest(DoorTest):
    def test_who_is_let_in_has_exactly_one_seat(self):
        invitation = admission.admit_in(self.asking(), by=self.doctor)
        seat = rooms.admit_guest(invitation)
        self.assertEqual((seat.role, seat.name, seat.user), (Role.INTERPRETER, "민수", None))
        self.assertEqual(rooms.admit_guest(invitation), seat)
        self.assertNotEqual(rooms.admit(self.visit), seat)  # the patient's link has its own
        self.assertEqual(tokens.holder_of(tokens.token_for(seat), self.visit.pk), seat)
        self.assertTrue(AuditEvent.objects.filter(action="room.admitted", by=self.doctor, patient=self.patient).exists())

    def test_not_now_closes_the_door_and_ends_an_older_pass(self):
        invitation = admission.admit_in(self.asking(), by=self.doctor)
        token = tokens.token_for(rooms.admit_guest(invitation))
        invitation = admission.turn_away(invitation, by=self.assistant)
        self.assertIsNone(tokens.holder_of(token, self.visit.pk))
        with self.assertRaises(NotOfThisVisit):
            rooms.admit_guest(invitation)

    def test_who_was_answered_already_is_not_answered_again(self):
        invitation = admission.admit_in(self.asking(), by=self.doctor)
        with self.assertRaises(Refused):
            admission.admit_in(invitation, by=self.assistant)

    def test_only_who_keeps_the_door_answers(self):
        invitation = self.asking()
        mine = Invitation.objects.answerable_by
        for user in (self.doctor, self.assistant):
            self.assertIn(invitation, mine(user))
        for user in (self.owner, make_doctor(clinic=self.clinic), make_assistant(), make_doctor()):
            self.assertNotIn(invitation, mine(user))

    def test_before_the_call_an_assistant_may_let_in_but_the_room_stays_closed(self):
        self.visit = make_visit(clinic=self.clinic)
        invitation = admission.admit_in(self.asking(), by=self.assistant)
        with self.assertRaises(RoomClosed):
            rooms.admit_guest(invitation)


class GuestPageTest(DoorTest):
    def ask(self, invitation=None, name="민수"):
        invitation = invitation or self.invited()
        answer = self.client.post(admission.link(invitation), {"name": name})
        invitation.refresh_from_db()
        return invitation, answer

    def url(self, name, *pks):
        return reverse(f"video:{name}", args=pks)

    def test_from_the_link_into_the_room(self):
        link = admission.link(self.invited())
        self.assertContains(self.client.get(link), 'value="민수"')
        invitation, answer = self.ask(Invitation.objects.get())
        self.assertRedirects(answer, self.url("guest", invitation.pk))
        self.assertRedirects(self.client.get(self.url("guest-room", invitation.pk)), self.url("guest", invitation.pk))
        self.assertEqual(self.client.get(self.url("guest-seat", invitation.pk)).status_code, 409)
        admission.admit_in(invitation, by=self.doctor)
        self.assertContains(self.client.get(self.url("guest-fragment", invitation.pk)), 'id="join"')
        page = self.client.get(self.url("guest-room", invitation.pk))
        self.assertContains(page, 'id="room"')
        self.assertNotContains(page, "data-room-door")
        self.assertIn("camera=(self)", page["Permissions-Policy"])
        seat = tokens.holder_of(self.client.get(self.url("guest-seat", invitation.pk)).json()["token"], self.visit.pk)
        self.assertEqual(seat, Participant.objects.get(invitation=invitation))
        self.assertRedirects(
            self.client.post(self.url("guest-say", invitation.pk), {"text": "안녕하세요"}), self.url("guest-room", invitation.pk)
        )

    def test_a_guest_sees_nothing_else_of_the_visit(self):
        invitation, _answer = self.ask()
        admission.admit_in(invitation, by=self.doctor)
        for name in ("room", "seat", "check", "guests", "asking"):
            self.assertEqual(self.client.get(self.url(name, self.visit.pk)).status_code, 404)
        self.assertTrue(self.client.get(reverse("visit", args=[self.visit.pk])).url.startswith("/account/login/"))

    def test_who_was_turned_away_asks_again(self):
        invitation, _answer = self.ask()
        admission.turn_away(invitation, by=self.doctor)
        self.assertContains(self.client.get(self.url("guest", invitation.pk)), self.url("guest-ask", invitation.pk))
        self.client.post(self.url("guest-ask", invitation.pk))
        invitation.refresh_from_db()
        self.assertEqual(invitation.state, Invitation.State.ASKING)

    def test_without_a_name_the_refusal_is_explained(self):
        _invitation, answer = self.ask(name=" ")
        self.assertEqual(answer.status_code, 409)

    def test_strangers_find_nothing(self):
        invitation = self.asking()
        for stranger in (None, make_user(), make_doctor(), make_assistant()):
            self.client.logout()
            if stranger:
                self.client.force_login(stranger)
            for name in ("guest", "guest-fragment", "guest-room", "guest-seat"):
                self.assertEqual(self.client.get(self.url(name, invitation.pk)).status_code, 404)
            for name in ("guest-ask", "guest-say"):
                self.assertEqual(self.client.post(self.url(name, invitation.pk)).status_code, 404)

    def test_wrong_methods(self):
        invitation, _answer = self.ask()
        for name in ("guest", "guest-fragment", "guest-room", "guest-seat"):
            self.assertEqual(self.client.post(self.url(name, invitation.pk)).status_code, 405)
        for name in ("guest-ask", "guest-say", "admit", "turn-away"):
            self.assertEqual(self.client.get(self.url(name, invitation.pk)).status_code, 405)
        self.assertEqual(self.client.put(admission.link(invitation)).status_code, 405)


class DoorPageTest(DoorTest):
    def setUp(self):
        super().setUp()
        self.client.force_login(self.doctor)

    def url(self, name, pk):
        return reverse(f"video:{name}", args=[pk])

    def test_the_doctor_sees_who_asks_and_lets_them_in_by_form(self):
        invitation = self.asking()
        page = self.client.get(reverse("desk:visit", args=[self.visit.pk]))
        self.assertContains(page, self.url("admit", invitation.pk))
        self.client.post(self.url("admit", invitation.pk))
        invitation.refresh_from_db()
        self.assertEqual(invitation.state, Invitation.State.ADMITTED)
        self.assertEqual(self.client.post(self.url("admit", invitation.pk)).status_code, 409)

    def test_not_now_answers_with_who_still_stands_there(self):
        first, second = self.asking(), self.asking()
        page = self.client.post(self.url("turn-away", first.pk), headers={"HX-Request": "true"})
        self.assertNotContains(page, self.url("admit", first.pk))
        self.assertContains(page, self.url("admit", second.pk))

    def test_a_guest_who_is_inside_can_be_asked_to_wait_outside(self):
        invitation = admission.admit_in(self.asking(), by=self.doctor)
        rooms.enter(rooms.admit_guest(invitation), "socket")
        self.assertContains(self.client.get(self.url("asking", self.visit.pk)), self.url("turn-away", invitation.pk))
        self.client.post(self.url("turn-away", invitation.pk))
        self.assertNotContains(self.client.get(self.url("asking", self.visit.pk)), self.url("turn-away", invitation.pk))

    def test_the_patient_does_not_open_the_door(self):
        invitation = self.asking()
        self.client.force_login(self.owner)
        self.assertEqual(self.client.post(self.url("admit", invitation.pk)).status_code, 404)
        self.assertNotContains(self.client.get(self.url("room", self.visit.pk)), self.url("admit", invitation.pk))
        self.assertNotContains(self.client.get(self.url("asking", self.visit.pk)), self.url("admit", invitation.pk))

    def test_an_invitation_by_form_shows_link_and_picture(self):
        self.client.force_login(self.owner)
        page = self.client.post(self.url("invite", self.visit.pk), {"role": "companion", "name": "영희"})
        made = Invitation.objects.get()
        self.assertContains(page, admission.link(made).split("/")[1])
        picture = self.client.get(reverse("video:guest-qr", args=[self.visit.pk, made.pk]))
        self.assertEqual(picture["Content-Type"], "image/svg+xml")
        self.assertContains(self.client.get(self.url("guests", self.visit.pk)), "영희")
        self.assertEqual(self.client.post(self.url("invite", self.visit.pk), {"role": "king"}).status_code, 409)

    def test_strangers_and_wrong_methods(self):
        invitation = self.asking()
        for name in ("guests", "asking"):
            self.assertEqual(self.client.post(self.url(name, self.visit.pk)).status_code, 405)
        self.assertEqual(self.client.get(self.url("invite", self.visit.pk)).status_code, 405)
        for stranger in (make_user(), make_doctor(), make_assistant()):
            self.client.force_login(stranger)
            for name in ("guests", "asking"):
                self.assertEqual(self.client.get(self.url(name, self.visit.pk)).status_code, 404)
            for name in ("admit", "turn-away"):
                self.assertEqual(self.client.post(self.url(name, invitation.pk)).status_code, 404)
            self.assertEqual(self.client.post(self.url("invite", self.visit.pk), {"role": "companion"}).status_code, 404)

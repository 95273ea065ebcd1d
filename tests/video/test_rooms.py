from datetime import timedelta

import time_machine
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.errors import Refused
from accounts.models import AuditEvent
from tests.factories import make_assistant, make_clinic, make_doctor, make_grant, make_patient, make_user, make_visit
from video import rooms
from video.models import ChatMessage, Participant, Room
from visits import flow, links
from visits.states import State


class SeatTest(TestCase):
    def setUp(self):
        self.user = make_user()
        self.visit = make_visit(state=State.IN_PROGRESS, patient=make_patient(user=self.user))
        self.doctor = self.visit.practitioner.user

    def role(self, user):
        return rooms.seat(self.visit, user=user).participant.role

    def test_the_server_decides_who_is_what(self):
        child = make_user()
        make_grant(user=child, patient=self.visit.patient)
        roles = [self.role(who) for who in (self.user, None, self.doctor, make_assistant(clinic=self.visit.clinic), child)]
        self.assertEqual(roles, ["patient", "patient", "practitioner", "assistant", "companion"])

    def test_coming_again_takes_the_same_seat(self):
        first, second = rooms.seat(self.visit, user=self.doctor), rooms.seat(self.visit, user=self.doctor)
        self.assertEqual(first.participant, second.participant)

    def test_before_the_call_the_room_is_closed(self):
        with self.assertRaises(rooms.RoomClosed):
            rooms.seat(make_visit(state=State.WAITING), user=None)

    def test_a_pass_opens_its_own_room_for_a_minute(self):
        participant = rooms.seat(self.visit, user=self.doctor).participant
        token = rooms.token_for(participant)
        self.assertEqual(rooms.holder_of(token, self.visit.pk), participant)
        self.assertIsNone(rooms.holder_of(token, make_visit(state=State.IN_PROGRESS).pk))
        self.assertIsNone(rooms.holder_of(token + "x", self.visit.pk))
        with time_machine.travel(timezone.now() + timedelta(seconds=rooms.TOKEN_SECONDS + 2)):
            self.assertIsNone(rooms.holder_of(token, self.visit.pk))

    def test_a_pass_of_a_finished_visit_opens_nothing(self):
        token = rooms.token_for(rooms.seat(self.visit, user=self.doctor).participant)
        flow.finish(self.visit, by=self.doctor)
        self.assertIsNone(rooms.holder_of(token, self.visit.pk))

    def test_the_fifth_person_is_refused(self):
        for number in range(4):
            rooms.enter(rooms.seat(self.visit, user=make_assistant(clinic=self.visit.clinic)).participant, f"s{number}")
        with self.assertRaises(rooms.RoomClosed):
            rooms.enter(rooms.seat(self.visit, user=self.doctor).participant, "s5")

    def test_an_old_socket_that_ends_does_not_take_the_new_one_along(self):
        participant = rooms.seat(self.visit, user=self.doctor).participant
        rooms.enter(participant, "old")
        rooms.enter(participant, "new")
        rooms.go(participant, "old")
        self.assertIsNone(Participant.objects.get(pk=participant.pk).left_at)

    def test_leaving_the_room_never_ends_the_visit(self):
        participant = rooms.seat(self.visit, user=self.doctor).participant
        rooms.enter(participant, "s")
        rooms.go(participant, "s")
        self.visit.refresh_from_db()
        self.assertEqual(self.visit.state, State.IN_PROGRESS)
        actions = list(AuditEvent.objects.filter(action__startswith="room.").values_list("action", flat=True))
        self.assertEqual(actions, ["room.join", "room.leave"])

    def test_the_room_opens_with_the_call_and_closes_with_the_visit(self):
        with self.captureOnCommitCallbacks(execute=True):
            visit = make_visit(state=State.IN_PROGRESS)
        self.assertIsNone(Room.objects.get(visit=visit).closed_at)
        with self.captureOnCommitCallbacks(execute=True):
            flow.finish(visit, by=visit.practitioner.user)
        self.assertIsNotNone(Room.objects.get(visit=visit).closed_at)

    def test_an_empty_or_endless_line_is_refused(self):
        participant = rooms.seat(self.visit, user=self.doctor).participant
        for text in ("", "  ", "a" * 1001):
            with self.assertRaises(Refused):
                rooms.say(participant, text)
        self.assertFalse(ChatMessage.objects.exists())


class PageTest(TestCase):
    def setUp(self):
        self.user = make_user()
        self.visit = make_visit(state=State.IN_PROGRESS, patient=make_patient(user=self.user))
        self.room = reverse("video:room", args=[self.visit.pk])

    def test_everybody_of_the_visit_finds_the_room(self):
        for user in (self.user, self.visit.practitioner.user, make_assistant(clinic=self.visit.clinic)):
            self.client.force_login(user)
            self.assertContains(self.client.get(self.room), 'id="room"')

    def test_the_links_holder_finds_it_too(self):
        self.client.get(links.make(self.visit))
        self.assertEqual(self.client.get(self.room).status_code, 200)

    def test_strangers_find_nothing(self):
        for user in (make_user(), make_doctor(clinic=make_clinic())):
            self.client.force_login(user)
            for name in ("room", "seat", "check"):
                self.assertEqual(self.client.get(reverse(f"video:{name}", args=[self.visit.pk])).status_code, 404)

    def test_a_line_can_be_written_without_a_socket(self):
        self.client.force_login(self.user)
        self.client.post(reverse("video:say", args=[self.visit.pk]), {"text": "I cannot hear you"})
        self.assertEqual(ChatMessage.objects.get().text, "I cannot hear you")

    def test_before_the_call_the_visits_page_says_what_is_going_on(self):
        visit = make_visit(patient=make_patient(user=make_user(), clinic=self.visit.clinic))
        self.client.force_login(visit.patient.user)
        answer = self.client.get(reverse("video:room", args=[visit.pk]))
        self.assertRedirects(answer, reverse("visit", args=[visit.pk]))
        self.assertEqual(self.client.get(reverse("video:seat", args=[visit.pk])).status_code, 409)

    def test_writing_is_a_post(self):
        self.client.force_login(self.user)
        self.assertEqual(self.client.get(reverse("video:say", args=[self.visit.pk])).status_code, 405)

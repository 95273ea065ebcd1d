"""Who has which seat, who may write, and when the room is open."""

from datetime import timedelta

import time_machine
from django.core import signing
from django.test import TestCase
from django.utils import timezone

from accounts.errors import Refused
from accounts.models import AuditEvent, User
from tests.factories import (
    make_assistant,
    make_clinic,
    make_doctor,
    make_grant,
    make_patient,
    make_practitioner,
    make_user,
    make_visit,
)
from video import rooms, tokens
from video.models import ChatMessage, Participant, Room
from video.rooms import NotOfThisVisit, RoomClosed
from visits import flow
from visits.models import Visit
from visits.states import State

Role = Participant.Role


class RoomOfAVisitTest(TestCase):
    def test_it_is_made_for_who_comes_first_and_closes_with_the_visit(self):
        clinic = make_clinic()
        doctor = make_doctor(clinic=clinic)
        visit = make_visit(clinic=clinic, doctor=doctor)
        self.assertFalse(Room.objects.filter(visit=visit).exists())
        with self.captureOnCommitCallbacks(execute=True):
            visit = flow.call_in(visit, by=doctor)
        self.assertEqual(rooms.admit(visit, user=doctor).room, Room.objects.get(visit=visit, closed_at=None))
        with self.captureOnCommitCallbacks(execute=True):
            flow.hold(visit, by=doctor)
        self.assertIsNone(Room.objects.get(visit=visit).closed_at)
        with self.captureOnCommitCallbacks(execute=True):
            flow.discontinue(visit, by=doctor, reason="line lost")
        self.assertIsNotNone(Room.objects.get(visit=visit).closed_at)


class SeatTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.doctor = make_doctor(clinic=self.clinic)
        self.owner = make_user()
        self.patient = make_patient(clinic=self.clinic, user=self.owner)
        self.visit = make_visit(state=State.IN_PROGRESS, patient=self.patient, doctor=self.doctor)

    def test_a_doctor_is_in_one_room_at_a_time(self):
        waiting = make_visit(clinic=self.clinic)
        flow.call_in(waiting, by=self.doctor, instead=True)
        held = Visit.objects.get(pk=self.visit.pk)
        with self.assertRaises(RoomClosed):
            rooms.admit(held, user=self.doctor)
        self.assertTrue(rooms.seat(held, user=self.doctor).refusal)
        self.assertEqual(rooms.admit(held, user=self.owner).role, Role.PATIENT)
        flow.finish(waiting, by=self.doctor)
        self.assertEqual(rooms.admit(held, user=self.doctor).role, Role.PRACTITIONER)

    def test_the_server_decides_who_somebody_is(self):
        child = make_user()
        make_grant(user=child, patient=self.patient)
        parts = [(self.owner, Role.PATIENT), (None, Role.PATIENT), (self.doctor, Role.PRACTITIONER),
                 (make_assistant(clinic=self.clinic), Role.ASSISTANT), (child, Role.COMPANION)]  # fmt: skip
        for user, role in parts:
            with self.subTest(role=role):
                self.assertEqual(rooms.admit(self.visit, user=user).role, role)

    def test_another_doctor_of_the_clinic_does_not_sit_in(self):
        colleague = make_doctor(clinic=self.clinic)
        with self.assertRaises(NotOfThisVisit):
            rooms.admit(self.visit, user=colleague)
        self.assertTrue(rooms.seat(self.visit, user=colleague).refusal)
        self.assertFalse(Participant.objects.filter(user=colleague).exists())

    def test_staff_of_another_clinic_and_administrators_do_not_sit_in(self):
        for user in (make_assistant(), make_practitioner(clinic=self.clinic, role=User.Role.ADMINISTRATOR).user):
            with self.assertRaises(NotOfThisVisit):
                rooms.admit(self.visit, user=user)

    def test_coming_again_takes_the_same_seat(self):
        self.assertEqual(rooms.admit(self.visit, user=self.doctor), rooms.admit(self.visit, user=self.doctor))
        self.assertEqual(rooms.admit(self.visit), rooms.admit(self.visit))

    def test_nobody_sits_before_the_call_or_after_the_end(self):
        for state in (State.ARRIVED, State.WAITING, State.COMPLETED, State.CANCELLED, State.DISCONTINUED):
            visit = make_visit(state=state)
            with self.subTest(state=state), self.assertRaises(RoomClosed):
                rooms.admit(visit)

    def test_looking_at_a_page_seats_nobody(self):
        self.assertEqual(rooms.seat(self.visit, user=self.doctor).refusal, "")
        self.assertFalse(Participant.objects.exists())


class PassTest(TestCase):
    def setUp(self):
        self.visit = make_visit(state=State.IN_PROGRESS)
        self.person = rooms.admit(self.visit)
        self.token = tokens.token_for(self.person)

    def test_a_fresh_pass_opens_its_own_seat(self):
        self.assertEqual(tokens.holder_of(self.token, self.visit.pk), self.person)

    def test_it_opens_once(self):
        self.assertEqual(tokens.spend(self.token, self.visit.pk), self.person)
        self.assertIsNone(tokens.spend(self.token, self.visit.pk))
        self.assertEqual(tokens.spend(tokens.token_for(self.person), self.visit.pk), self.person)

    def test_it_opens_no_other_visit(self):
        self.assertIsNone(tokens.holder_of(self.token, make_visit(state=State.IN_PROGRESS).pk))

    def test_a_forged_or_foreign_pass_opens_nothing(self):
        for token in ("", "x", self.token[:-1] + "x", signing.dumps(str(self.person.pk), salt="another purpose")):
            self.assertIsNone(tokens.holder_of(token, self.visit.pk))

    def test_an_old_pass_opens_nothing(self):
        with time_machine.travel(timezone.now() + timedelta(seconds=tokens.TOKEN_SECONDS + 2)):
            self.assertIsNone(tokens.holder_of(self.token, self.visit.pk))

    def test_after_the_visit_it_opens_nothing(self):
        flow.finish(self.visit, by=self.visit.practitioner.user)
        self.assertIsNone(tokens.holder_of(self.token, self.visit.pk))


class BeingThereTest(TestCase):
    def setUp(self):
        self.visit = make_visit(state=State.IN_PROGRESS)
        self.person = rooms.admit(self.visit)

    def test_leaving_does_not_end_the_visit(self):
        rooms.enter(self.person, "a")
        self.assertEqual(list(rooms.inside(self.person.room)), [self.person])
        rooms.go(self.person, "a")
        self.assertEqual(list(rooms.inside(self.person.room)), [])
        self.visit.refresh_from_db()
        self.assertEqual(self.visit.state, State.IN_PROGRESS)
        told = set(AuditEvent.objects.values_list("action", flat=True))
        self.assertLessEqual({"room.join", "room.leave"}, told)

    def test_a_socket_that_was_replaced_says_nothing(self):
        rooms.enter(self.person, "old")
        rooms.enter(self.person, "new")
        rooms.go(self.person, "old")
        self.assertEqual(list(rooms.inside(self.person.room)), [self.person])

    def come(self, role):
        seat = Participant.objects.create(room=self.person.room, user=make_user(), role=role, name="C")
        rooms.enter(seat, str(seat.pk)[:30])

    def test_six_people_and_an_interpreter_fill_the_room(self):
        for _number in range(rooms.MOST_PEOPLE):
            self.come(Role.COMPANION)
        with self.assertRaises(RoomClosed):
            rooms.enter(self.person, "late")
        self.come(Role.INTERPRETER)
        for role in (Role.INTERPRETER, Role.COMPANION):
            with self.assertRaises(RoomClosed):
                self.come(role)


class SayTest(TestCase):
    def setUp(self):
        self.visit = make_visit(state=State.IN_PROGRESS)
        self.person = rooms.admit(self.visit)

    def test_a_line_is_kept(self):
        rooms.say(self.person, "  왼팔도 저려요 ")
        self.assertEqual(ChatMessage.objects.get().text, "왼팔도 저려요")
        self.assertTrue(AuditEvent.objects.filter(action="room.say").exists())

    def test_the_audit_keeps_no_words(self):
        rooms.say(self.person, "왼팔도 저려요")
        self.assertNotIn("왼팔", str(AuditEvent.objects.filter(action="room.say").values()))

    def test_empty_and_endless_lines_are_refused(self):
        for text in ("", "   ", "\x00", "x" * 1001):
            with self.subTest(length=len(text)), self.assertRaises(Refused):
                rooms.say(self.person, text)

    def test_after_the_visit_nothing_is_written(self):
        flow.finish(self.visit, by=self.visit.practitioner.user)
        with self.assertRaises(RoomClosed):
            rooms.say(self.person, "one more thing")

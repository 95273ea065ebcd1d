from datetime import timedelta

import time_machine
from django.test import TestCase, TransactionTestCase
from django.utils import timezone

from accounts.models import Grant, Scope
from messaging import planning, readers
from messaging.models import Channel, Kind, Message
from tests.factories import make_grant, make_patient, make_user, make_visit
from tests.messaging import cancel, make_booking, move, plan_all, states
from visits import flow
from visits.models import Visit
from visits.states import State

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class BookedTest(TestCase):
    def test_a_booking_is_confirmed_and_recalled_a_week_a_day_and_an_hour_before(self):
        appointment = make_booking(ahead=10 * DAY)
        self.assertEqual([kind for kind, _state in states()], ["confirmation", "week", "day", "hour"])
        due = dict(Message.objects.values_list("kind", "due_at"))
        self.assertEqual(due["week"], appointment.start - 7 * DAY)
        self.assertEqual(due["day"], appointment.start - DAY)
        self.assertEqual(due["hour"], appointment.start - HOUR)

    def test_reminders_whose_time_is_over_are_not_planned(self):
        make_booking(ahead=3 * HOUR)
        self.assertEqual([kind for kind, _state in states()], ["confirmation", "hour"])

    def test_a_reminder_just_after_the_confirmation_is_not_planned(self):
        make_booking(ahead=HOUR + timedelta(minutes=20))
        self.assertEqual([kind for kind, _state in states()], ["confirmation"])

    def test_planning_twice_plans_once(self):
        appointment = make_booking()
        for _ in range(2):
            planning.plan(appointment.changes.get())
        self.assertEqual(Message.objects.count(), 4)

    def test_a_change_that_nobody_planned_is_found(self):
        appointment = make_booking(plan=False)
        self.assertEqual(list(planning.unplanned()), list(appointment.changes.all()))
        plan_all()
        self.assertEqual(list(planning.unplanned()), [])

    def test_a_link_that_somebody_asked_for_hides_no_change_that_nobody_planned(self):
        change = make_booking(plan=False).changes.get()
        (reader,) = readers.of(change.appointment.patient, to=Scope.BOOK)
        planning.plan_link(1, reader, change=change)
        self.assertEqual(list(planning.unplanned()), [change])


class ReceiverTest(TransactionTestCase):
    def test_messages_are_planned_as_soon_as_the_booking_is_safe(self):
        make_booking(plan=False)
        self.assertEqual(Message.objects.count(), 4)


class ChangedTest(TestCase):
    def test_after_a_move_the_old_reminders_are_dead_and_new_ones_stand(self):
        appointment = make_booking(ahead=10 * DAY)
        moved = move(appointment, 12 * DAY)
        self.assertEqual(set(states("confirmation")), {("confirmation", "stale")})
        self.assertEqual(states("moved"), [("moved", "planned")])
        planned = Message.objects.planned().filter(kind=Kind.DAY)
        self.assertEqual([message.due_at for message in planned], [moved.start - DAY])

    def test_after_a_cancellation_only_the_cancellation_is_told(self):
        cancel(make_booking())
        self.assertEqual([kind for kind, state in states() if state == "planned"], ["cancelled"])

    def test_a_change_planned_late_does_not_raise_the_dead(self):
        appointment = make_booking(plan=False)
        move(appointment, 12 * DAY)  # plans the move, and the booking after it is found too
        for change in appointment.changes.order_by("-pk"):
            planning.plan(change)
        self.assertNotIn(("confirmation", "planned"), states())
        self.assertEqual(Message.objects.planned().filter(kind=Kind.DAY).count(), 1)


class ReaderTest(TestCase):
    def channels(self):
        return sorted(Message.objects.filter(kind=Kind.HOUR).values_list("reader__email", "channel"))

    def test_by_mail_and_what_is_urgent_by_phone_if_there_is_one(self):
        make_booking(patient=make_patient(user=make_user(), phone="010-2222-3333"))
        by_kind = dict(Message.objects.values_list("kind", "channel"))
        self.assertEqual((by_kind["day"], by_kind["hour"]), (Channel.EMAIL, Channel.SMS))

    def test_kakaotalk_takes_the_place_of_sms_once_it_is_set_up(self):
        with self.settings(KAKAO_URL="https://gateway.example/kakao"):
            make_booking(patient=make_patient(phone="010-2222-3333"), by=make_user("assistant"))
        self.assertEqual(set(Message.objects.values_list("channel", flat=True)), {Channel.KAKAO})

    def test_who_booked_for_a_mother_is_told_beside_her(self):
        daughter = make_user()
        mother = make_patient(phone="010-2222-3333")
        make_grant(user=daughter, patient=mother)
        make_booking(patient=mother, by=daughter)
        self.assertEqual(Message.objects.filter(kind=Kind.DAY).count(), 2)

    def test_a_child_is_told_through_those_who_act_for_it(self):
        child, parents = make_patient(), [make_user(), make_user()]
        for parent in parents:
            make_grant(user=parent, patient=child)
        make_booking(patient=child, by=make_user("assistant"))
        told = set(Message.objects.filter(kind=Kind.DAY).values_list("reader", flat=True))
        self.assertEqual(told, {parent.pk for parent in parents})

    def test_nobody_to_tell_is_written_down_and_not_tried_for_ever(self):
        make_booking(patient=make_patient(), by=make_user("assistant"))
        self.assertEqual({state for _kind, state in states()}, {"failed"})
        self.assertEqual(list(planning.unplanned()), [])

    def test_a_right_that_was_taken_back_ends_the_messages_too(self):
        parent, child = make_user(), make_patient()
        make_grant(user=parent, patient=child)
        make_booking(patient=child, by=parent)
        message = Message.objects.get(kind=Kind.CONFIRMATION)
        self.assertTrue(message.is_true())
        Grant.objects.update(revoked_at=timezone.now())
        self.assertFalse(message.is_true())


class VisitTest(TestCase):
    def waiting(self, **fields):
        return make_visit(patient=make_patient(user=make_user()), state=State.WAITING, **fields)

    def later(self, **delta):
        return time_machine.travel(timezone.now() + timedelta(**delta), tick=False)

    def test_the_first_in_the_queue_is_told_once(self):
        visit = self.waiting()
        with self.later(minutes=3):
            planning.plan_next()
            planning.plan_next()
        self.assertEqual(list(Message.objects.values_list("kind", "visit")), [("next", visit.pk)])

    def test_who_stands_further_back_is_not_told_yet(self):
        first = self.waiting()
        second = make_visit(patient=make_patient(user=make_user(), clinic=first.clinic), state=State.WAITING)
        with self.later(minutes=3):
            planning.plan_next()
        self.assertFalse(second.messages.exists())

    def test_who_has_just_joined_still_looks_at_the_page(self):
        self.waiting()
        planning.plan_next()
        self.assertFalse(Message.objects.exists())

    def test_who_sits_in_the_clinic_is_called_there(self):
        self.waiting(channel=Visit.Channel.CLINIC)
        with self.later(minutes=3):
            planning.plan_next()
        self.assertFalse(Message.objects.exists())

    def test_after_the_visit_one_message_says_where_to_read_what_was_said(self):
        visit = make_visit(patient=make_patient(user=make_user()), state=State.COMPLETED)
        for found in planning.unfollowed():
            planning.plan_follow_up(found)
        planning.plan_follow_up(visit)
        self.assertEqual(list(visit.messages.values_list("kind", flat=True)), ["follow-up"])
        self.assertEqual(list(planning.unfollowed()), [])

    def test_who_left_the_queue_is_not_called_next(self):
        visit = self.waiting()
        with self.later(minutes=3):
            planning.plan_next()
        flow.leave(visit, by=None)
        self.assertFalse(Message.objects.get().is_true())

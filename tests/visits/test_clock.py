from datetime import timedelta

import time_machine
from django.test import TestCase
from django.utils import timezone

from accounts.errors import Refused
from accounts.models import AuditEvent
from tests.factories import make_assistant, make_doctor, make_visit
from visits import beats, clock, errands, flow
from visits.models import Reassessment, Task
from visits.order import LOOK_AGAIN_MINUTES
from visits.states import State

MINUTE = timedelta(minutes=1)


class Minutes(TestCase):
    """Tests that let minutes go by."""

    def setUp(self):
        self.began = timezone.now()

    def after(self, minutes):
        return time_machine.travel(self.began + minutes * MINUTE, tick=False)


class DueTest(Minutes):
    def test_the_more_urgent_the_sooner_somebody_is_asked_again(self):
        for level, minutes in LOOK_AGAIN_MINUTES.items():
            visit = make_visit(acuity=level)
            with self.subTest(level=level):
                self.assertNotIn(visit, clock.due(visit.waiting_since + (minutes - 1) * MINUTE))
                self.assertIn(visit, clock.due(visit.waiting_since + minutes * MINUTE))

    def test_an_emergency_and_who_does_not_wait_are_not_asked(self):
        make_visit(acuity=1)
        make_visit(state=State.ARRIVED)
        make_visit(state=State.IN_PROGRESS)
        self.assertFalse(clock.due(self.began + 600 * MINUTE).exists())

    def test_the_clock_runs_twice_and_asks_once(self):
        visit = make_visit(acuity=2)
        with self.after(16):
            clock.tick()
            clock.tick()
            clock.ask(visit)  # as a second beat at the same moment would
        self.assertEqual(visit.reassessments.count(), 1)

    def test_after_an_answer_the_time_begins_anew(self):
        visit = make_visit(acuity=2)
        with self.after(16):
            clock.tick()
            visit.reassessments.update(answered_at=timezone.now(), feeling="same")
        self.assertNotIn(visit, clock.due(self.began + 30 * MINUTE))
        self.assertIn(visit, clock.due(self.began + 31 * MINUTE))

    def test_the_question_leaves_the_page_when_the_patient_is_called_in(self):
        visit = make_visit(acuity=2)
        clock.ask(visit)
        self.assertIsNotNone(clock.open_question(visit))
        visit = flow.call_in(visit, by=make_doctor(clinic=visit.clinic))
        self.assertIsNone(clock.open_question(visit))


class SilenceTest(Minutes):
    def setUp(self):
        super().setUp()
        self.visit = make_visit(acuity=2)
        self.assistant = make_assistant(clinic=self.visit.clinic)
        with self.after(16):
            clock.tick()

    def test_no_answer_in_good_time_makes_one_task(self):
        with self.after(19):
            clock.tick()
        self.assertFalse(self.visit.tasks.exists())
        for minutes in (22, 23):
            with self.after(minutes):
                clock.tick()
        self.assertEqual([task.kind for task in self.visit.tasks.all()], [Task.Kind.NO_ANSWER])

    def test_when_somebody_looked_the_clock_goes_on(self):
        with self.after(22):
            clock.tick()
            errands.finish(self.visit.tasks.get(), by=self.assistant)
            clock.tick()
            self.assertEqual(self.visit.tasks.count(), 1)
        self.assertNotIn(self.visit, clock.due(self.began + 36 * MINUTE))
        self.assertIn(self.visit, clock.due(self.began + 38 * MINUTE))
        self.assertEqual(Reassessment.objects.get().by, self.assistant)

    def test_who_is_called_in_leaves_no_task_behind(self):
        with self.after(22):
            clock.tick()
        flow.call_in(self.visit, by=make_doctor(clinic=self.visit.clinic))
        flow.discontinue(self.visit, by=None, reason="line lost")
        self.assertFalse(Task.objects.open().exists())


class PersonTest(TestCase):
    def test_asking_twice_is_asking_once_and_it_is_written_down(self):
        visit = make_visit()
        first = errands.ask_for_person(visit, by=None, words="my place is wrong")
        self.assertEqual(errands.ask_for_person(visit, by=None), first)
        self.assertEqual(AuditEvent.objects.filter(action="task.person", patient_id=visit.patient_id).count(), 1)

    def test_the_answer_stays_with_who_gave_it(self):
        visit = make_visit()
        assistant = make_assistant(clinic=visit.clinic)
        task = errands.finish(errands.ask_for_person(visit, by=None), by=assistant, answer="You are next but one.")
        self.assertEqual((task.done_by, task.answer), (assistant, "You are next but one."))
        self.assertEqual(errands.finish(task, by=None, answer="other").answer, "You are next but one.")
        self.assertTrue(AuditEvent.objects.filter(action="task.done", by=assistant).exists())

    def test_after_the_visit_there_is_nothing_to_look_at(self):
        with self.assertRaises(Refused):
            errands.ask_for_person(make_visit(state=State.COMPLETED), by=None)


class HeldTest(Minutes):
    def setUp(self):
        super().setUp()
        self.visit = make_visit(state=State.ON_HOLD)

    def tick(self, minutes):
        with self.after(minutes):
            clock.tick()
        return list(self.visit.tasks.filter(kind=Task.Kind.ON_HOLD, done_at=None))

    def test_who_is_on_hold_for_long_is_brought_to_mind_once(self):
        self.assertEqual(self.tick(19), [])
        [task] = self.tick(21)
        self.assertEqual(task.words, self.visit.practitioner.name)
        self.assertEqual(self.tick(60), [task])

    def test_and_again_when_nothing_came_of_it(self):
        [task] = self.tick(21)
        errands.finish(task, by=make_assistant(clinic=self.visit.clinic))
        self.assertEqual(self.tick(40), [])
        self.assertEqual(len(self.tick(42)), 1)

    def test_it_is_over_when_the_doctor_goes_on(self):
        self.tick(21)
        flow.resume(self.visit, by=self.visit.practitioner.user)
        self.assertEqual(self.tick(22), [])


class OneAfterTheOtherTest(TestCase):
    def test_one_who_cannot_be_helped_keeps_nobody_waiting(self):
        first, second = make_visit(), make_visit()
        done = []

        def help_them(visit):
            if visit == first:
                flow.leave(visit, by=None)
                raise ValueError("whatever")
            done.append(visit)

        with self.assertLogs("visits.beats", "ERROR"):
            beats.for_each([first, second], help_them)
        first.refresh_from_db()
        self.assertEqual((done, first.state), ([second], State.WAITING))

from datetime import timedelta

import time_machine
from django.test import TestCase
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from tests.factories import make_clinic, make_doctor, make_visit
from visits import duty, flow, handover, queue
from visits.models import Source, Task, Visit
from visits.states import WITH_DOCTOR, State

SECOND, MOST = timedelta(seconds=1), timedelta(minutes=2)
BEAT_SECONDS = 10


class GivenBackTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.doctor = make_doctor(clinic=self.clinic)
        self.now = timezone.now() + SECOND  # whatever is done before, is done by then

    def after(self, seconds):
        return time_machine.travel(self.now + seconds * SECOND, tick=False)

    def test_who_is_left_alone_has_the_place_and_the_level_of_before(self):
        first, second = (make_visit(clinic=self.clinic, acuity=3, acuity_source=Source.CLINICIAN) for _ in range(2))
        flow.call_in(first, by=self.doctor)
        with self.after(101):
            handover.sweep()
            line = [place.visit for place in queue.of_staff(self.doctor)]
        self.assertEqual(line, [first, second])
        back = line[0]
        self.assertEqual((back.acuity, back.acuity_source, back.waiting_since), (3, Source.CLINICIAN, first.waiting_since))
        self.assertEqual((back.practitioner, back.called_at), (None, None))
        self.assertTrue(handover.came_back(back))
        self.assertFalse(handover.came_back(second))

    def test_a_person_is_asked_to_look_once(self):
        visit = make_visit(state=State.ON_HOLD, doctor=self.doctor, clinic=self.clinic)
        with self.after(101):
            handover.sweep()
            handover.sweep()
        task = visit.tasks.get()
        self.assertEqual((task.kind, task.words), (Task.Kind.LEFT_ALONE, self.doctor.practitioner.name))

    def test_a_row_without_a_doctor_is_freed_like_any_other(self):
        visit = make_visit(state=State.IN_PROGRESS, doctor=self.doctor, clinic=self.clinic)
        Visit.objects.filter(pk=visit.pk).update(practitioner=None)
        handover.sweep()
        visit.refresh_from_db()
        self.assertEqual(visit.state, State.WAITING)

    def test_a_doctor_who_no_longer_works_here_keeps_nobody(self):
        visit = make_visit(state=State.ON_HOLD, doctor=self.doctor, clinic=self.clinic)
        self.doctor.practitioner.clinics.set([make_clinic()])
        handover.sweep()
        visit.refresh_from_db()
        self.assertEqual((visit.state, visit.practitioner), (State.WAITING, None))

    def test_a_doctor_whose_page_is_open_keeps_the_patient(self):
        visit = make_visit(state=State.IN_PROGRESS, doctor=self.doctor, clinic=self.clinic)
        for seconds in range(15, 600, 15):
            with self.after(seconds):
                duty.see(self.doctor)
                handover.sweep()
        visit.refresh_from_db()
        self.assertEqual(visit.state, State.IN_PROGRESS)

    def test_who_comes_back_in_time_keeps_the_patient(self):
        visit = make_visit(state=State.IN_PROGRESS, doctor=self.doctor, clinic=self.clinic)
        with self.after(101):
            duty.see(self.doctor)
            handover.free(visit)  # the sweep had just seen that nobody was there
        visit.refresh_from_db()
        self.assertEqual(visit.state, State.IN_PROGRESS)

    def test_life_in_danger_interrupts_every_doctor_again(self):
        make_visit(state=State.IN_PROGRESS, doctor=self.doctor, clinic=self.clinic, acuity=1)
        with self.after(101):
            handover.sweep()
        self.assertEqual(len(queue.emergencies(make_doctor(clinic=self.clinic))), 1)

    def test_the_end_of_a_shift_gives_back_who_is_on_hold_at_once(self):
        visit = make_visit(state=State.ON_HOLD, doctor=self.doctor, clinic=self.clinic)
        handover.end_shift(by=self.doctor)
        visit.refresh_from_db()
        self.assertEqual((visit.state, visit.practitioner), (State.WAITING, None))

    def test_only_who_is_with_a_doctor_can_be_given_back(self):
        for state in State.ARRIVED, State.WAITING, State.COMPLETED:
            with self.assertRaises(flow.WrongState):
                handover.give_back(make_visit(state=state), by=None)

    def test_somebody_else_can_call_the_patient_in(self):
        visit = make_visit(state=State.IN_PROGRESS, doctor=self.doctor, clinic=self.clinic)
        with self.after(101):
            handover.sweep()
            colleague = make_doctor(clinic=self.clinic)
            self.assertEqual(flow.call_in(visit, by=colleague).practitioner, colleague.practitioner)


class NeverLongerThanTwoMinutesTest(HypothesisTestCase):
    """Whenever a doctor was last there, and whatever else happens: two minutes later nobody is theirs."""

    deed = st.sampled_from(["see", "call", "hold", "resume", "finish", "pause", "end"])
    deeds = st.lists(st.tuples(deed, st.integers(0, 1)), max_size=12)

    @settings(max_examples=15, deadline=None, derandomize=True)
    @given(st.lists(st.tuples(deeds, st.integers(1, 12)), max_size=8))
    def test_nobody_is_owned_by_an_absent_doctor(self, times):
        clinic = make_clinic()
        doctors = [make_doctor(clinic=clinic) for _ in range(2)]
        for _person in range(4):
            make_visit(clinic=clinic)
        there = {}
        with time_machine.travel(timezone.now(), tick=False) as clock:
            for deeds, beats in times:
                for deed, who in deeds:
                    do(deed, doctors[who])
                    there[doctors[who].pk] = timezone.now() if duty.shift_of(doctors[who]) else None
                for _beat in range(beats):
                    clock.shift(BEAT_SECONDS * SECOND)
                    handover.sweep()
                    for visit in Visit.objects.filter(state__in=WITH_DOCTOR):
                        last = there[visit.practitioner.user_id]
                        self.assertIsNotNone(last)
                        self.assertLessEqual(timezone.now() - last, MOST)


def do(deed, doctor):
    """The deed, if the rules allow it; whatever a doctor does on a page is a sign of life."""
    mine = doctor.practitioner.visits
    held, treated = mine.filter(state=State.ON_HOLD).first(), mine.filter(state=State.IN_PROGRESS).first()
    allowed = {
        "see": lambda: None,
        "call": lambda: treated or flow.call_in_next(by=doctor),
        "hold": lambda: treated and flow.hold(treated, by=doctor),
        "resume": lambda: held and not treated and flow.resume(held, by=doctor),
        "pause": lambda: duty.shift_of(doctor) and not treated and duty.pause(by=doctor),
        "finish": lambda: treated and flow.finish(treated, by=doctor),
        "end": lambda: duty.shift_of(doctor) and not treated and handover.end_shift(by=doctor),
    }
    allowed[deed]()
    duty.see(doctor)

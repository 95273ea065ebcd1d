from datetime import timedelta
from functools import partial
from itertools import product

from django.test import SimpleTestCase, TestCase
from django.utils import timezone

from accounts.models import AuditEvent
from scheduling.models import Appointment
from scheduling.openings import open_slots
from tests.factories import make_clinic, make_doctor, make_intake, make_patient, make_user, make_visit
from tests.scheduling import make_open_doctor
from tests.scheduling.test_booking import book
from visits import acuity, flow
from visits.flow import WrongState
from visits.models import Change, Source, Visit
from visits.states import MOVES, OPEN, State


class MovesTest(SimpleTestCase):
    def test_every_state_has_its_line(self):
        self.assertEqual(set(MOVES), set(State))

    def test_moves_lead_to_states_and_never_stand_still(self):
        for state, moves in MOVES.items():
            self.assertTrue(moves <= set(State) - {state}, state)

    def test_every_open_state_leads_to_an_end(self):
        for state in OPEN:
            reached, todo = set(), [state]
            while todo:
                reached.add(here := todo.pop())
                todo += MOVES[here] - reached
            self.assertTrue(reached - set(OPEN), state)


class MoveTest(TestCase):
    def test_every_allowed_move_is_made_and_every_other_refused(self):
        for old, new in product(State, State):
            with self.subTest(old=old, new=new):
                visit = make_visit(state=old)
                before = visit.changes.count()
                if new in MOVES[old]:
                    flow.move(visit, new, by=None)
                    expected, written = new, 1
                else:
                    with self.assertRaises(WrongState):
                        flow.move(visit, new, by=None)
                    expected, written = old, 0
                self.assertEqual(Visit.objects.get(pk=visit.pk).state, expected)
                self.assertEqual(visit.changes.count(), before + written)

    def test_a_move_writes_history_and_audit_together(self):
        visit, doctor = make_visit(state=State.WAITING), make_doctor()
        flow.call_in(visit, by=doctor)
        change = Change.objects.filter(visit=visit).last()
        self.assertEqual((change.old, change.new, change.by), (State.WAITING, State.IN_PROGRESS, doctor))
        self.assertTrue(AuditEvent.objects.filter(action="visit.in-progress", subject_id=str(visit.pk), by=doctor).exists())

    def test_a_colleagues_patient_is_not_paused_called_back_finished_or_broken_off(self):
        clinic = make_clinic()
        colleague = make_doctor(clinic=clinic)
        deeds = [flow.hold, flow.resume, flow.finish, partial(flow.discontinue, reason="line lost")]
        for state, deed in product((State.IN_PROGRESS, State.ON_HOLD), deeds):
            visit = make_visit(state=state, clinic=clinic)
            with self.assertRaises(WrongState):
                deed(visit, by=colleague)
            self.assertEqual(Visit.objects.get(pk=visit.pk).state, state)

    def test_what_is_rolled_back_leaves_no_history(self):
        visit = make_visit(state=State.WAITING)
        rows = Change.objects.count(), AuditEvent.objects.count()
        with self.assertRaises(AttributeError):
            flow.call_in(visit, by=make_user())  # nobody's practitioner: fails before anything is written
        with self.assertRaises(ValueError):
            flow.move(visit, State.IN_PROGRESS, by=make_doctor(), practitioner="nobody")
        self.assertEqual((Change.objects.count(), AuditEvent.objects.count()), rows)
        self.assertEqual(Visit.objects.get(pk=visit.pk).state, State.WAITING)

    def test_who_still_waits_is_not_resumed_without_a_doctor(self):
        visit = make_visit(state=State.WAITING)
        with self.assertRaises(flow.WrongState):
            flow.resume(visit, by=make_doctor(clinic=visit.clinic))

    def test_who_is_on_hold_keeps_their_doctor(self):
        visit = make_visit(state=State.ON_HOLD)
        with self.assertRaises(flow.WrongState):
            flow.call_in(visit, by=make_doctor(clinic=visit.clinic))

    def test_a_stale_page_cannot_call_in_twice(self):
        visit, first = make_visit(), make_doctor()
        flow.call_in(visit, by=first)
        with self.assertRaisesMessage(WrongState, first.practitioner.name):
            flow.call_in(visit, by=make_doctor())


class ArriveTest(TestCase):
    def test_arriving_twice_is_one_visit(self):
        patient = make_patient()
        first, second = (flow.arrive(patient, patient.clinic, by=None) for _ in range(2))
        self.assertEqual(first, second)
        self.assertEqual(Change.objects.filter(visit=first).count(), 1)
        self.assertEqual(AuditEvent.objects.filter(action="visit.arrive").count(), 1)

    def test_after_the_end_a_new_visit_begins(self):
        visit = make_visit(state=State.COMPLETED)
        self.assertNotEqual(flow.arrive(visit.patient, visit.clinic, by=None), visit)

    def test_an_open_visit_elsewhere_is_named(self):
        visit = make_visit(state=State.WAITING)
        with self.assertRaisesMessage(WrongState, visit.clinic.name):
            flow.arrive(visit.patient, make_clinic(), by=None)

    def test_who_comes_with_an_appointment_waits_from_its_time_on(self):
        patient = make_patient(user=make_user())
        start = timezone.now() + timedelta(minutes=10)
        appointment = Appointment.objects.create(
            patient=patient, clinic=patient.clinic, practitioner=make_doctor(clinic=patient.clinic).practitioner, start=start,
            end=start + timedelta(minutes=15), request_key="6f1c2c3e-0000-4000-8000-000000000001", booked_by=patient.user,
        )  # fmt: skip
        visit = flow.arrive(patient, patient.clinic, by=patient.user, appointment=appointment)
        self.assertEqual(flow.join_queue(visit, by=patient.user).waiting_since, start)
        doctor = make_doctor(clinic=patient.clinic)
        flow.call_in(visit, by=doctor)
        flow.finish(visit, by=doctor)
        appointment.refresh_from_db()
        self.assertEqual(appointment.status, Appointment.Status.FULFILLED)
        with self.assertRaises(WrongState):
            flow.arrive(patient, patient.clinic, by=patient.user, appointment=appointment)


class EarlyTest(TestCase):
    """Who is booked for later and is here already."""

    def setUp(self):
        self.doctor, clinic = make_open_doctor()
        self.appointment = book(open_slots(self.doctor, clinic)[0], self.doctor, clinic)
        self.visit = flow.arrive(self.appointment.patient, clinic, by=None, appointment=self.appointment)

    def line(self):
        return list(Visit.objects.in_line())

    def test_who_can_wait_has_a_place_from_the_booked_time_on(self):
        flow.join_queue(self.visit, by=None)
        acuity.judge(self.visit, 3, by=None, source=Source.MODEL)
        self.assertEqual(self.line(), [])

    def test_who_is_in_danger_has_a_place_at_once(self):
        flow.join_queue(self.visit, by=None)
        acuity.judge(self.visit, 2, by=None, source=Source.MODEL)
        self.assertEqual(self.line(), [self.visit])

    def test_whose_danger_was_seen_while_writing_has_one_too(self):
        acuity.judge(self.visit, 2, by=None, source=Source.RULES)
        flow.join_queue(self.visit, by=None)
        self.assertEqual(self.line(), [self.visit])

    def test_an_appointment_that_has_its_visit_is_not_taken_for_another_one(self):
        flow.leave(self.visit, by=None)
        walk_in = flow.arrive(self.appointment.patient, self.visit.clinic, by=None)
        self.assertEqual(flow.arrive(walk_in.patient, walk_in.clinic, by=None, appointment=self.appointment), walk_in)
        walk_in.refresh_from_db()
        self.assertIsNone(walk_in.appointment)


class AcuityTest(TestCase):
    def level(self, visit):
        visit.refresh_from_db()
        return visit.acuity, visit.acuity_source

    def test_the_first_judgement_may_lower_and_later_ones_only_raise(self):
        visit = make_visit()
        acuity.judge(visit, 5, by=None, source=Source.MODEL)
        self.assertEqual(self.level(visit), (5, Source.MODEL))
        acuity.judge(visit, 2, by=None, source=Source.RULES)
        acuity.judge(visit, 4, by=None, source=Source.MODEL)
        self.assertEqual(self.level(visit), (2, Source.RULES))

    def test_a_clinicians_level_stands_in_both_directions(self):
        visit = make_visit()
        acuity.judge(visit, 4, by=make_doctor(), source=Source.CLINICIAN, reason="seen")
        for level in 1, 5:
            acuity.judge(visit, level, by=None, source=Source.RULES)
        self.assertEqual(self.level(visit), (4, Source.CLINICIAN))

    def test_the_alarm_rings_once(self):
        visit = make_visit()
        for _ in range(2):
            acuity.sound_alarm(visit, reason="chest-pain")
        self.assertEqual(Change.objects.filter(visit=visit, reason="chest-pain").count(), 1)


class WhoSeesAVisitTest(TestCase):
    def test_reading_and_acting_are_different_questions(self):
        owner = make_user()
        intake = make_intake(patient=make_patient(user=owner), sent=True)
        clinic = intake.visit.clinic
        colleague, stranger = make_doctor(clinic=clinic), make_doctor()
        asked = Visit.objects
        self.assertEqual([asked.visible_to(who).count() for who in (owner, colleague, stranger)], [1, 1, 0])
        self.assertEqual([asked.treatable_by(who).count() for who in (owner, colleague, stranger)], [0, 1, 0])

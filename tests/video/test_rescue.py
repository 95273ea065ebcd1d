"""What a coordinator does for a visit with a bad line: rules."""

from django.test import TestCase

from accounts.models import AuditEvent
from tests.factories import make_patient, make_practitioner, make_visit
from video import rescue
from video.models import Room
from visits import flow
from visits.states import State


class RescueTest(TestCase):
    def setUp(self):
        self.visit = make_visit(state=State.IN_PROGRESS)
        self.coordinator = make_practitioner(clinic=self.visit.clinic, role="coordinator").user

    def written(self, action):
        return AuditEvent.objects.filter(action=action, by=self.coordinator, patient=self.visit.patient).count()

    def test_that_the_link_was_sent_again_is_written_down_and_the_link_stays_the_same(self):
        before = self.visit.link_nonce
        rescue.resend_link(self.visit, by=self.coordinator)
        self.visit.refresh_from_db()
        self.assertEqual((self.visit.link_nonce, self.written("visit.link-sent")), (before, 1))

    def test_the_number_is_given_and_that_it_was_taken_is_written_down(self):
        self.visit.patient.phone = "010-1234-5678"
        self.assertEqual(rescue.call_by_phone(self.visit, by=self.coordinator), "010-1234-5678")
        self.assertEqual(self.written("visit.phone"), 1)

    def test_without_a_number_the_clinics_is_said(self):
        self.visit.clinic.phone = "02-123-4567"
        with self.assertRaisesMessage(rescue.NoPhone, "02-123-4567"):
            rescue.call_by_phone(self.visit, by=self.coordinator)

    def test_pictures_are_left_out_and_come_again(self):
        self.assertTrue(rescue.leave_out_pictures(self.visit, by=self.coordinator).sound_only)
        self.assertFalse(rescue.let_pictures_come(self.visit, by=self.coordinator).sound_only)
        self.assertEqual((self.written("room.soundonly"), self.written("room.pictures")), (1, 1))

    def test_a_parked_visit_stays_with_its_doctor_and_goes_on(self):
        doctor = self.visit.practitioner
        parked = rescue.park(self.visit, by=self.coordinator, reason="")
        self.assertEqual((parked.state, parked.practitioner), (State.ON_HOLD, doctor))
        self.assertTrue(parked.changes.latest("pk").reason)
        back = rescue.take_back(parked, by=self.coordinator)
        self.assertEqual((back.state, back.practitioner), (State.IN_PROGRESS, doctor))
        self.assertEqual(self.written("visit.on-hold"), 1)

    def test_nothing_is_done_for_a_visit_that_is_not_with_a_doctor(self):
        waiting = make_visit(patient=make_patient(clinic=self.visit.clinic, phone="010"))
        for deed in (rescue.resend_link, rescue.call_by_phone, rescue.leave_out_pictures, rescue.let_pictures_come):
            with self.subTest(deed=deed), self.assertRaises(rescue.NotLive):
                deed(waiting, by=self.coordinator)
        with self.assertRaises(flow.WrongState):
            rescue.park(waiting, by=self.coordinator, reason="")
        self.assertFalse(Room.objects.filter(visit=waiting).exists())

from django.test import TestCase

from accounts.errors import Refused
from accounts.models import AuditEvent
from tests.factories import make_clinic, make_doctor, make_practitioner, make_visit
from visits import duty, flow, handing_over
from visits.models import Visit
from visits.states import State


class HandingOverTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.doctor = make_doctor(clinic=self.clinic)
        self.colleague = make_practitioner(clinic=self.clinic, name="Dr Heart", specialty_en="Cardiology")
        duty.begin(by=self.colleague.user)
        self.visit = make_visit(state=State.IN_PROGRESS, clinic=self.clinic, doctor=self.doctor)

    def give(self, to=None, reason="needs an ECG", by=None):
        return handing_over.hand_over(self.visit, to=to or self.colleague, by=by or self.doctor, reason=reason)

    def test_the_colleague_has_the_patient_on_hold_and_sees_why(self):
        self.give()
        visit = Visit.objects.get()
        self.assertEqual((visit.practitioner, visit.state), (self.colleague, State.ON_HOLD))
        self.assertEqual([change.reason for change in handing_over.handed_to(self.colleague.user)], ["needs an ECG"])
        self.assertEqual(handing_over.handed_to(self.doctor), [])
        self.assertTrue(AuditEvent.objects.filter(action="visit.hand-over", by=self.doctor).exists())

    def test_it_is_no_news_any_more_when_the_colleague_goes_on(self):
        self.give()
        flow.resume(self.visit, by=self.colleague.user)
        self.assertEqual(handing_over.handed_to(self.colleague.user), [])

    def test_somebody_on_hold_can_be_handed_over(self):
        flow.hold(self.visit, by=self.doctor)
        self.give()
        self.assertEqual(Visit.objects.get().practitioner, self.colleague)

    def test_of_a_specialty_whoever_has_the_fewest_in_hand(self):
        make_visit(state=State.IN_PROGRESS, clinic=self.clinic, doctor=self.colleague.user)
        absent, free = (make_practitioner(clinic=self.clinic, specialty_en="Cardiology") for _ in range(2))
        duty.begin(by=free.user)
        visit = handing_over.send_to_specialty(self.visit, "Cardiology", by=self.doctor, reason="murmur")
        self.assertEqual(visit.practitioner, free)
        self.assertNotIn(absent, handing_over.takers(visit, of=free.user))
        with self.assertRaises(Refused):
            handing_over.send_to_specialty(visit, "Dentistry", by=free.user, reason="tooth")

    def test_it_wants_a_reason_and_a_doctor_of_this_clinic(self):
        for wrong in ({"reason": " "}, {"to": make_practitioner()}, {"to": self.doctor.practitioner}):
            with self.assertRaises(Refused):
                self.give(**wrong)

    def test_only_who_has_the_patient_hands_over_and_only_once(self):
        with self.assertRaises(Refused):
            self.give(by=self.colleague.user, to=self.doctor.practitioner)
        self.give()
        with self.assertRaises(Refused):
            self.give()

    def test_nobody_is_given_to_a_doctor_who_is_not_there(self):
        duty.pause(by=self.colleague.user)
        with self.assertRaises(Refused):
            self.give()
        duty.end(by=self.colleague.user)
        with self.assertRaises(Refused):
            handing_over.send_to_specialty(self.visit, "Cardiology", by=self.doctor, reason="murmur")
        self.assertEqual(Visit.objects.get().practitioner, self.doctor.practitioner)

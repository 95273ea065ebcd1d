"""What a click costs in questions to the database: so that it stays quick when a hundred press at once."""

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scheduling.openings import open_slots
from tests.factories import make_clinic, make_doctor, make_patient, make_user, make_visit
from tests.scheduling import make_open_doctor
from tests.scheduling.test_booking import book
from visits import duty, flow


class CostTest(TestCase):
    def assert_asks_at_most(self, number, deed):
        with CaptureQueriesContext(connection) as asked, self.captureOnCommitCallbacks(execute=True):
            self.assertTrue(deed())
        self.assertLessEqual(len(asked), number, [query["sql"][:100] for query in asked])

    def setUp(self):
        self.clinic = make_clinic()
        self.doctor = make_doctor(clinic=self.clinic)
        make_visit(clinic=self.clinic)
        duty.begin(by=self.doctor)

    def test_calling_in_the_next(self):
        self.assert_asks_at_most(10, lambda: flow.call_in_next(by=self.doctor))

    def test_calling_in_somebody(self):
        visit = make_visit(clinic=self.clinic)
        self.assert_asks_at_most(9, lambda: flow.call_in(visit, by=self.doctor))

    def test_the_button_of_the_doctors_page(self):
        self.client.force_login(self.doctor)
        self.assert_asks_at_most(13, lambda: self.client.post(reverse("desk:call-in-next")))

    def test_a_booking_with_its_messages(self):
        doctor, clinic = make_open_doctor()
        slot, patient = open_slots(doctor, clinic)[0], make_patient(clinic=clinic, user=make_user())
        self.assert_asks_at_most(17, lambda: book(slot, doctor, clinic, patient=patient))

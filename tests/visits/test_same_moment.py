"""Somebody comes in at the moment in which the appointment is cancelled or moved: one is first, the other hears it."""

from datetime import timedelta
from functools import partial

from django.test import TestCase, TransactionTestCase

from accounts.errors import Refused
from scheduling.models import Appointment
from scheduling.slots import Slot
from tests.messaging import make_booking
from tests.races import together
from visits import ahead, flow
from visits.models import Visit

ROUNDS = 8


def come_in(appointment):
    return flow.arrive(appointment.patient, appointment.clinic, by=None, appointment=appointment)


class BegunTest(TestCase):
    def setUp(self):
        self.appointment = make_booking(ahead=timedelta(minutes=20))
        self.by = self.appointment.booked_by

    def refused(self):
        move = partial(ahead.move, slot=Slot(self.appointment.end, self.appointment.end + timedelta(minutes=15)))
        for deed in ahead.cancel, partial(move, practitioner=self.appointment.practitioner):
            with self.assertRaises(Refused) as refused:
                deed(self.appointment, by=self.by)
            self.assertIs(type(refused.exception), Refused)  # and no "this time is taken"
        self.assertEqual(Appointment.objects.booked().get().start, self.appointment.start)

    def test_whose_visit_has_begun_cannot_be_cancelled_from_an_older_page(self):
        come_in(Appointment.objects.get())
        self.refused()

    def test_nor_whose_open_visit_the_appointment_has_come_to(self):
        flow.arrive(self.appointment.patient, self.appointment.clinic, by=None)
        come_in(Appointment.objects.get())
        self.refused()

    def test_a_cancelled_appointment_does_not_come_to_an_open_visit(self):
        walk_in = flow.arrive(self.appointment.patient, self.appointment.clinic, by=None)
        ahead.cancel(self.appointment, by=self.by)
        with self.assertRaises(Refused):
            come_in(self.appointment)
        self.assertIsNone(Visit.objects.get(pk=walk_in.pk).appointment)


class SameMomentTest(TransactionTestCase):
    def test_who_comes_in_and_who_cancels_are_told_apart(self):
        for _round in range(ROUNDS):
            appointment = make_booking(ahead=timedelta(minutes=20))
            cancel = partial(ahead.cancel, appointment, by=appointment.booked_by)
            ended = together(partial(come_in, appointment), cancel, refused=Refused)
            self.assertEqual(sum(isinstance(end, Refused) for end in ended), 1)
            is_booked = Appointment.objects.booked().filter(pk=appointment.pk).exists()
            self.assertEqual(Visit.objects.filter(appointment=appointment).exists(), is_booked)

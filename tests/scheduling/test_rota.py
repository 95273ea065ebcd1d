from datetime import UTC, datetime, time, timedelta

from django.test import TestCase

from scheduling import rota
from scheduling.models import Opening, TimeOff
from tests.factories import make_clinic
from tests.scheduling import make_open_doctor

NOON = datetime(2026, 11, 25, 3, tzinfo=UTC)  # in Seoul
HOUR = timedelta(hours=1)


class RotaTest(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor(start=time(9), end=time(18))

    def planned(self):
        return [
            ((begin - NOON) / HOUR, (end - NOON) / HOUR)
            for begin, end in rota.planned([self.doctor], NOON, NOON + 12 * HOUR)[self.doctor.pk]
        ]

    def test_the_plan_is_the_opening_hours_in_the_clinics_own_time(self):
        self.assertEqual(self.planned(), [(-3, 6)])
        self.assertEqual(rota.open_until(self.doctor, NOON), NOON + 6 * HOUR)
        self.assertIsNone(rota.open_until(self.doctor, NOON + 7 * HOUR))

    def test_time_off_is_taken_out_and_what_is_open_once_more_is_added(self):
        TimeOff.objects.create(practitioner=self.doctor, start=NOON + HOUR, end=NOON + 2 * HOUR)
        Opening.objects.create(practitioner=self.doctor, clinic=make_clinic(), start=NOON + 6 * HOUR, end=NOON + 8 * HOUR)
        self.assertEqual(self.planned(), [(-3, 1), (2, 8)])

    def test_two_clinics_at_the_same_hour_are_one_plan(self):
        Opening.objects.create(practitioner=self.doctor, clinic=make_clinic(), start=NOON - HOUR, end=NOON + HOUR)
        self.assertEqual(self.planned(), [(-3, 6)])

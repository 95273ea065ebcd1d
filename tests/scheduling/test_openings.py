from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.test import TestCase
from django.utils import timezone

from scheduling.models import Availability, TimeOff
from scheduling.openings import HORIZON, NOTICE, open_slots
from tests.factories import make_clinic
from tests.scheduling import make_open_doctor


class OpenSlotsTest(TestCase):
    def test_free_times_are_sorted_and_neither_too_soon_nor_too_far(self):
        doctor, clinic = make_open_doctor()
        slots = open_slots(doctor, clinic)
        self.assertEqual(slots, sorted(slots))
        self.assertGreaterEqual(slots[0].start, timezone.now() + NOTICE - timedelta(seconds=5))
        self.assertLessEqual(slots[-1].end, timezone.now() + NOTICE + HORIZON)

    @time_machine.travel(datetime(2026, 6, 1, 0, 0, tzinfo=UTC), tick=False)
    def test_hours_are_those_of_the_clinics_clock(self):
        doctor, clinic = make_open_doctor(clinic=make_clinic(time_zone="Asia/Kathmandu"), start=time(9), end=time(10))
        clocks = {slot.start.astimezone(ZoneInfo("Asia/Kathmandu")).strftime("%H:%M") for slot in open_slots(doctor, clinic)}
        self.assertEqual(clocks, {"09:00", "09:15", "09:30", "09:45"})

    @time_machine.travel(datetime(2026, 10, 30, 0, 0, tzinfo=UTC), tick=False)
    def test_the_hour_that_comes_twice_can_be_booked_twice(self):
        doctor, clinic = make_open_doctor(clinic=make_clinic(time_zone="America/New_York"), start=time(1), end=time(2))
        night = [slot for slot in open_slots(doctor, clinic) if slot.start.date().isoformat() == "2026-11-01"]
        self.assertEqual(len(night), 8)

    def test_time_off_is_not_offered(self):
        doctor, clinic = make_open_doctor()
        away = open_slots(doctor, clinic)[3]
        TimeOff.objects.create(practitioner=doctor, start=away.start, end=away.end)
        self.assertNotIn(away, open_slots(doctor, clinic))

    def test_two_openings_of_the_same_hours_offer_each_time_once(self):
        doctor, clinic = make_open_doctor()
        before = open_slots(doctor, clinic)
        for item in list(Availability.objects.filter(practitioner=doctor)):
            Availability.objects.create(practitioner=doctor, clinic=clinic, weekday=item.weekday, start=item.start, end=item.end)
        self.assertEqual(open_slots(doctor, clinic), before)

    def test_another_clinic_of_the_doctor_has_hours_of_its_own(self):
        doctor, _clinic = make_open_doctor()
        self.assertEqual(open_slots(doctor, make_clinic()), [])

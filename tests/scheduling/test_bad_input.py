"""What must not get in, each with a clear sentence or a calm answer."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Clinic
from scheduling import booking, clock
from scheduling.models import Appointment, Availability, Opening, TimeOff
from scheduling.openings import open_slots
from scheduling.slots import Slot
from tests.factories import make_clinic, make_patient, make_practitioner, make_user
from tests.scheduling import make_open_doctor

from .test_booking import book

HOUR = timedelta(hours=1)


class HoursTest(TestCase):
    def test_overlapping_hours_offer_each_time_once_and_sell_it_once(self):
        doctor, clinic = make_open_doctor(start=time(9), end=time(12))
        for day in range(7):
            Availability.objects.create(practitioner=doctor, clinic=clinic, weekday=day, start=time(10), end=time(14))
        slots = open_slots(doctor, clinic)
        self.assertEqual(len(slots), len(set(slots)))
        book(slots[8], doctor, clinic)
        with self.assertRaises(booking.SlotTaken):
            book(slots[8], doctor, clinic)

    def test_an_end_before_the_start_is_refused_by_the_database(self):
        doctor, clinic = make_open_doctor()
        now = timezone.now()
        hours = Availability(practitioner=doctor, clinic=clinic, weekday=0, start=time(12), end=time(9))
        for row in (
            hours,
            Opening(practitioner=doctor, clinic=clinic, start=now, end=now - HOUR),
            TimeOff(practitioner=doctor, start=now, end=now),
        ):
            with self.subTest(row=type(row).__name__), self.assertRaises(IntegrityError), transaction.atomic():
                row.save()

    def test_a_zone_that_does_not_exist_is_refused_with_an_example(self):
        clinic = Clinic(name_ko="의원", name_en="Clinic", time_zone="Mars/Olympus")
        with translation.override("en"), self.assertRaisesMessage(ValidationError, "“Mars/Olympus” is not a time zone."):
            clinic.full_clean()


class CalendarTest(TestCase):
    def at(self, moment):
        travel = time_machine.travel(moment, tick=False)
        travel.start()
        self.addCleanup(travel.stop)

    def test_the_29th_of_february_is_a_day_like_any_other(self):
        self.at(datetime(2028, 2, 27, 3, tzinfo=UTC))
        doctor, clinic = make_open_doctor()
        leap = [slot for slot in open_slots(doctor, clinic) if timezone.localdate(slot.start) == date(2028, 2, 29)]
        self.assertGreater(len(leap), 90)
        book(leap[10], doctor, clinic)
        with translation.override("en"):
            self.assertIn("Tue 29 Feb 2028", clock.said_here(leap[10].start))

    def test_a_29th_of_february_that_is_none_is_refused_with_a_sentence(self):
        doctor, clinic = make_open_doctor()
        self.client.force_login(make_user(language="en"))
        times = reverse("scheduling:times", args=[clinic.pk, doctor.pk])
        answer = self.client.get(times, {"day": "2027-02-29"})
        self.assertContains(answer, "We could not read which time you mean.", status_code=400)

    def test_the_hour_that_does_not_exist_is_not_offered(self):
        self.at(datetime(2027, 3, 13, 12, tzinfo=UTC))
        zone = ZoneInfo("America/New_York")
        doctor, clinic = make_open_doctor(clinic=make_clinic(time_zone=zone.key))
        shown = {slot.start.astimezone(zone).strftime("%d %H") for slot in open_slots(doctor, clinic)}
        self.assertIn("14 01", shown)
        self.assertNotIn("14 02", shown)

    def test_the_hour_that_comes_twice_is_offered_twice_and_told_apart(self):
        self.at(datetime(2027, 11, 6, 12, tzinfo=UTC))
        zone = ZoneInfo("America/New_York")
        doctor, clinic = make_open_doctor(clinic=make_clinic(time_zone=zone.key))
        said = [clock.said(slot.start, zone) for slot in open_slots(doctor, clinic)]
        self.assertEqual(len(said), len(set(said)))
        with translation.override("en"):
            twice = [slot for slot in open_slots(doctor, clinic) if "Sun 7 Nov 2027, 01:00" in clock.said(slot.start, zone)]
        self.assertEqual(len(twice), 2)

    def test_nobody_is_booked_into_the_past_even_when_it_was_held(self):
        doctor, clinic = make_open_doctor()
        slot = open_slots(doctor, clinic)[0]
        patient = make_patient(clinic=clinic, user=make_user())
        booking.hold(slot, practitioner=doctor, clinic=clinic, by=patient.user, minutes=120)
        self.at(slot.start + timedelta(minutes=1))
        facts = {"practitioner": doctor, "clinic": clinic, "patient": patient, "by": patient.user}
        for past in slot, Slot(slot.start - HOUR, slot.end - HOUR):
            with self.assertRaises(booking.SlotTaken):
                booking.book(past, request_key=uuid.uuid4(), **facts)
        self.assertFalse(Appointment.objects.exists())

    def test_a_held_time_is_given_up_when_the_doctor_goes_away(self):
        doctor, clinic = make_open_doctor()
        slot = open_slots(doctor, clinic)[5]
        patient = make_patient(clinic=clinic, user=make_user())
        booking.hold(slot, practitioner=doctor, clinic=clinic, by=patient.user)
        TimeOff.objects.create(practitioner=doctor, start=slot.start, end=slot.end)
        with self.assertRaises(booking.SlotTaken):
            book(slot, doctor, clinic, patient=patient)

    def test_a_doctor_without_hours_offers_nothing(self):
        clinic = make_clinic()
        self.assertEqual(open_slots(make_practitioner(clinic=clinic), clinic), [])

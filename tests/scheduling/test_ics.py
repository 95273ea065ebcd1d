import uuid
from datetime import UTC, datetime, timedelta

from django.test import SimpleTestCase, TestCase
from django.urls import reverse
from django.utils import translation
from icalendar import Calendar

from accounts.models import Clinic, Patient, Practitioner
from scheduling import booking, calendars, ics
from scheduling.models import Appointment, CalendarFeed
from tests.factories import make_assistant, make_user
from tests.messaging import make_booking, move

START = datetime(2026, 12, 1, 5, tzinfo=UTC)
LINK = "https://naru.example/v/abc/"


def appointment(**fields):
    clinic = fields.pop("clinic", Clinic(name_ko="항구의원", name_en="Harbour Clinic"))
    people = {"practitioner": Practitioner(name="Dr Kim"), "patient": Patient(name="Ann Lee")}
    return Appointment(pk=uuid.UUID(int=7), clinic=clinic, start=START, end=START + timedelta(minutes=15), **people, **fields)


def event_of(text):
    calendar = Calendar.from_ical(text)
    return calendar, calendar.walk("VEVENT")[0]


class InvitationTest(SimpleTestCase):
    def test_one_appointment_is_one_event_with_a_name_for_ever(self):
        calendar, event = event_of(ics.invitation(appointment(sequence=3), link=LINK, to="ann@example.org"))
        self.assertEqual((calendar["METHOD"], event["SEQUENCE"], event["STATUS"]), ("REQUEST", 3, "CONFIRMED"))
        self.assertEqual(event["UID"], "00000000-0000-0000-0000-000000000007@localhost")
        self.assertEqual(event["ATTENDEE"], "mailto:ann@example.org")

    def test_a_cancelled_one_takes_the_event_away(self):
        calendar, event = event_of(ics.invitation(appointment(status="cancelled", sequence=4), link=LINK))
        self.assertEqual((calendar["METHOD"], event["SEQUENCE"], event["STATUS"]), ("CANCEL", 4, "CANCELLED"))

    def test_times_are_in_utc_lines_are_folded_and_signs_escaped(self):
        hard = Clinic(name_ko="가나다라마바사아자차카타파하의원" * 3, name_en='Harbour; Clinic, "North"\n2nd floor')
        for language in "ko", "en":
            with translation.override(language):
                text = ics.invitation(appointment(clinic=hard), link=LINK)
                self.assertIn(b"DTSTART:20261201T050000Z\r\n", text)
                self.assertTrue(all(len(line) <= 75 for line in text.split(b"\r\n")))
                self.assertNotIn(b"\n", text.replace(b"\r\n", b""))
                self.assertEqual(event_of(text)[1]["LOCATION"], hard.name)

    def test_nothing_about_health_or_whom_is_in_it(self):
        for text in ics.invitation(appointment(), link=LINK), ics.copy(appointment(), link=LINK):
            self.assertNotIn("Ann Lee", text.decode())

    def test_a_file_that_somebody_fetches_is_published_and_names_the_doctor(self):
        for status, said in (("booked", "CONFIRMED"), ("cancelled", "CANCELLED")):
            calendar, event = event_of(ics.copy(appointment(status=status, sequence=2), link=LINK))
            self.assertEqual((calendar["METHOD"], event["STATUS"], event["SEQUENCE"]), ("PUBLISH", said, 2))
            self.assertIn("Dr Kim", event["SUMMARY"])
            self.assertNotIn("ORGANIZER", event)


class FeedTest(TestCase):
    def setUp(self):
        self.appointment = make_booking(plan=False)
        self.doctor = self.appointment.practitioner
        self.client.force_login(self.doctor.user)

    def give(self):
        self.client.post(reverse("scheduling:give-feed"))
        return reverse("scheduling:feed", args=[CalendarFeed.objects.get().secret])

    def test_a_calendar_program_reads_it_without_signing_in(self):
        address = self.give()
        self.assertContains(self.client.get(reverse("scheduling:calendars")), address)
        self.client.logout()
        response = self.client.get(address)
        self.assertEqual(response["Content-Type"], "text/calendar; charset=utf-8")
        self.assertEqual(event_of(response.content)[1]["UID"], f"{self.appointment.pk}@localhost")
        self.assertNotContains(response, self.appointment.patient.name)

    def test_a_move_is_the_same_event_with_a_higher_number(self):
        address = self.give()
        moved = move(self.appointment, timedelta(days=12))
        event = event_of(self.client.get(address).content)[1]
        self.assertEqual((event["DTSTART"].dt, event["SEQUENCE"]), (moved.start, 1))

    def test_a_cancelled_appointment_is_gone(self):
        address = self.give()
        booking.cancel(self.appointment, by=self.doctor.user)
        self.assertNotContains(self.client.get(address), "VEVENT")

    def test_a_new_address_ends_the_old_one_and_an_end_ends_both(self):
        old, new = self.give(), self.give()
        self.assertEqual((self.client.get(old).status_code, self.client.get(new).status_code), (404, 200))
        self.client.post(reverse("scheduling:end-feed"))
        self.assertEqual(self.client.get(new).status_code, 404)

    def test_another_doctors_appointments_are_not_in_it(self):
        make_booking(plan=False)
        self.assertEqual(len(Calendar.from_ical(self.client.get(self.give()).content).walk("VEVENT")), 1)
        self.assertEqual(calendars.in_feed(CalendarFeed.objects.get()).count(), 1)

    def test_who_is_no_doctor_gets_404(self):
        for stranger in make_user(), make_assistant():
            self.client.force_login(stranger)
            self.assertEqual(self.client.get(reverse("scheduling:calendars")).status_code, 404)
            for page in "give-feed", "end-feed":
                self.assertEqual(self.client.post(reverse(f"scheduling:{page}")).status_code, 404)

    def test_a_wrong_method_is_refused(self):
        self.assertEqual(self.client.post(self.give()).status_code, 405)
        self.assertEqual(self.client.get(reverse("scheduling:give-feed")).status_code, 405)
        self.assertEqual(self.client.get(reverse("scheduling:end-feed")).status_code, 405)
        self.assertEqual(self.client.put(reverse("scheduling:calendars")).status_code, 405)

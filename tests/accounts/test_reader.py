from datetime import UTC, datetime

from django.conf import settings
from django.test import TestCase
from django.urls import reverse

from accounts.models import AuditEvent, User
from scheduling.models import Appointment
from tests.factories import make_clinic, make_patient, make_practitioner, make_user, make_visit
from visits import links


def make_appointment(patient, *, start=datetime(2030, 1, 7, 1, 0, tzinfo=UTC)):
    return Appointment.objects.create(
        patient=patient, clinic=patient.clinic, practitioner=make_practitioner(clinic=patient.clinic),
        start=start, end=start.replace(minute=15), request_key=patient.pk and f"00000000-0000-4000-8000-{patient.pk:012d}",
        booked_by=patient.user,
    )  # fmt: skip


class LanguageTest(TestCase):
    def language_of(self, **headers):
        return self.client.get(reverse("scheduling:mine"), **headers).headers["Content-Language"]

    def test_a_signed_in_person_reads_their_own_language(self):
        self.client.force_login(make_user(language="en"))
        self.assertEqual(self.language_of(HTTP_ACCEPT_LANGUAGE="ko"), "en")

    def test_a_language_chosen_on_this_device_comes_first(self):
        self.client.force_login(make_user(language="en"))
        self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ko"
        self.assertEqual(self.language_of(), "ko")

    def test_somebody_unknown_reads_the_language_of_their_browser(self):
        for accepted, shown in [("en-GB,en;q=0.9", "en"), ("ko", "ko"), ("fr", "ko")]:
            response = self.client.get("/", HTTP_ACCEPT_LANGUAGE=accepted)
            self.assertContains(response, f'<html lang="{shown}">')

    def test_whoever_signs_up_on_an_english_page_goes_on_in_english(self):
        facts = {"email": "new@example.org", "password1": "a quiet river 7"}
        self.client.post(reverse("account_signup"), facts, HTTP_ACCEPT_LANGUAGE="en-GB")
        self.assertEqual(User.objects.get().language, "en")
        self.assertEqual(self.language_of(HTTP_ACCEPT_LANGUAGE="en-GB"), "en")


class ZoneTest(TestCase):
    def time_shown(self, zone):
        user = make_user(time_zone=zone, language="en")
        appointment = make_appointment(make_patient(user=user, clinic=make_clinic(time_zone="Asia/Seoul")))
        self.client.force_login(user)
        return self.client.get(reverse("visits:ahead", args=[appointment.pk]))

    def test_times_are_on_the_readers_clock(self):
        self.assertContains(self.time_shown("Asia/Seoul"), "10:00</time>")

    def test_the_clinics_clock_is_shown_too_when_it_differs(self):
        response = self.time_shown("America/New_York")
        self.assertContains(response, "20:00</time>")
        self.assertContains(response, "10:00")

    def test_one_readers_zone_does_not_leak_to_the_next(self):
        self.time_shown("America/New_York")
        self.assertContains(self.time_shown("Asia/Seoul"), "10:00</time>")


class OriginTest(TestCase):
    def test_a_deed_on_a_page_is_recorded_with_its_address(self):
        user = make_user()
        appointment = make_appointment(make_patient(user=user))
        self.client.force_login(user)
        self.client.get(reverse("visits:ahead", args=[appointment.pk]), REMOTE_ADDR="192.0.2.9")
        event = AuditEvent.objects.get(action="appointment.read")
        self.assertEqual((event.by, event.via, event.address), (user, "page", "192.0.2.9"))

    def test_a_deed_by_link_is_recorded_as_such(self):
        self.client.get(links.make(make_visit()))
        self.assertEqual(AuditEvent.objects.get(action="visit.link").via, "link")


class RefusalTest(TestCase):
    def test_a_refusal_is_a_page_with_its_sentence_and_status(self):
        response = self.client.get(reverse("visits:link", args=["broken"]), HTTP_ACCEPT_LANGUAGE="en")
        self.assertContains(response, "This link no longer works.", status_code=410)
        self.assertTemplateUsed(response, "refused.html")

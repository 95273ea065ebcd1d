from datetime import timedelta

import time_machine
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from scheduling.models import Appointment
from scheduling.openings import open_slots
from tests.factories import make_doctor, make_grant, make_patient, make_user
from tests.messaging import cancel, make_booking
from tests.scheduling import make_open_doctor
from visits import flow, links
from visits.models import Visit

MINUTE = timedelta(minutes=1)


class AheadCase(TestCase):
    """Somebody without an account opens the link of a visit that starts at `start`."""

    def setUp(self):
        self.appointment = make_booking(ahead=timedelta(days=2), patient=make_patient(language="en"), by=make_user("assistant"))
        self.link = links.make_booked(self.appointment)
        self.client.cookies["django_language"] = "en"
        self.page = self.url("ahead")

    def url(self, name):
        return reverse(f"visits:{name}", args=[self.appointment.pk])

    def at(self, before):
        """The page as it is that long before the start."""
        travel = time_machine.travel(self.appointment.start - before, tick=False)
        travel.start()
        self.addCleanup(travel.stop)
        return self.client.get(self.link, follow=True)


class DoorTest(AheadCase):
    JOIN = "Come in now"

    def test_a_day_before_it_says_when_the_door_opens_and_offers_the_check(self):
        response = self.at(timedelta(hours=24))
        self.assertRedirects(response, self.page)
        self.assertContains(response, "You can come in from")
        self.assertContains(response, reverse("video:check-ahead", args=[self.appointment.pk]))
        self.assertNotContains(response, self.JOIN)
        self.assertNotContains(response, "disabled")

    def test_a_quarter_of_an_hour_before_the_door_opens_to_the_second(self):
        self.assertNotContains(self.at(15 * MINUTE + MINUTE / 60), self.JOIN)
        self.assertContains(self.at(15 * MINUTE), self.JOIN)

    def test_a_phone_whose_clock_is_ten_minutes_wrong_sees_the_servers_time(self):
        for wrong in -10 * MINUTE, 10 * MINUTE:
            self.at(14 * MINUTE)
            claimed = (timezone.now() + wrong).strftime("%a, %d %b %Y %H:%M:%S GMT")
            response = self.client.get(self.url("door"), headers={"Date": claimed, "If-Modified-Since": claimed})
            self.assertContains(response, self.JOIN)

    def test_through_the_door_by_link_into_the_visit_and_back_on_another_device(self):
        self.at(5 * MINUTE)
        response = self.client.post(reverse("desk:join", args=[self.appointment.pk]))
        visit = Visit.objects.get()
        self.assertRedirects(response, reverse("intake:resume", args=[visit.pk]), fetch_redirect_response=False)
        self.assertEqual(self.client.get(reverse("visit", args=[visit.pk])).status_code, 200)
        other = self.client_class()
        self.assertRedirects(other.get(self.link), reverse("visit", args=[visit.pk]))
        self.assertRedirects(self.client.get(self.page), reverse("visit", args=[visit.pk]))

    def test_joining_too_early_by_hand_is_refused_with_the_time(self):
        self.at(timedelta(hours=5))
        response = self.client.post(reverse("desk:join", args=[self.appointment.pk]))
        self.assertContains(response, "You can come in from", status_code=409)

    def test_too_late_says_what_to_do(self):
        self.assertContains(self.at(-46 * MINUTE), "The booked time is over.")
        self.assertContains(self.client.get(self.page), reverse("scheduling:openings"))

    def test_cancelled_says_so(self):
        cancel(self.appointment)
        self.assertContains(self.client.get(self.link, follow=True), "This appointment was cancelled.")

    def test_a_day_after_the_end_the_link_is_over(self):
        self.assertContains(self.at(-timedelta(hours=25)), "This link no longer works.", status_code=410)

    def test_when_the_visit_is_over_for_a_day_the_link_is_over(self):
        self.at(5 * MINUTE)
        visit = flow.arrive(self.appointment.patient, self.appointment.clinic, by=None, appointment=self.appointment)
        flow.leave(visit, by=None)
        self.assertEqual(self.client.get(self.link).status_code, 302)
        Visit.objects.update(ended_at=timezone.now() - timedelta(hours=25))
        self.assertEqual(self.client.get(self.link).status_code, 410)

    def test_both_clocks_are_shown_where_they_differ(self):
        far = make_user(language="en", time_zone="America/New_York")
        self.appointment.patient.user = far
        self.appointment.patient.save()
        self.client.force_login(far)
        response = self.client.get(self.page)
        self.assertContains(response, "At the clinic it is then")

    def test_the_check_of_camera_and_sound_is_open(self):
        self.at(timedelta(hours=24))
        response = self.client.get(reverse("video:check-ahead", args=[self.appointment.pk]))
        self.assertContains(response, self.page)
        self.assertIn("camera=(self)", response["Permissions-Policy"])


class LinkTest(AheadCase):
    def test_the_link_is_the_same_at_every_call_and_short(self):
        self.assertEqual(self.link, links.make_booked(self.appointment))
        self.assertLess(len(self.link), 75)

    def test_a_changed_link_opens_nothing(self):
        self.assertEqual(self.client.get(self.link[:-2] + "x/").status_code, 410)

    def test_a_link_opens_no_other_appointment(self):
        other = make_booking(plan=False)
        self.client.get(self.link)
        self.assertEqual(self.client.get(reverse("visits:ahead", args=[other.pk])).status_code, 302)
        self.assertEqual(self.client.get(reverse("visits:move", args=[other.pk])).status_code, 404)

    def test_a_staff_session_ends_and_the_patients_own_stays(self):
        self.client.force_login(make_doctor(clinic=self.appointment.clinic))
        page = self.client.get(self.link, follow=True)
        self.assertNotIn("_auth_user_id", self.client.session)
        self.assertContains(page, "Your booked visit")
        daughter = make_user()
        make_grant(user=daughter, patient=self.appointment.patient)
        self.client.force_login(daughter)
        self.client.get(self.link)
        self.assertEqual(self.client.session["_auth_user_id"], str(daughter.pk))

    def test_strangers_find_nothing_and_a_wrong_method_is_refused(self):
        for name in "door", "move", "calendar", "cancel":
            self.assertEqual(self.client.get(self.url(name)).status_code, 404)
            self.assertEqual(self.client.put(self.url(name)).status_code, 405)
        self.assertEqual(self.client.post(self.url("cancel")).status_code, 404)

    def test_who_is_not_signed_in_is_asked_to_since_messages_to_relatives_lead_here(self):
        self.assertRedirects(self.client.get(self.page), f"/account/login/?next={self.page}", fetch_redirect_response=False)
        self.client.force_login(make_user())
        self.assertEqual(self.client.get(self.page).status_code, 404)


class ChangeTest(TestCase):
    def setUp(self):
        doctor, clinic = make_open_doctor()
        self.appointment = make_booking(patient=make_patient(clinic=clinic, language="en"), by=make_user("assistant"), plan=False)
        Appointment.objects.filter(pk=self.appointment.pk).update(practitioner=doctor)
        self.doctor, self.clinic = doctor, clinic
        self.free = open_slots(doctor, clinic)[20]
        self.client.get(links.make_booked(self.appointment))

    def url(self, name):
        return reverse(f"visits:{name}", args=[self.appointment.pk])

    def move_to(self, slot):
        return self.client.post(self.url("move"), {"start": slot.start.isoformat(), "end": slot.end.isoformat()})

    def test_another_time_is_chosen_without_an_account(self):
        self.assertContains(self.client.get(self.url("move")), "One press moves your appointment")
        self.assertContains(self.client.get(self.move_to(self.free).url), "Moved. The new time:")
        moved = Appointment.objects.get()
        self.assertEqual((moved.start, moved.sequence), (self.free.start, 1))

    def test_a_time_that_was_just_taken_is_said_and_others_are_shown(self):
        make_booking(patient=make_patient(clinic=self.clinic), by=make_user("assistant"), start=self.free.start, plan=False)
        Appointment.objects.exclude(pk=self.appointment.pk).update(practitioner=self.doctor)
        Appointment.objects.exclude(pk=self.appointment.pk).get().cells.update(practitioner=self.doctor)
        response = self.move_to(self.free)
        self.assertContains(response, "This time has just been taken.", status_code=409)
        self.assertContains(response, "<form method", status_code=409)

    def test_what_is_cancelled_offers_no_times_that_it_could_not_take(self):
        cancel(self.appointment)
        self.assertContains(self.client.get(self.url("move")), "Please book a new time", status_code=409)

    def test_it_is_cancelled_and_the_page_says_so(self):
        self.assertContains(self.client.post(self.url("cancel"), follow=True), "This appointment was cancelled.")

    def test_the_calendar_file_comes_from_the_page(self):
        response = self.client.get(self.url("calendar"))
        self.assertContains(response, f"UID:{self.appointment.pk}")
        self.assertIn("attachment", response["Content-Disposition"])

    def test_what_has_begun_is_not_moved_or_cancelled(self):
        flow.arrive(self.appointment.patient, self.clinic, by=None, appointment=self.appointment)
        self.assertEqual(self.move_to(self.free).status_code, 409)
        self.assertEqual(self.client.post(self.url("cancel")).status_code, 409)

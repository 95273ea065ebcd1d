import uuid
from datetime import timedelta

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from scheduling.models import Appointment, Availability, Opening
from scheduling.openings import open_slots
from tests.factories import make_clinic, make_doctor, make_grant, make_patient, make_user
from tests.scheduling import make_open_doctor
from visits import flow
from visits.models import Visit


class BookingPageCase(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor()
        self.user = make_user(language="en")
        self.patient = make_patient(clinic=self.clinic, user=self.user)
        self.client.force_login(self.user)
        self.slot = open_slots(self.doctor, self.clinic)[2]

    def url(self, name, *args):
        return reverse(f"scheduling:{name}", args=args)

    @property
    def book_url(self):
        return self.url("book", self.clinic.pk, self.doctor.pk)

    def post(self, slot=None, **changes):
        slot = slot or self.slot
        data = {
            "start": slot.start.isoformat(),
            "end": slot.end.isoformat(),
            "request_key": uuid.uuid4(),
            "patient": self.patient.pk,
        }
        return self.client.post(self.book_url, {**data, **changes})

    def appointment(self, **fields):
        self.post()
        Appointment.objects.update(**fields)
        return Appointment.objects.get()


class FindATimeTest(BookingPageCase):
    def test_clinics_then_doctors_then_times(self):
        make_open_doctor(clinic=self.clinic)
        self.assertContains(self.client.get(self.url("openings")), self.url("doctors", self.clinic.pk))
        times = self.url("times", self.clinic.pk, self.doctor.pk)
        self.assertContains(self.client.get(self.url("doctors", self.clinic.pk)), times)
        self.assertContains(self.client.get(times), f"{self.book_url}?start=")
        self.assertContains(self.client.get(times), "Choose another doctor")

    def test_where_there_is_one_doctor_nobody_is_asked_which(self):
        times = self.url("times", self.clinic.pk, self.doctor.pk)
        self.assertRedirects(self.client.get(self.url("doctors", self.clinic.pk)), times)
        self.assertNotContains(self.client.get(times), "another doctor")

    def test_a_slot_button_leads_to_a_page_that_confirms_it(self):
        times = self.client.get(self.url("times", self.clinic.pk, self.doctor.pk))
        address = times.content.decode().split(f'href="{self.book_url}', 1)[1].split('"', 1)[0].replace("&amp;", "&")
        self.assertContains(self.client.get(self.book_url + address), "Is this right?")

    def test_a_clinic_without_openings_is_not_offered(self):
        empty = make_clinic()
        self.assertNotContains(self.client.get(self.url("openings")), self.url("doctors", empty.pk))

    def test_a_doctor_who_is_open_once_is_offered_until_it_is_over(self):
        Availability.objects.all().delete()
        now = timezone.now()
        once = Opening.objects.create(practitioner=self.doctor, clinic=self.clinic, start=now, end=now + timedelta(hours=2))
        doctors, times = self.url("doctors", self.clinic.pk), self.url("times", self.clinic.pk, self.doctor.pk)
        self.assertContains(self.client.get(self.url("openings")), doctors)
        self.assertRedirects(self.client.get(doctors), times)
        Opening.objects.filter(pk=once.pk).update(start=now - timedelta(hours=2), end=now)
        self.assertNotContains(self.client.get(self.url("openings")), doctors)
        self.assertEqual(self.client.get(times).status_code, 404)

    def test_a_doctor_of_another_clinic_is_not_found(self):
        self.assertEqual(self.client.get(self.url("times", make_clinic().pk, self.doctor.pk)).status_code, 404)

    def test_a_day_that_is_none_is_refused_with_a_sentence(self):
        response = self.client.get(self.url("times", self.clinic.pk, self.doctor.pk), {"day": "yesterday"})
        self.assertContains(response, "We could not read which time you mean.", status_code=400)

    def test_a_day_without_free_time_says_so(self):
        response = self.client.get(self.url("times", self.clinic.pk, self.doctor.pk), {"day": "2020-01-01"})
        self.assertContains(response, "This day has no free time.")

    def test_where_nothing_is_free_the_page_says_how_far_it_looked(self):
        now = timezone.now()
        self.doctor.times_off.create(start=now, end=now + timedelta(days=90))
        times = self.url("times", self.clinic.pk, self.doctor.pk)
        self.assertContains(self.client.get(times), "no free time in the next 14 days")
        self.clinic.visit_types.create(name_ko="짧게", name_en="Short", horizon_days=60)
        self.assertContains(self.client.get(times), "no free time in the next 60 days")

    def test_a_reader_elsewhere_sees_both_clocks(self):
        self.client.force_login(make_user(language="en", time_zone="America/New_York"))
        response = self.client.get(self.url("times", self.clinic.pk, self.doctor.pk))
        self.assertContains(response, "Times are on your clock (Eastern Time).")
        self.assertContains(response, "clock (Korean time).")

    def test_pages_of_booking_ask_to_sign_in(self):
        self.client.logout()
        for url in self.url("openings"), self.url("mine"), self.book_url:
            self.assertRedirects(self.client.get(url), f"/account/login/?next={url}", fetch_redirect_response=False)

    def test_a_wrong_method_is_refused(self):
        for url in self.url("openings"), self.url("doctors", self.clinic.pk), self.url("mine"):
            self.assertEqual(self.client.post(url).status_code, 405)
        self.assertEqual(self.client.put(self.book_url).status_code, 405)


class BookPageTest(BookingPageCase):
    def test_a_time_is_booked_and_shown(self):
        response = self.post()
        appointment = Appointment.objects.get()
        self.assertRedirects(response, reverse("visits:ahead", args=[appointment.pk]))
        self.assertEqual((appointment.patient, appointment.start), (self.patient, self.slot.start))

    def test_the_page_says_that_it_is_booked_and_by_whom(self):
        with self.captureOnCommitCallbacks(execute=True):
            key = uuid.uuid4()
            self.post(request_key=key)
        page = self.client.get(self.post(request_key=key).url)
        self.assertContains(page, f"Booked for {self.patient.name}")
        self.assertContains(page, "Booked by")

    def test_the_only_person_is_named_and_not_asked_for(self):
        page = self.client.get(self.book_url, {"start": self.slot.start.isoformat(), "end": self.slot.end.isoformat()})
        self.assertContains(page, f"For {self.patient.name}")
        self.assertNotContains(page, 'type="radio"')

    def test_the_time_that_somebody_is_just_booking_is_shown_to_them_and_to_nobody_else(self):
        slot = {"start": self.slot.start.isoformat(), "end": self.slot.end.isoformat()}
        times = self.url("times", self.clinic.pk, self.doctor.pk)
        self.client.get(self.book_url, slot)
        self.assertContains(self.client.get(times), "It is kept for you until")
        self.assertIn(self.slot, self.client.get(times).context["slots"])
        self.client.force_login(make_user(language="en"))
        other = self.client.get(times)
        self.assertNotContains(other, "It is kept for you until")
        self.assertNotIn(self.slot, other.context["slots"])

    def test_a_second_click_books_nothing_more(self):
        key = uuid.uuid4()
        first, second = self.post(request_key=key), self.post(request_key=key)
        self.assertEqual(first.url, second.url)
        self.assertEqual(Appointment.objects.count(), 1)

    def test_somebody_one_acts_for_can_be_chosen(self):
        mother = make_patient(clinic=self.clinic)
        make_grant(user=self.user, patient=mother)
        self.post(patient=mother.pk)
        self.assertEqual(Appointment.objects.get().patient, mother)

    def test_a_stranger_cannot_be_chosen(self):
        response = self.post(patient=make_patient(clinic=self.clinic).pk)
        self.assertEqual(response.status_code, 400)
        self.assertFalse(Appointment.objects.exists())

    def test_a_taken_time_shows_three_others_as_buttons(self):
        self.post()
        response = self.post()
        self.assertContains(response, "This time has just been taken.", status_code=409)
        self.assertContains(response, f'href="{self.book_url}?start=', count=3, status_code=409)
        self.assertContains(response, f"&amp;patient={self.patient.pk}", count=3, status_code=409)

    def test_times_without_zone_in_the_past_or_unreadable_are_refused(self):
        naive = self.slot.start.replace(tzinfo=None).isoformat()
        past = (timezone.now() - timedelta(days=1)).isoformat()
        bad = [
            {"start": naive},
            {"start": past},
            {"start": "soon"},
            {"end": ""},
            {"end": past},
            {"start": "0001-01-01T00:00+14:00"},
        ]
        for changes in bad:
            with self.subTest(**changes):
                response = self.post(**changes)
                self.assertEqual(response.status_code, 400)
                self.assertTemplateUsed(response, "refused.html")
        self.assertFalse(Appointment.objects.exists())

    def test_a_form_without_its_key_is_shown_again(self):
        self.assertEqual(self.post(request_key="").status_code, 400)


class AppointmentPageTest(BookingPageCase):
    def test_a_stranger_gets_404(self):
        appointment = self.appointment()
        for stranger in make_user(), make_doctor():
            self.client.force_login(stranger)
            self.assertEqual(self.client.get(reverse("visits:ahead", args=[appointment.pk])).status_code, 404)
            self.assertEqual(self.client.post(reverse("visits:cancel", args=[appointment.pk])).status_code, 404)

    def test_staff_of_the_clinic_read_it_but_do_not_cancel_it_here(self):
        appointment = self.appointment()
        self.client.force_login(make_doctor(clinic=self.clinic))
        page = self.client.get(reverse("visits:ahead", args=[appointment.pk]))
        self.assertContains(page, appointment.patient.name)
        self.assertNotContains(page, reverse("visits:cancel", args=[appointment.pk]))
        self.assertEqual(self.client.post(reverse("visits:cancel", args=[appointment.pk])).status_code, 404)

    def test_a_cancelled_time_can_be_booked_again(self):
        appointment = self.appointment()
        cancel = reverse("visits:cancel", args=[appointment.pk])
        self.assertRedirects(self.client.post(cancel), reverse("visits:ahead", args=[appointment.pk]))
        self.assertIn(self.slot, open_slots(self.doctor, self.clinic))

    def test_what_took_place_cannot_be_cancelled(self):
        appointment = self.appointment(status=Appointment.Status.FULFILLED)
        response = self.client.post(reverse("visits:cancel", args=[appointment.pk]))
        self.assertContains(response, "This appointment is over.", status_code=409)

    def test_my_appointments_show_what_is_ahead_and_what_was(self):
        appointment = self.appointment()
        self.assertContains(self.client.get(self.url("mine")), reverse("visits:ahead", args=[appointment.pk]))
        Appointment.objects.update(status=Appointment.Status.CANCELLED)
        self.assertContains(self.client.get(self.url("mine")), "Earlier")

    def test_cancelling_asks_once_before_it_is_done(self):
        appointment = self.appointment()
        cancel = reverse("visits:cancel", args=[appointment.pk])
        self.assertContains(self.client.get(cancel), "Yes, cancel it")
        appointment.refresh_from_db()
        self.assertEqual(appointment.status, Appointment.Status.BOOKED)
        self.assertContains(self.client.post(cancel, follow=True), "Nobody waits for you then.")


class JoinTest(BookingPageCase):
    def join(self, start, **fields):
        appointment = self.appointment(start=start, end=start + timedelta(minutes=15), **fields)
        return appointment, self.client.post(reverse("desk:join", args=[appointment.pk]))

    def test_at_the_time_the_patient_arrives(self):
        appointment, response = self.join(timezone.now() + timedelta(minutes=14))
        visit = Visit.objects.get()
        self.assertRedirects(response, reverse("intake:resume", args=[visit.pk]), fetch_redirect_response=False)
        self.assertEqual((visit.appointment, visit.clinic), (appointment, self.clinic))

    def test_coming_in_twice_is_coming_in_once(self):
        appointment, first = self.join(timezone.now())
        second = self.client.post(reverse("desk:join", args=[appointment.pk]))
        self.assertEqual(first.url, second.url)

    def test_too_early_says_when_the_door_opens(self):
        _appointment, response = self.join(timezone.now() + timedelta(hours=3))
        self.assertContains(response, "You can come in from", status_code=409)
        self.assertFalse(Visit.objects.exists())

    def test_too_late_is_refused(self):
        _appointment, response = self.join(timezone.now() - timedelta(hours=1))
        self.assertContains(response, "This appointment is over.", status_code=409)

    def test_a_cancelled_appointment_opens_no_door(self):
        _appointment, response = self.join(timezone.now(), status=Appointment.Status.CANCELLED)
        self.assertContains(response, "This appointment was cancelled.", status_code=409)

    def test_an_open_visit_at_another_clinic_comes_first(self):
        flow.arrive(self.patient, make_clinic(name_en="Seaside Clinic"), by=self.user)
        _appointment, response = self.join(timezone.now())
        self.assertContains(response, "There is still an open visit at Seaside Clinic.", status_code=409)

    def test_a_stranger_gets_404_and_get_gets_405(self):
        appointment, _response = self.join(timezone.now())
        self.assertEqual(self.client.get(reverse("desk:join", args=[appointment.pk])).status_code, 405)
        self.client.force_login(make_user())
        self.assertEqual(self.client.post(reverse("desk:join", args=[appointment.pk])).status_code, 404)

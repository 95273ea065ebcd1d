import html
import re
import uuid
from datetime import UTC, datetime, time, timedelta

import time_machine
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from scheduling.models import Appointment, ClinicRoom, TimeOff, VisitType
from scheduling.openings import open_slots
from scheduling.slots import Slot
from tests.factories import make_assistant, make_clinic, make_doctor, make_patient, make_practitioner, make_user
from tests.scheduling import make_open_doctor
from tests.scheduling.test_booking import book
from visits import flow

MORNING = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)  # nine o'clock of a Tuesday in Seoul


def named(slot):
    """A time as an address or a form names it."""
    return {"start": slot.start.isoformat(), "end": slot.end.isoformat()}


class CalendarCase(TestCase):
    """A doctor open nine to twelve, a colleague, an assistant who looks; it is nine in the morning."""

    def setUp(self):
        travel = time_machine.travel(MORNING, tick=False)
        travel.start()
        self.addCleanup(travel.stop)
        self.doctor, self.clinic = make_open_doctor(start=time(9), end=time(12))
        self.colleague, _ = make_open_doctor(clinic=self.clinic, start=time(9), end=time(12))
        self.slots = open_slots(self.doctor, self.clinic)
        self.patient = make_patient(clinic=self.clinic, name="Ann Lee", phone="010-1234-5678")
        self.sign_in(make_assistant(clinic=self.clinic))

    def sign_in(self, user):
        user.language = "en"
        user.save()
        self.user = user
        self.client.force_login(user)

    def booked(self, place=4, **fields):
        appointment = book(self.slots[place], self.doctor, self.clinic, patient=self.patient)
        Appointment.objects.filter(pk=appointment.pk).update(**fields)
        return appointment

    def page(self, **query):
        return self.client.get(reverse("desk:calendar"), {"doctor": self.doctor.pk, **query})


class CalendarPageTest(CalendarCase):
    def setUp(self):
        super().setUp()
        self.patient.user = make_user()
        self.patient.save()

    def test_a_day_shows_who_is_booked_and_what_is_free(self):
        appointment = self.booked()
        page = self.page()
        self.assertContains(page, reverse("desk:appointment", args=[appointment.pk]))
        self.assertContains(page, "Ann Lee")
        self.assertContains(page, reverse("desk:book") + "?")

    def test_who_opens_it_is_in_the_audit_with_each_appointment(self):
        appointment = self.booked()
        self.page()
        seen = AuditEvent.objects.filter(action="calendar.read", by=self.user)
        self.assertEqual([event.subject_id for event in seen], [str(appointment.pk)])

    def test_a_doctor_begins_with_their_own_calendar_of_today(self):
        self.sign_in(self.doctor.user)
        self.booked()
        self.assertContains(self.client.get(reverse("desk:calendar")), "Ann Lee")

    def test_month_week_and_day_of_one_and_of_all(self):
        self.booked()
        for doctor in self.doctor.pk, "all":
            for view in "month", "week", "day":
                with self.subTest(doctor=doctor, view=view):
                    self.assertEqual(self.page(doctor=doctor, view=view).status_code, 200)
        self.assertContains(self.page(view="month"), "1 booked")
        self.assertContains(self.page(view="month", doctor="all"), "of 6 h free")
        self.assertContains(self.page(view="week"), "Ann Lee")
        self.assertContains(self.page(view="week", doctor="all"), self.colleague.name)

    def test_previous_today_and_next_are_links(self):
        days = {"day": ("11-30", "12-02"), "week": ("11-24", "12-08"), "month": ("11-01", "01-01")}
        for view, (before, after) in days.items():
            with self.subTest(view=view):
                page = self.page(view=view).content.decode()
                self.assertIn(f"-{before}", re.search(r'rel="prev" href="([^"]*)"', page)[1])
                self.assertIn(f"-{after}", re.search(r'rel="next" href="([^"]*)"', page)[1])

    def test_rooms_of_the_day_stand_beside_the_doctors(self):
        room = ClinicRoom.objects.create(clinic=self.clinic, name="Blue room")
        self.booked(room=room)
        self.assertContains(self.page(doctor="all"), "Blue room", count=3)

    def test_time_off_is_shown(self):
        TimeOff.objects.create(practitioner=self.doctor, start=MORNING, end=MORNING + timedelta(hours=1))
        self.assertContains(self.page(), "time off")

    def test_a_reader_elsewhere_sees_both_clocks(self):
        self.user.time_zone = "America/New_York"
        self.user.save()
        page = self.page(day="2026-12-01")
        self.assertContains(page, "clock (Korean time).")
        self.assertContains(page, "19:00</time> <small>(09:00)</small>")

    def test_a_chosen_kind_makes_the_free_times(self):
        kind = VisitType.objects.create(clinic=self.clinic, name_ko="상담", name_en="Long talk", minutes=60)
        self.assertContains(self.page(kind=kind.pk, day="2026-12-02"), "3 free times")

    def test_a_colleague_of_another_clinic_is_busy_without_a_name(self):
        elsewhere = make_clinic()
        self.doctor.clinics.add(elsewhere)
        self.booked(clinic=elsewhere)
        self.assertContains(self.page(), f"booked at {elsewhere.name_en}")
        self.assertNotContains(self.page(), "Ann Lee")

    def test_a_day_that_is_none_is_refused_and_a_far_one_is_today(self):
        self.assertContains(self.page(day="2026-02-29"), "We could not read which time you mean.", status_code=400)
        self.assertContains(self.page(day="9999-12-31"), "2026")

    def test_addresses_that_name_nothing_are_not_found(self):
        for query in ({"doctor": "x"}, {"doctor": "99999"}, {"clinic": make_clinic().pk}, {"kind": "9" * 30}):
            with self.subTest(**query):
                self.assertEqual(self.page(**query).status_code, 404)

    def test_who_chooses_another_clinic_leaves_the_doctor_of_the_old_one_behind(self):
        elsewhere = make_clinic()
        self.user.practitioner.clinics.add(elsewhere)
        kind = VisitType.objects.create(clinic=self.clinic, name_ko="상담", name_en="Talk")
        self.assertContains(self.page(clinic=elsewhere.pk, kind=kind.pk), "All doctors")

    def test_patients_and_strangers_find_nothing(self):
        for stranger in make_user(), make_doctor():
            self.client.force_login(stranger)
            self.assertEqual(self.page(clinic=self.clinic.pk).status_code, 404)
        self.assertEqual(self.client.post(reverse("desk:calendar")).status_code, 405)


class BookTest(CalendarCase):
    def wish(self, slot=None, **facts):
        slot = slot or self.slots[2]
        return {
            "doctor": self.doctor.pk,
            "clinic": self.clinic.pk,
            "start": slot.start.isoformat(),
            "end": slot.end.isoformat(),
            **facts,
        }

    def post(self, **facts):
        return self.client.post(reverse("desk:book"), self.wish(request_key=uuid.uuid4(), **facts))

    def test_a_free_time_of_the_calendar_leads_to_booking_it(self):
        page = self.page().content.decode()
        address = re.search(rf'href="({reverse("desk:book")}[^"]*)"', page)[1].replace("&amp;", "&")
        self.assertContains(self.client.get(address), "Find somebody")

    def test_somebody_is_found_and_booked(self):
        found = self.client.get(reverse("desk:book"), self.wish(find="Ann"))
        self.assertContains(found, f'name="patient" value="{self.patient.pk}"')
        response = self.post(patient=self.patient.pk)
        appointment = Appointment.objects.get()
        self.assertRedirects(response, reverse("desk:appointment", args=[appointment.pk]))
        self.assertEqual(
            (appointment.patient, appointment.start, appointment.booked_by), (self.patient, self.slots[2].start, self.user)
        )

    def test_somebody_new_is_written_down_and_booked(self):
        self.post(name="Ben Hill", birth_date="1980-1-2", sex="male", phone="", language="en")
        self.assertEqual(Appointment.objects.get().patient.name, "Ben Hill")

    def test_what_is_missing_is_said_at_its_field_and_nothing_is_booked(self):
        response = self.post(name="Ben Hill", birth_date="", sex="male")
        self.assertContains(response, "Please write the date of birth.", status_code=400)
        self.assertFalse(Appointment.objects.exists())

    def test_while_the_form_is_open_the_time_is_kept(self):
        self.client.get(reverse("desk:book"), self.wish())
        self.assertNotIn(self.slots[2], open_slots(self.doctor, self.clinic))

    def test_a_taken_time_names_others(self):
        self.post(patient=self.patient.pk)
        response = self.post(patient=self.patient.pk)
        self.assertContains(response, "This time has just been taken.", status_code=409)
        self.assertContains(response, "start=", count=3, status_code=409)

    def test_a_kind_is_booked_with_its_length(self):
        kind = VisitType.objects.create(clinic=self.clinic, name_ko="상담", name_en="Long talk", minutes=60)
        slot = open_slots(self.doctor, self.clinic, kind=kind)[0]
        self.client.post(reverse("desk:book"), self.wish(slot, request_key=uuid.uuid4(), patient=self.patient.pk, kind=kind.pk))
        self.assertEqual(Appointment.objects.get().kind, kind)

    def test_a_patient_of_another_clinic_cannot_be_booked(self):
        self.assertEqual(self.post(patient=make_patient().pk).status_code, 400)
        self.assertFalse(Appointment.objects.exists())

    def test_strangers_and_wrong_methods(self):
        self.assertEqual(self.client.put(reverse("desk:book")).status_code, 405)
        self.assertEqual(self.client.get(reverse("desk:book"), self.wish(doctor="all")).status_code, 404)
        for stranger in make_user(), make_assistant():
            self.client.force_login(stranger)
            self.assertEqual(self.post(patient=self.patient.pk).status_code, 404)


class AppointmentTest(CalendarCase):
    def setUp(self):
        super().setUp()
        self.patient.user = make_user()
        self.patient.save()
        self.appointment = self.booked()

    def url(self, name="appointment"):
        return reverse(f"desk:{name}", args=[self.appointment.pk])

    def test_it_shows_when_who_and_how_to_reach_them(self):
        page = self.client.get(self.url())
        self.assertContains(page, "tel:010-1234-5678")
        self.assertContains(page, self.url("move"))
        self.assertTrue(AuditEvent.objects.filter(action="appointment.read", by=self.user).exists())

    def test_it_is_moved_by_choosing_another_time(self):
        page = self.client.get(self.url("move"), {"day": "2026-12-02"}).content.decode()
        value = re.search(r'name="slot" value="([^"]*)"', page)[1]
        self.assertRedirects(self.client.post(self.url("move"), {"slot": value, "doctor": self.doctor.pk}), self.url())
        self.appointment.refresh_from_db()
        self.assertEqual(timezone.localdate(self.appointment.start).isoformat(), "2026-12-02")

    def test_it_is_moved_to_a_colleague(self):
        slot = open_slots(self.colleague, self.clinic)[0]
        self.client.post(self.url("move"), {**named(slot), "doctor": self.colleague.pk})
        self.appointment.refresh_from_db()
        self.assertEqual((self.appointment.practitioner, self.appointment.start), (self.colleague, slot.start))

    def test_a_time_that_is_taken_is_refused_and_the_old_one_stays(self):
        taken = book(self.slots[8], self.doctor, self.clinic)
        response = self.client.post(self.url("move"), named(taken))
        self.assertContains(response, "This time has just been taken.", status_code=409)
        self.appointment.refresh_from_db()
        self.assertEqual(self.appointment.start, self.slots[4].start)

    def test_it_is_cancelled_with_a_reason_that_stays_with_staff(self):
        self.client.post(self.url("cancel"), {"reason": "asked by phone"})
        self.assertContains(self.client.get(self.url()), "asked by phone")
        self.assertIn(Slot(self.appointment.start, self.appointment.end), open_slots(self.doctor, self.clinic))

    def test_a_visit_that_has_begun_is_neither_moved_nor_cancelled(self):
        flow.arrive(self.patient, self.clinic, by=None, appointment=self.appointment)
        for name in "move", "cancel":
            self.assertContains(self.client.post(self.url(name)), "This visit has already begun", status_code=409)
        self.assertContains(self.client.get(self.url()), "To the visit")

    def test_a_doctor_who_runs_late_is_said_on_the_page_and_at_the_door(self):
        self.client.post(reverse("desk:late"), {"clinic": self.clinic.pk, "doctor": self.doctor.pk, "minutes": "20"})
        self.assertContains(self.client.get(self.url()), "about 20 minutes late")
        self.client.force_login(self.patient.user)
        self.assertContains(self.client.get(reverse("visits:ahead", args=[self.appointment.pk])), "20")

    def test_the_other_language_of_a_page_with_a_mistake_is_where_the_form_stands(self):
        form = {"clinic": self.clinic.pk, "doctor": self.doctor.pk, "minutes": "999"}
        page = self.client.post(reverse("desk:late"), form, headers={"Referer": f"http://testserver{self.url()}"})
        self.assertEqual(page.status_code, 400)
        onward = re.search(r'name="next" value="([^"]*)"', page.content.decode())[1]
        answer = self.client.post(reverse("set_language"), {"language": "en", "next": html.unescape(onward)}, follow=True)
        self.assertEqual(answer.status_code, 200)

    def test_strangers_and_wrong_methods(self):
        self.assertEqual(self.client.get(self.url("cancel")).status_code, 405)
        for stranger in self.patient.user, make_practitioner(role="coordinator").user:
            self.client.force_login(stranger)
            for name in "appointment", "move":
                self.assertEqual(self.client.get(self.url(name)).status_code, 404)
            self.assertEqual(self.client.post(self.url("cancel")).status_code, 404)

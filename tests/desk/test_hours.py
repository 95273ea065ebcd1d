from datetime import UTC, datetime, time

import time_machine
from django.test import TestCase
from django.urls import reverse

from accounts.models import AuditEvent
from scheduling.models import Availability, ClinicRoom, DayLimit, Opening, TimeOff, VisitType
from scheduling.openings import open_slots
from tests.factories import make_assistant, make_clinic, make_doctor, make_practitioner, make_user
from tests.scheduling import make_open_doctor
from tests.scheduling.test_booking import book

MORNING = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)  # nine o'clock of a Tuesday in Seoul
WEEK = {"weekdays": ["0", "1"], "start": "13:00", "end": "18:00", "slot_minutes": "15", "walk_in_minutes": "0"}
OFF = {"day": "2026-12-02", "zone": "Asia/Seoul"}
EXTRA = {"day": "2026-12-05", "start": "13:00", "end": "15:00", "slot_minutes": "15", "zone": "Asia/Seoul"}


class HoursCase(TestCase):
    """A doctor open nine to twelve, and a coordinator; it is nine in the morning."""

    zone = "Asia/Seoul"

    def setUp(self):
        travel = time_machine.travel(MORNING, tick=False)
        travel.start()
        self.addCleanup(travel.stop)
        self.doctor, self.clinic = make_open_doctor(clinic=make_clinic(time_zone=self.zone), start=time(9), end=time(12))
        self.user = make_practitioner(clinic=self.clinic, role="coordinator").user
        self.sign_in(self.user)

    def sign_in(self, user):
        user.language = "en"
        user.save()
        self.client.force_login(user)

    def where(self):
        return {"clinic": self.clinic.pk, "doctor": self.doctor.pk}

    def get(self, name, *args):
        return self.client.get(reverse(f"desk:{name}", args=args), self.where())

    def post(self, page, *args, **facts):
        return self.client.post(reverse(f"desk:{page}", args=args), {**self.where(), **facts})

    def refused(self, name, facts, sentence, **changes):
        with self.subTest(name=name, **changes):
            self.assertContains(self.post(name, **{**facts, **changes}), sentence, status_code=400)


class WeeklyTest(HoursCase):
    def test_a_coordinator_opens_two_afternoons_with_a_break(self):
        self.assertEqual(self.get("weekly").status_code, 200)
        self.post("weekly", **WEEK, break_start="15:00", break_end="15:30", valid_until="2027-06-30")
        made = Availability.objects.filter(start=time(13))
        self.assertEqual([(row.weekday, row.break_start) for row in made], [(0, time(15)), (1, time(15))])
        self.assertContains(self.get("hours"), "break 15:00–15:30")
        self.assertTrue(AuditEvent.objects.filter(action="hours.set", by=self.user).exists())

    def test_a_doctor_sets_their_own_hours(self):
        self.sign_in(self.doctor.user)
        self.post("weekly", **WEEK)
        self.assertEqual(Availability.objects.filter(start=time(13)).count(), 2)

    def test_hours_are_changed_in_their_place(self):
        row = Availability.objects.get(weekday=0)
        self.assertContains(self.get("change-weekly", row.pk), 'value="09:00"')
        self.post("change-weekly", row.pk, **{**WEEK, "weekdays": ["0"], "start": "08:00", "end": "12:00"})
        self.assertEqual([row.start for row in Availability.objects.filter(weekday=0)], [time(8)])

    def test_each_mistake_is_named_at_its_field(self):
        for changes, sentence in (
            ({"start": "11:00"}, "Monday 09:00–12:00 is open already."),
            ({"end": "13:00"}, "The end must be after the start."),
            ({"end": "25:00"}, "Please write the time as hours and minutes"),
            ({"weekdays": []}, "Please choose at least one day."),
            ({"break_start": "14:00"}, "A break needs both its times."),
            ({"break_start": "12:00", "break_end": "13:30"}, "The break must lie within the hours"),
            ({"valid_from": "2027-02-29"}, "February 2027 has only 28 days."),
            ({"valid_from": "2027-02-02", "valid_until": "2027-02-01"}, "The last day must not be before the first one."),
            ({"valid_until": "2026-11-30"}, "This day is already over."),
            ({"slot_minutes": "4"}, "Please write a whole number from 5 to 240."),
            ({"slot_minutes": "ten"}, "Please write a whole number from 5 to 240."),
            ({"end": "13:10"}, "A visit of this length does not fit into these hours."),
            ({"walk_in_minutes": "300"}, "That would leave no time that can be booked."),
        ):
            self.refused("weekly", WEEK, sentence, **changes)
        self.assertEqual(Availability.objects.count(), 7)

    def test_29_february_of_a_leap_year_is_a_day(self):
        self.assertEqual(self.post("weekly", **WEEK, valid_from="2028-02-29").status_code, 302)

    def test_the_same_hours_in_another_season_do_not_overlap(self):
        Availability.objects.update(valid_until="2026-12-31")
        facts = {**WEEK, "start": "09:00", "end": "12:00"}
        self.refused("weekly", facts, "is open already", valid_from="2026-12-31")
        self.assertEqual(self.post("weekly", **facts, valid_from="2027-01-01").status_code, 302)

    def test_who_is_booked_in_hours_that_go_is_named(self):
        booked = book(open_slots(self.doctor, self.clinic)[0], self.doctor, self.clinic)
        self.post("end-weekly", Availability.objects.get(weekday=1).pk)
        self.assertContains(self.get("hours"), reverse("desk:appointment", args=[booked.pk]))

    def test_strangers_and_wrong_methods(self):
        row = Availability.objects.first()
        self.assertEqual(self.client.get(reverse("desk:end-weekly", args=[row.pk])).status_code, 405)
        for stranger in make_user(), make_doctor(clinic=self.clinic), make_assistant(clinic=self.clinic), make_doctor():
            self.client.force_login(stranger)
            for response in (
                self.get("hours"),
                self.get("weekly"),
                self.get("change-weekly", row.pk),
                self.post("end-weekly", row.pk),
            ):
                self.assertEqual(response.status_code, 404)
        self.assertEqual(Availability.objects.count(), 7)


class ExtraTest(HoursCase):
    def test_an_extra_opening_is_made_and_taken_back(self):
        self.post("extra", **EXTRA)
        self.assertEqual(Opening.objects.get().start, datetime(2026, 12, 5, 4, tzinfo=UTC))
        self.post("close-extra", Opening.objects.get().pk)
        self.assertFalse(Opening.objects.exists())

    def test_the_zones_are_a_list_by_city_the_clinics_first(self):
        self.client.cookies["django_language"] = "ko"
        page = self.client.get(f"/desk/hours/extra/?clinic={self.clinic.pk}&doctor={self.doctor.pk}")
        self.assertContains(page, '<option value="Asia/Seoul" selected>서울 (한국 시간)</option>', html=True)
        self.assertContains(page, '<option value="America/New_York">뉴욕 (미 동부 시간)</option>', html=True)
        self.assertEqual(page.context["form"].fields["zone"].widget.choices[0][0], "Asia/Seoul")

    def test_it_may_be_written_on_another_clock(self):
        self.post("extra", **{**EXTRA, "zone": "Europe/Berlin"})
        self.assertEqual(Opening.objects.get().start, datetime(2026, 12, 5, 12, tzinfo=UTC))

    def test_each_mistake_is_named_at_its_field(self):
        for changes, sentence in (
            ({"zone": "Asia/Soul"}, "“Asia/Soul” is not a time zone."),
            ({"zone": ""}, "Please choose the time zone"),
            ({"day": "2027-02-29"}, "February 2027 has only 28 days."),
            ({"day": "tomorrow"}, "Please write the day as year-month-day"),
            ({"day": "2026-11-30"}, "This time is already over."),
            ({"end": "13:00"}, "The end must be after the start."),
            ({"start": "11:00"}, "The doctor is open then already."),
        ):
            self.refused("extra", EXTRA, sentence, **changes)
        self.assertFalse(Opening.objects.exists())


class SummertimeTest(HoursCase):
    zone = "America/New_York"

    def test_the_hour_that_is_missing_and_the_one_that_comes_twice_are_named(self):
        facts = {**EXTRA, "zone": self.zone, "end": "04:00"}
        self.refused("extra", facts, "there is no 02:30", day="2027-03-14", start="02:30")
        self.refused("extra", facts, "01:30 comes twice", day="2027-11-07", start="01:30")
        self.assertFalse(Opening.objects.exists())


class TimeOffTest(HoursCase):
    def booked(self):
        return book(next(slot for slot in open_slots(self.doctor, self.clinic) if slot.start.day == 2), self.doctor, self.clinic)

    def test_a_whole_day_off(self):
        response = self.post("time-off", **OFF)
        away = TimeOff.objects.get()
        self.assertRedirects(response, reverse("desk:away", args=[away.pk]))
        self.assertEqual((away.start, away.end), (datetime(2026, 12, 1, 15, tzinfo=UTC), datetime(2026, 12, 2, 15, tzinfo=UTC)))

    def test_who_is_booked_then_is_listed_and_nothing_happens_before_somebody_says_what(self):
        person = self.booked()
        response = self.post("time-off", **OFF)
        self.assertContains(response, person.patient.name, status_code=400)
        self.assertContains(response, "People are booked then. Please say what happens with them.", status_code=400)
        self.assertFalse(TimeOff.objects.exists())

    def test_they_are_offered_another_time(self):
        person = self.booked()
        self.post("time-off", **OFF, people="offer", seen=str(person.pk))
        away = TimeOff.objects.get()
        self.assertEqual(away.proposals.get().appointment, person)
        self.assertContains(self.get("away", away.pk), "No answer yet")

    def test_or_they_are_left_and_stay_on_the_list(self):
        person = self.booked()
        self.post("time-off", **OFF, people="keep", seen=str(person.pk))
        away = TimeOff.objects.get()
        self.assertContains(self.get("away", away.pk), "Still booked in this time")
        self.post("away-offer", away.pk)
        self.assertEqual(away.proposals.count(), 1)

    def test_an_answer_counts_only_for_those_who_were_on_the_list(self):
        person = self.booked()
        self.booked()
        response = self.post("time-off", **OFF, people="keep", seen=str(person.pk))
        self.assertEqual(response.status_code, 400)
        self.assertFalse(TimeOff.objects.exists())

    def test_each_mistake_is_named_at_its_field(self):
        for changes, sentence in (
            ({"day": "2026-11-30"}, "This time is already over."),
            ({"last_day": "2026-12-01"}, "The end must be after the start."),
            ({"start": "10:00", "end": "10:00"}, "The end must be after the start."),
            ({"zone": "Mars/Base"}, "“Mars/Base” is not a time zone."),
        ):
            self.refused("time-off", OFF, sentence, **changes)


class IllTest(HoursCase):
    def setUp(self):
        super().setUp()
        self.person = book(open_slots(self.doctor, self.clinic)[4], self.doctor, self.clinic)
        self.colleague, _ = make_open_doctor(clinic=self.clinic, start=time(9), end=time(12))

    def test_one_press_offers_everybody_of_today_another_time(self):
        self.assertContains(self.get("ill"), self.person.patient.name)
        self.assertRedirects(self.post("ill"), reverse("desk:away", args=[TimeOff.objects.get().pk]))
        self.assertEqual(TimeOff.objects.get().proposals.get().practitioner, self.colleague)
        self.assertContains(self.get("calendar"), "Somebody has not answered yet")

    def test_the_patient_reads_it_at_the_door_and_accepts(self):
        self.post("ill")
        self.client.force_login(self.person.patient.user)
        door = reverse("visits:ahead", args=[self.person.pk])
        accept = reverse("visits:accept", args=[self.person.pk])
        self.assertContains(self.client.get(door), accept)
        self.assertEqual(self.client.get(accept).status_code, 405)
        self.assertRedirects(self.client.post(accept), door)
        self.person.refresh_from_db()
        self.assertEqual(self.person.practitioner, self.colleague)
        self.assertNotContains(self.client.get(door), accept)

    def test_the_patient_chooses_otherwise_also_with_a_colleague(self):
        self.post("ill")
        self.client.force_login(self.person.patient.user)
        move = reverse("visits:move", args=[self.person.pk])
        self.assertContains(self.client.get(move), f"?doctor={self.colleague.pk}")
        slot = open_slots(self.colleague, self.clinic)[-1]
        self.client.post(move, {"start": slot.start.isoformat(), "end": slot.end.isoformat(), "doctor": self.colleague.pk})
        self.person.refresh_from_db()
        self.assertEqual(self.person.start, slot.start)

    def test_without_an_offer_there_is_nothing_to_accept(self):
        self.client.force_login(self.person.patient.user)
        accept = reverse("visits:accept", args=[self.person.pk])
        self.assertEqual(self.client.post(accept).status_code, 409)

    def test_there_after_all(self):
        self.post("ill")
        self.post("give-back", TimeOff.objects.get().pk)
        self.assertFalse(TimeOff.objects.exists())

    def test_an_assistant_may_say_it_a_colleague_may_not(self):
        self.client.force_login(make_assistant(clinic=self.clinic))
        self.assertEqual(self.get("ill").status_code, 200)
        self.assertEqual(self.post("late", minutes="15").status_code, 302)
        self.post("ill")
        for stranger in self.colleague.user, make_user(), make_doctor():
            self.client.force_login(stranger)
            self.assertEqual(self.get("ill").status_code, 404)
            self.assertEqual(self.post("late", minutes="15").status_code, 404)
            self.assertEqual(self.post("give-back", TimeOff.objects.get().pk).status_code, 404)

    def test_late_is_no_page_to_read(self):
        self.assertEqual(self.get("late").status_code, 405)


class KindsTest(HoursCase):
    facts = {
        "name_ko": "상담", "name_en": "Talk", "minutes": "30", "buffer_minutes": "5", "notice_minutes": "60",
        "horizon_days": "30", "is_offered": "on",
    }  # fmt: skip

    def test_a_kind_is_made_and_changed(self):
        self.post("new-kind", **self.facts)
        kind = VisitType.objects.get()
        self.assertEqual((kind.clinic, kind.minutes, kind.buffer_minutes), (self.clinic, 30, 5))
        self.post("kind", kind.pk, **{**self.facts, "minutes": "40"})
        self.assertContains(self.get("kinds"), "40 min")

    def test_each_mistake_is_named_at_its_field(self):
        for changes, sentence in (
            ({"minutes": "4"}, "Please write a whole number from 5 to 480."),
            ({"name_ko": ""}, "Please write the name."),
            ({"needs_room": "on"}, "This clinic has no room yet."),
            ({"notice_minutes": "43200"}, "Then it could never be booked"),
        ):
            self.refused("new-kind", self.facts, sentence, **changes)

    def test_rooms_come_and_go_unless_people_are_booked_in_them(self):
        self.post("add-room", name="Blue room")
        room = ClinicRoom.objects.get()
        kind = VisitType.objects.create(clinic=self.clinic, name_ko="검사", name_en="Test", needs_room=True)
        book(open_slots(self.doctor, self.clinic, kind=kind)[0], self.doctor, self.clinic, kind=kind)
        self.assertContains(self.post("remove-room", room.pk), "People are booked in this room", status_code=409)
        self.assertContains(self.post("add-room", name=""), "Please write the name of the room.", status_code=400)

    def test_a_limit_a_day_is_set_and_taken_back(self):
        self.post("day-limit", most="3")
        self.assertEqual(DayLimit.objects.get().most, 3)
        self.post("day-limit", most="")
        self.assertFalse(DayLimit.objects.exists())
        self.refused("day-limit", {}, "Please write a whole number from 1 to 200.", most="many")

    def test_patients_choose_among_the_kinds(self):
        kind = VisitType.objects.create(clinic=self.clinic, name_ko="상담", name_en="Long talk", minutes=60)
        self.sign_in(make_user())
        page = self.client.get(reverse("scheduling:times", args=[self.clinic.pk, self.doctor.pk]))
        self.assertContains(page, "Long talk")
        self.assertContains(page, f"&amp;kind={kind.pk}")

    def test_strangers_and_assistants_find_nothing(self):
        kind = VisitType.objects.create(clinic=self.clinic, name_ko="상담", name_en="Talk")
        for stranger in make_user(), make_assistant(clinic=self.clinic), make_doctor():
            self.client.force_login(stranger)
            for response in self.get("kinds"), self.get("kind", kind.pk), self.post("add-room", name="x"):
                self.assertEqual(response.status_code, 404)
        self.assertEqual(VisitType.objects.get().minutes, 15)
        self.assertFalse(ClinicRoom.objects.exists())


class LateTest(HoursCase):
    def test_everybody_after_is_counted_and_the_calendar_says_it(self):
        book(open_slots(self.doctor, self.clinic)[4], self.doctor, self.clinic)
        response = self.client.post(reverse("desk:late"), {**self.where(), "minutes": "20"}, follow=True)
        self.assertContains(response, "Said. 1 person is told.")
        self.assertContains(response, "20 minutes late")

    def test_a_wrong_number_stays_in_the_form_with_its_error(self):
        for minutes in ("300", "-5", "soon", ""):
            page = self.client.post(reverse("desk:late"), {**self.where(), "minutes": minutes})
            self.assertContains(page, "Please write a whole number from 0 to 240.", 2, status_code=400)
            self.assertEqual(page.context["late"]["minutes"].value(), minutes)
            self.assertContains(page, f'href="{reverse("desk:calendar")}?clinic={self.clinic.pk}', status_code=400)

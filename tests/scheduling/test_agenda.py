from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import time_machine
from django.test import SimpleTestCase, TestCase
from hypothesis import given
from hypothesis import strategies as st

from scheduling import agenda, booking
from scheduling.agenda import What
from scheduling.models import Availability, ClinicRoom, OutsideCalendar, TimeOff, VisitType
from scheduling.openings import open_slots
from scheduling.slots import Slot, merged, minus, shares
from tests.factories import make_clinic, make_doctor, make_practitioner
from tests.scheduling import make_open_doctor

from .test_booking import book

SEOUL = ZoneInfo("Asia/Seoul")
MORNING = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)  # nine o'clock of a Tuesday in Seoul
TODAY, WEDNESDAY = date(2026, 12, 1), date(2026, 12, 2)
spans = st.tuples(st.integers(0, 300), st.integers(1, 60)).map(lambda pair: (pair[0], sum(pair)))
periods = st.lists(spans, max_size=12).map(merged)


def minutes(spans):
    return {minute for start, end in spans for minute in range(start, end)}


class MinutesTest(SimpleTestCase):
    @given(periods, periods)
    def test_what_is_left_is_every_minute_that_is_wanted_and_not_taken(self, wanted, taken):
        left = minus(wanted, taken)
        self.assertEqual(minutes(left), minutes(wanted) - minutes(taken))
        self.assertEqual(left, merged(left))

    @given(periods)
    def test_each_day_has_its_share(self, spans):
        bounds = [0, 50, 51, 200, 400]
        days = [set(range(*day)) for day in pairwise(bounds)]
        self.assertEqual(shares(spans, bounds), [len(minutes(spans) & day) for day in days])


@time_machine.travel(MORNING, tick=False)
class EntriesTest(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor(start=time(9), end=time(12))
        self.slots = open_slots(self.doctor, self.clinic)

    def day(self, day=WEDNESDAY, **options):
        start = agenda.midnight(day, SEOUL)
        return agenda.entries([self.doctor], self.clinic, start, start + timedelta(days=1), **options)[self.doctor.pk]

    def of(self, what, **options):
        return [entry for entry in self.day(**options) if entry.what == what]

    def on_wednesday(self, place):
        return [slot for slot in self.slots if slot.start.astimezone(SEOUL).date() == WEDNESDAY][place]

    def test_a_day_has_its_hours_and_its_free_times(self):
        self.assertEqual([entry.what for entry in self.day()], [What.OPEN, What.FREE])
        self.assertEqual(len(self.of(What.FREE)[0].slots), 12)

    def test_an_appointment_parts_the_free_times(self):
        appointment = book(self.on_wednesday(4), self.doctor, self.clinic)
        self.assertEqual([entry.what for entry in self.day()], [What.OPEN, What.FREE, What.BOOKED, What.FREE])
        self.assertEqual(self.of(What.BOOKED)[0].thing, appointment)

    def test_what_was_cancelled_is_gone(self):
        appointment = book(self.on_wednesday(4), self.doctor, self.clinic)
        booking.cancel(appointment, by=appointment.booked_by)
        self.assertEqual(self.of(What.BOOKED), [])

    def test_a_time_that_somebody_is_booking_is_shown_as_kept(self):
        booking.hold(self.on_wednesday(0), practitioner=self.doctor, clinic=self.clinic, by=make_doctor())
        self.assertEqual(self.of(What.HELD)[0].start, self.on_wednesday(0).start)

    def test_time_off_and_busy_times_elsewhere_are_told_apart(self):
        first, second = self.on_wednesday(0), self.on_wednesday(5)
        followed = OutsideCalendar.objects.create(practitioner=self.doctor, address="https://calendar.example/x.ics")
        TimeOff.objects.create(practitioner=self.doctor, start=first.start, end=first.end)
        TimeOff.objects.create(practitioner=self.doctor, start=second.start, end=second.end, outside=followed)
        self.assertEqual([entry.start for entry in self.of(What.OFF)], [first.start])
        self.assertEqual([entry.start for entry in self.of(What.OUTSIDE)], [second.start])

    def test_an_appointment_in_another_clinic_is_only_a_busy_time_here(self):
        other = make_clinic()
        Availability.objects.create(practitioner=self.doctor, clinic=other, weekday=2, start=time(9), end=time(12))
        book(self.on_wednesday(0), self.doctor, other)
        self.assertEqual(len(self.of(What.ELSEWHERE)), 1)

    def test_free_times_are_as_long_as_the_chosen_kind(self):
        kind = VisitType.objects.create(clinic=self.clinic, name_ko="상담", name_en="Talk", minutes=45, buffer_minutes=15)
        self.assertEqual([slot.end - slot.start for slot in self.of(What.FREE, kind=kind)[0].slots], [timedelta(minutes=45)] * 3)

    def test_the_break_is_not_open(self):
        Availability.objects.update(break_start=time(10), break_end=time(11))
        self.assertEqual([f"{entry.start.astimezone(SEOUL):%H}" for entry in self.of(What.OPEN)], ["09", "11"])
        self.assertEqual(len(self.of(What.FREE)), 2)

    def test_further_ahead_than_can_be_booked_no_free_time_is_promised(self):
        self.assertEqual([entry.what for entry in self.day(date(2027, 1, 13))], [What.OPEN])

    def test_one_question_more_for_each_part_and_none_for_each_doctor(self):
        doctors = [make_open_doctor(clinic=self.clinic)[0] for _ in range(5)]
        start = agenda.midnight(WEDNESDAY, SEOUL)
        with self.assertNumQueries(10):
            agenda.entries(doctors, self.clinic, start, start + timedelta(days=7))


@time_machine.travel(MORNING, tick=False)
class TotalsTest(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor(start=time(9), end=time(12))

    def totals(self, *days, doctors=None):
        return agenda.totals(doctors or [self.doctor], self.clinic, days, SEOUL)

    def test_a_day_counts_people_open_and_free_minutes(self):
        wanted = open_slots(self.doctor, self.clinic)[-24:-22]
        day = wanted[0].start.astimezone(SEOUL).date()
        for slot in wanted:
            book(slot, self.doctor, self.clinic)
        self.assertEqual(
            self.totals(day)[self.doctor.pk, day], agenda.Total(booked=2, open_minutes=180, free_minutes=150, away=0)
        )

    def test_a_day_off_is_counted_as_away(self):
        TimeOff.objects.create(
            practitioner=self.doctor, start=agenda.midnight(WEDNESDAY, SEOUL), end=agenda.midnight(date(2026, 12, 3), SEOUL)
        )
        self.assertEqual(self.totals(WEDNESDAY)[self.doctor.pk, WEDNESDAY], agenda.Total(0, 0, 0, 1))

    def test_a_day_on_which_nobody_is_open_or_booked_is_not_there(self):
        self.assertEqual(self.totals(WEDNESDAY, doctors=[make_practitioner(clinic=self.clinic)]), {})

    def test_forty_doctors_cost_as_many_questions_as_one(self):
        days = [TODAY + timedelta(days=number) for number in range(31)]
        for doctors in [self.doctor], [make_open_doctor(clinic=self.clinic)[0] for _ in range(5)]:
            with self.assertNumQueries(4):
                self.totals(*days, doctors=doctors)


class RoomTest(TestCase):
    def test_the_room_of_an_appointment_stands_with_it(self):
        doctor, clinic = make_open_doctor()
        room = ClinicRoom.objects.create(clinic=clinic, name="2")
        kind = VisitType.objects.create(clinic=clinic, name_ko="검사", name_en="Test", needs_room=True)
        slot = open_slots(doctor, clinic, kind=kind)[0]
        booked = book(slot, doctor, clinic, kind=kind)
        entries = agenda.entries([doctor], clinic, slot.start, slot.end)[doctor.pk]
        self.assertEqual([entry.thing.room for entry in entries if entry.thing == booked], [room])
        self.assertEqual(Slot(booked.start, booked.end), slot)

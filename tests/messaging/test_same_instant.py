"""Every clock of the world, both edges of daylight saving: screen, message, calendar file, door and reminder name one instant."""

import re
import zoneinfo
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.test import SimpleTestCase
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from accounts.models import Clinic, Patient, Practitioner
from messaging import planning
from scheduling import clock, ics, joining
from scheduling.models import Appointment, AppointmentChange

pytestmark = pytest.mark.once
ZONES = sorted(zoneinfo.available_timezones() - {"localtime", "Factory"})
HOUR = timedelta(hours=1)
ENGLISH = re.compile(r"(\d+) (\w{3}) (\d{4}), (\d\d):(\d\d)(?: \(UTC([+-]\d\d:\d\d)\))?")
KOREAN = re.compile(r"(\d{4})년 (\d+)월 (\d+)일 \(\S+\) (\d\d):(\d\d)(?: \(UTC([+-]\d\d:\d\d)\))?")
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def understood(words, zone):
    """The instant that a person in that zone understands, who has nothing but the words."""
    if found := KOREAN.search(words):
        year, month, day, hour, minute, offset = found.groups()
    else:
        day, name, year, hour, minute, offset = ENGLISH.search(words).groups()
        month = MONTHS.index(name) + 1
    reading = f"{year}-{int(month):02}-{int(day):02}T{hour}:{minute}"
    if offset:
        return datetime.fromisoformat(reading + offset)
    local = datetime.fromisoformat(reading).replace(tzinfo=zone)
    assert local.replace(fold=1).utcoffset() == local.utcoffset(), f"{words} names two instants in {zone}"
    return local


def edges(zone, year=2026):
    """The moments of a year at which the clocks of a zone change."""
    days = (datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(366))
    for day in days:
        before, after = day, day + timedelta(days=1)
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            while after - before > timedelta(minutes=1):
                middle = before + (after - before) / 2
                same = middle.astimezone(zone).utcoffset() == before.astimezone(zone).utcoffset()
                before, after = (middle, after) if same else (before, middle)
            yield after.replace(second=0, microsecond=0)


def around(zone):
    """Ordinary days, and half-hours around both edges."""
    yield datetime(2026, 7, 15, 5, 30, tzinfo=UTC)
    yield datetime(2028, 2, 29, 14, 45, tzinfo=UTC)
    for edge in edges(zone):
        yield from (edge + half * HOUR / 2 for half in (-2, -1, 0, 1, 2))


def planned(start, clinic_zone):
    clinic = Clinic(name_ko="항구의원", name_en="Harbour Clinic", time_zone=clinic_zone)
    doctor, patient = Practitioner(name="Dr Kim"), Patient(name="Ann Lee", birth_date=start.date())
    end = start + timedelta(minutes=15)
    return Appointment(pk=uuid4(), clinic=clinic, practitioner=doctor, patient=patient, start=start, end=end)


def on_screen(appointment, zone):
    facts = {"start": appointment.start, "end": appointment.end, "clinic_zone": appointment.clinic.time_zone}
    with timezone.override(zone):
        return render_to_string("scheduling/_when.html", facts)


class SameInstantTest(SimpleTestCase):
    def check(self, start, reader, clinic):
        appointment = planned(start, clinic.key)
        message = clock.both(start, reader, clinic)
        screen = on_screen(appointment, reader)
        self.assertEqual(understood(message, reader), start)
        self.assertEqual(understood(screen, reader), start)
        self.assertEqual(datetime.fromisoformat(re.search(r'datetime="([^"]+)"', screen)[1]), start)
        differ = start.astimezone(reader).utcoffset() != start.astimezone(clinic).utcoffset()
        names = clock.zone_name(reader), clock.zone_name(clinic)
        here, there = names if names[0] != names[1] else (reader.key, clinic.key)
        self.assertEqual(f"({there})" in message, differ)
        if differ:
            self.assertEqual(understood(message.partition(f"({here})")[2], clinic), start)
            self.assertEqual(understood(screen.partition("<small>")[2], clinic), start)
        event = Calendar.from_ical(ics.invitation(appointment, link="https://naru.example/v/x/")).walk("VEVENT")[0]
        self.assertEqual((event["DTSTART"].dt, event["DTEND"].dt), (start, appointment.end))
        opens = joining.opens_at(appointment)
        self.assertTrue(joining.can_join(appointment, opens) and not joining.can_join(appointment, opens - HOUR / 3600))
        change = AppointmentChange(what=AppointmentChange.What.BOOKED, start=start)
        due = {kind: at for kind, at, _until in planning._due(change, start - timedelta(days=30))}
        self.assertEqual(due["hour"].astimezone(UTC), start - HOUR)

    def test_every_zone_at_both_edges_in_both_languages(self):
        seoul = ZoneInfo("Asia/Seoul")
        self.assertGreater(len(ZONES), 400)
        for name in ZONES:
            zone = ZoneInfo(name)
            for number, start in enumerate(around(zone)):
                with self.subTest(zone=name, start=start), translation.override(("ko", "en")[number % 2]):
                    self.check(start, zone, seoul)

    def test_a_day_and_a_deed_are_said_without_weekday(self):
        said = {"en": ("9 Mar 1968", "26 Nov 2026, 14:03"), "ko": ("1968년 3월 9일", "2026년 11월 26일 14:03")}
        for language, words in said.items():
            with self.subTest(language=language), translation.override(language):
                done = datetime(2026, 11, 26, 5, 3, tzinfo=UTC)
                self.assertEqual((clock.dated(date(1968, 3, 9)), clock.stamped(done)), words)

    def test_zones_have_the_names_that_people_use(self):
        names = {
            "Asia/Seoul": ("Korean time", "한국 시간"),
            "America/New_York": ("Eastern Time", "미 동부 시간"),
            "UTC": ("UTC", "UTC"),
        }
        for key, said in names.items():
            for language, name in zip(("en", "ko"), said, strict=True):
                with self.subTest(zone=key), translation.override(language):
                    self.assertEqual(clock.zone_name(ZoneInfo(key)), name)

    @settings(max_examples=300, deadline=None)
    @given(
        st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC)),
        st.sampled_from(ZONES),
        st.sampled_from(ZONES),
        st.sampled_from(["ko", "en"]),
    )
    def test_any_reader_and_any_clinic(self, start, reader, clinic, language):
        with translation.override(language):
            self.check(start.replace(second=0, microsecond=0), ZoneInfo(reader), ZoneInfo(clinic))

    def test_the_hour_that_comes_twice_is_told_apart(self):
        zone = ZoneInfo("America/New_York")
        first, second = (datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (5, 6))
        with translation.override("en"):
            self.assertEqual(clock.said(first, zone), "Sun 1 Nov 2026, 01:30 (UTC-04:00)")
            self.assertEqual(clock.said(second, zone), "Sun 1 Nov 2026, 01:30 (UTC-05:00)")
            self.assertEqual(clock.said(second + HOUR, zone), "Sun 1 Nov 2026, 02:30")

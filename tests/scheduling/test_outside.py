import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from zoneinfo import ZoneInfo

import time_machine
from django.test import SimpleTestCase, TestCase, override_settings
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import calendars, fetching, outside, tasks
from scheduling.models import OutsideCalendar, TimeOff
from scheduling.openings import open_slots
from tests.factories import make_doctor
from tests.scheduling import make_open_doctor

SEOUL = ZoneInfo("Asia/Seoul")
START, END = datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 12, 20, tzinfo=UTC)
private = override_settings(CALENDARS_MAY_BE_PRIVATE=True)


def file_of(*events):
    """A calendar file; `|` ends a line, and every event has the same UID unless it names one."""
    parts = [f"BEGIN:VEVENT|{'' if 'UID:' in event else 'UID:one|'}{event}|END:VEVENT" for event in events]
    return "|".join(["BEGIN:VCALENDAR", "VERSION:2.0", *parts, "END:VCALENDAR", ""]).replace("|", "\r\n").encode()


def busy(*events):
    return [
        (f"{start:%d %H:%M}", f"{end:%d %H:%M}")
        for start, end in outside.busy(file_of(*events), start=START, end=END, zone=SEOUL)
    ]


class ReadTest(SimpleTestCase):
    """Times below are in UTC, nine hours behind Seoul."""

    def test_utc_zones_days_and_times_without_zone(self):
        self.assertEqual(busy("DTSTART:20261126T010000Z|DTEND:20261126T020000Z"), [("26 01:00", "26 02:00")])
        self.assertEqual(busy("DTSTART;TZID=Asia/Seoul:20261126T100000|DURATION:PT30M"), [("26 01:00", "26 01:30")])
        self.assertEqual(busy("DTSTART:20261126T100000|DURATION:PT30M"), [("26 01:00", "26 01:30")])
        self.assertEqual(busy("DTSTART;VALUE=DATE:20261126"), [("25 15:00", "26 15:00")])

    def test_names_of_zones_as_outlook_writes_them(self):
        self.assertEqual(busy("DTSTART;TZID=Korea Standard Time:20261126T100000|DURATION:PT1H"), [("26 01:00", "26 02:00")])

    def test_series_with_exceptions_and_one_moved(self):
        series = "DTSTART;TZID=Asia/Seoul:20261126T100000|DURATION:PT1H|RRULE:FREQ=WEEKLY;UNTIL=20270101T000000Z"
        skipped = "|EXDATE;TZID=Asia/Seoul:20261203T100000"
        moved = "RECURRENCE-ID;TZID=Asia/Seoul:20261210T100000|DTSTART;TZID=Asia/Seoul:20261210T150000|DURATION:PT1H"
        expected = [("26 01:00", "26 02:00"), ("10 06:00", "10 07:00"), ("17 01:00", "17 02:00")]
        self.assertEqual(busy(series + skipped, moved), expected)

    def test_single_days_that_are_added_to_an_event_or_a_series_block_too(self):
        more = "DTSTART:20261126T010000Z|DURATION:PT1H|RDATE:20261128T010000Z,20261130T010000Z|EXDATE:20261130T010000Z"
        self.assertEqual(busy(more), [("26 01:00", "26 02:00"), ("28 01:00", "28 02:00")])
        self.assertEqual(len(busy(more + "|RRULE:FREQ=DAILY;COUNT=2")), 3)

    def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_change(self):
        rule = "DTSTART;TZID=America/New_York:20261031T090000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=2"
        found = outside.busy(file_of(rule), start=START - timedelta(days=30), end=END, zone=SEOUL)
        self.assertEqual([slot.start.hour for slot in found], [13, 14])

    def test_what_is_free_or_cancelled_blocks_nothing(self):
        for word in "TRANSP:TRANSPARENT", "STATUS:CANCELLED":
            self.assertEqual(busy(f"DTSTART:20261126T010000Z|DURATION:PT1H|{word}"), [])

    def test_files_that_are_none_or_cannot_be_true_are_unreadable(self):
        bad = [
            b"<html>Please sign in</html>", b"", b"\xff\xfe\x00", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", file_of()[:-20],
            file_of("DTSTART:soon"), file_of("SUMMARY:no time"), file_of("DTSTART:20260230T100000Z|DURATION:PT1H"),
            file_of("DTSTART;TZID=Mars/Olympus:20261126T100000|DURATION:PT1H"),
            file_of("DTSTART:20261126T100000Z|DTEND:20261126T090000Z"),
            file_of("DTSTART:20261126T100000Z|DURATION:PT1H|RRULE:FREQ=SECONDLY"),
            file_of("DTSTART:20261126T100000Z|DURATION:PT1H|RRULE:FREQ=SOMETIMES"),
            file_of("DTSTART:20261126T100000Z|DURATION:P99999999D"),
            file_of(*["DTSTART:20261126T100000Z|DURATION:PT1H"] * (outside.MOST_EVENTS + 1)),
        ]  # fmt: skip
        for text in bad:
            with self.subTest(text=text[:80]), self.assertRaises(outside.Unreadable):
                outside.busy(text, start=START, end=END, zone=SEOUL)

    @settings(deadline=None)
    @given(st.lists(st.sampled_from([
        "DTSTART:20261126T100000Z", "DTSTART;VALUE=DATE:20261126", "DTEND:20261126T110000Z", "DURATION:-PT1H", "DURATION:PT1H",
        "RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=YEARLY;BYMONTH=13", "RRULE:", "EXDATE:20261127T100000Z", "EXDATE:x", "RDATE:x",
        "RECURRENCE-ID:20261127T100000Z", "RECURRENCE-ID:x", "DTSTART:", "TRANSP:", "STATUS:CANCELLED", ":", "X",
        "DTSTART;TZID=:1",
    ]), max_size=6))  # fmt: skip
    def test_no_file_breaks_the_reader(self, lines):
        with suppress(outside.Unreadable):
            outside.busy(file_of("|".join(lines)), start=START, end=END, zone=SEOUL)


@contextmanager
def served(*answers):
    """A real server on this machine; each answer is (status, headers, body), the last one stays."""
    waiting = list(answers)

    class Door(BaseHTTPRequestHandler):
        def do_GET(self):
            status, headers, body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):  # the reader may have had enough
                self.wfile.write(body)

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/doctor.ics"
    finally:
        server.shutdown()
        server.server_close()


class GuardTest(SimpleTestCase):
    def test_only_https_to_public_servers(self):
        for address in (
            "http://8.8.8.8/a.ics", "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/", "https://192.168.0.1/",
            "https://169.254.169.254/latest/meta-data/", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/",
            "https://[fd00::1]/", "https://0.0.0.0/", "https://100.64.0.1/", "https://224.0.0.1/", "https://2130706433/",
            "file:///etc/passwd", "ftp://8.8.8.8/", "https://user:word@8.8.8.8/", "https://", "https://8.8.8.8:port/",
            "https://localhost/", "https://127.1/", f"https://{'a' * 64}.example/",
        ):  # fmt: skip
            with self.subTest(address=address), self.assertRaises(fetching.Forbidden):
                fetching.check(address)

    def test_a_public_server_is_asked_by_the_address_that_was_checked(self):
        self.assertEqual(fetching.check("https://8.8.8.8/a.ics"), ("8.8.8.8", "8.8.8.8"))

    @private
    def test_a_redirect_is_looked_at_like_a_new_address(self):
        with served((302, {"Location": "file:///etc/passwd"}, b"")) as address, self.assertRaises(fetching.Forbidden):
            fetching.fetch(address)

    @private
    def test_a_redirect_is_followed_and_a_circle_is_not(self):
        with served((302, {"Location": "/other.ics"}, b""), (200, {}, b"here")) as address:
            self.assertEqual(fetching.fetch(address), b"here")
        with served((302, {"Location": "/doctor.ics"}, b"")) as address, self.assertRaises(fetching.Away):
            fetching.fetch(address)

    @private
    def test_too_much_is_not_read(self):
        with served((200, {}, b"x" * (fetching.MOST_BYTES + 1))) as address, self.assertRaises(fetching.Away):
            fetching.fetch(address)


class FollowTest(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor()
        self.slot = open_slots(self.doctor, self.clinic)[10]
        self.busy = file_of(f"DTSTART:{self.slot.start:%Y%m%dT%H%M%S}Z|DTEND:{self.slot.end:%Y%m%dT%H%M%S}Z")
        self.client.force_login(self.doctor.user)
        self.page = reverse("scheduling:calendars")

    def follow(self, address):
        return calendars.follow(self.doctor, address, by=self.doctor.user)

    @private
    def test_an_appointment_elsewhere_blocks_the_opening_and_frees_it_again(self):
        with served((200, {}, self.busy), (200, {}, file_of())) as address:
            self.assertRedirects(self.client.post(self.page, {"address": address}), self.page)
            tasks.read_calendar(OutsideCalendar.objects.get().pk)
            self.assertNotIn(self.slot, open_slots(self.doctor, self.clinic))
            self.assertContains(self.client.get(self.page), "바쁜 시간 1건")
            with time_machine.travel(timezone.now() + calendars.EVERY):
                tasks.read_calendar(OutsideCalendar.objects.get().pk)
            self.assertIn(self.slot, open_slots(self.doctor, self.clinic))

    @private
    def test_it_is_not_read_again_before_a_quarter_of_an_hour(self):
        with served((200, {}, self.busy)) as address:
            followed = self.follow(address)
            self.assertEqual(calendars.due().count(), 1)
            calendars.read(followed)
        self.assertEqual(calendars.due().count(), 0)

    @private
    def test_whatever_goes_wrong_nothing_is_lost_and_the_doctor_is_told(self):
        for status, body, problem in ((500, b"", "away"), (200, b"<html>", "unreadable"), (200, self.busy[:-30], "unreadable")):
            with self.subTest(body=body), served((200, {}, self.busy), (status, {}, body)) as address:
                followed = self.follow(address)
                calendars.read(followed)
                calendars.read(followed)
                self.assertEqual(followed.times.count(), 1)
                self.assertEqual(OutsideCalendar.objects.get(pk=followed.pk).problem, problem)
                self.assertContains(self.client.get(self.page), "이전에 확인한 시간은 그대로 막아 둡니다.")
                calendars.unfollow(followed, by=self.doctor.user)

    def test_what_is_no_public_address_is_refused_with_a_sentence(self):
        response = self.client.post(self.page, {"address": "https://127.0.0.1/a.ics"})
        self.assertContains(response, "공개 서버의 https 주소만", status_code=400)
        self.assertFalse(OutsideCalendar.objects.exists())

    @private
    def test_own_time_off_stays_when_a_calendar_is_read_or_removed(self):
        TimeOff.objects.create(practitioner=self.doctor, start=START, end=END)
        with served((200, {}, self.busy)) as address:
            followed = self.follow(address)
            calendars.read(followed)
        self.client.post(reverse("scheduling:unfollow", args=[followed.pk]))
        self.assertEqual(TimeOff.objects.count(), 1)

    def test_a_stranger_removes_nothing(self):
        followed = self.follow("https://calendar.example/a.ics")
        self.client.force_login(make_doctor(clinic=self.clinic))
        self.assertEqual(self.client.post(reverse("scheduling:unfollow", args=[followed.pk])).status_code, 404)
        self.assertEqual(self.client.get(reverse("scheduling:unfollow", args=[followed.pk])).status_code, 405)

    def test_a_sixth_calendar_is_refused(self):
        for number in range(calendars.MOST):
            self.follow(f"https://calendar.example/{number}.ics")
        with self.assertRaises(calendars.Refused):
            self.follow("https://calendar.example/more.ics")

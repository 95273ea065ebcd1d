from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.conf import settings
from django.core import mail
from django.db.models import Min
from django.test import SimpleTestCase, TestCase, TransactionTestCase, override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from messaging import quiet, sending, tasks
from messaging.models import Kind, Message
from tests.factories import make_clinic, make_patient, make_user
from tests.messaging import cancel, make_booking, move, states
from tests.messaging.gateway import Gateway
from tests.races import together

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOON = datetime(2026, 11, 26, 3, tzinfo=UTC)  # in Seoul
LOCMEM = "django.core.mail.backends.locmem.EmailBackend"
by_mail = override_settings(MAIL_IS_SET_UP=True, EMAIL_BACKEND=LOCMEM)
mail_is_down = override_settings(
    MAIL_IS_SET_UP=True, EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=1
)


class Clock(TestCase):
    """The tests' clock stands at noon, unless it is moved."""

    def setUp(self):
        travel = time_machine.travel(NOON)  # it ticks: the pool of connections waits by the same clock
        self.at = travel.start().move_to
        self.addCleanup(travel.stop)

    def run_until(self, end):
        """Beat beats whenever something is due."""
        while timezone.now() < end:
            tasks.sweep()
            due = Message.objects.planned().aggregate(Min("due_at"))["due_at__min"] or end
            self.at(min(end, max(due, timezone.now() + timedelta(seconds=10))))


@by_mail
class SendTest(Clock):
    def subjects(self):
        return [letter.subject for letter in mail.outbox]

    def test_each_window_brings_one_message(self):
        appointment = make_booking(ahead=10 * DAY)
        self.run_until(appointment.start + DAY)
        self.assertEqual(len(mail.outbox), 4)
        self.assertEqual({state for _kind, state in states()}, {"sent"})
        self.assertIn("Naru: the video visit of Ann Lee begins soon", self.subjects())

    def test_after_a_move_nothing_of_the_old_time_is_sent(self):
        appointment = make_booking(ahead=10 * DAY)
        tasks.sweep()
        moved = move(appointment, 12 * DAY)
        mail.outbox.clear()
        self.run_until(moved.start + DAY)
        self.assertEqual(len(mail.outbox), 4)
        self.assertTrue(all("8 Dec 2026" in letter.body for letter in mail.outbox), mail.outbox[0].body)
        self.assertIn("Before, it was: Sun 6 Dec 2026, 12:00", mail.outbox[0].body)

    def test_after_a_cancellation_one_message_says_so_and_no_more_come(self):
        appointment = make_booking(ahead=10 * DAY)
        tasks.sweep()
        cancel(appointment)
        self.run_until(appointment.start + DAY)
        self.assertEqual(self.subjects()[1:], ["Naru: the video visit of Ann Lee is cancelled"])

    def test_what_changed_between_planning_and_sending_is_not_sent(self):
        appointment = make_booking()
        type(appointment).objects.update(status="cancelled")  # the cancelling process died before it planned
        tasks.sweep()
        self.assertEqual((mail.outbox, states("confirmation")), ([], [("confirmation", "stale")]))

    def test_a_reminder_that_comes_too_late_for_use_is_not_sent(self):
        appointment = make_booking(ahead=10 * DAY)
        self.at(appointment.start - timedelta(minutes=30))  # the house was shut for days
        tasks.sweep()
        self.assertEqual([kind for kind, state in states() if state == "sent"], ["confirmation", "hour"])

    def test_a_message_that_breaks_keeps_no_other_waiting(self):
        broken, fine = make_booking(), make_booking()
        type(broken.patient.user).objects.filter(pk=broken.patient.user_id).update(email="a\n@b.example")
        tasks.sweep()
        self.assertEqual([letter.to for letter in mail.outbox], [[fine.patient.user.email]])
        self.assertEqual(Message.objects.get(change__appointment=broken, kind="confirmation").tries, 1)

    def test_a_name_with_a_line_break_is_told_all_the_same(self):
        make_booking(patient=make_patient(user=make_user(language="en"), name="Ann\nLee"))
        tasks.sweep()
        self.assertIn("Ann Lee", mail.outbox[0].subject)

    def test_the_language_is_the_readers(self):
        make_booking(patient=make_patient(user=make_user(language="ko"), name="한지민"))
        tasks.sweep()
        self.assertIn("한지민 님의 화상 진료", mail.outbox[0].subject)

    def test_both_clocks_are_named_where_they_differ(self):
        far = make_user(language="en", time_zone="America/New_York")
        make_booking(patient=make_patient(user=far), start=datetime(2026, 12, 1, 5, tzinfo=UTC))
        tasks.sweep()
        self.assertIn(
            "Tue 1 Dec 2026, 00:00 (Eastern Time). At the clinic it is then Tue 1 Dec 2026, 14:00 (Korean time)",
            mail.outbox[0].body,
        )

    def test_a_mail_carries_the_calendar_file_and_a_stable_id(self):
        appointment = make_booking()
        tasks.sweep()
        letter = mail.outbox[0].message()
        message = Message.objects.get(kind=Kind.CONFIRMATION)
        self.assertEqual(letter["Message-ID"], f"<{message.pk}@localhost>")
        part = letter.get_payload()[1]
        self.assertIn("method=REQUEST", part["Content-Type"].replace('"', ""))
        self.assertIn(f"UID:{appointment.pk}@", part.get_payload(decode=True).decode())


class MailServerDownTest(Clock):
    def test_an_hour_without_mail_server_loses_nothing_and_doubles_nothing(self):
        for _ in range(3):
            make_booking(ahead=3 * DAY)
        with mail_is_down:
            self.run_until(NOON + HOUR)
        self.assertEqual({state for _kind, state in states("confirmation")}, {"planned"})
        self.assertTrue(Message.objects.filter(tries__gt=0, problem="ConnectionRefusedError").exists())
        with by_mail:
            self.run_until(NOON + 2 * HOUR)
        self.assertEqual(len(mail.outbox), 3)
        self.assertEqual(len({letter.to[0] for letter in mail.outbox}), 3)

    def test_a_closed_way_rests_for_all_who_want_to_go_it(self):
        for _ in range(3):
            make_booking()
        with mail_is_down:
            tasks.sweep()
        self.assertEqual(sorted(Message.objects.filter(kind="confirmation").values_list("tries", flat=True)), [0, 0, 1])
        self.assertFalse(Message.objects.due(timezone.now()).exists())

    def test_the_pause_grows_and_has_an_end(self):
        pauses = [sending.pause(tries).total_seconds() for tries in range(8)]
        self.assertEqual(pauses[:4], [30, 60, 120, 240])
        self.assertEqual(pauses[-1], 900)

    def test_what_could_not_be_sent_while_it_mattered_has_failed(self):
        make_booking(ahead=DAY)
        with mail_is_down:
            self.run_until(NOON + 3 * DAY)
        self.assertIn(("confirmation", "failed"), states())


@by_mail
class QuietHoursTest(Clock):
    def assert_sent(self, kind, morning):
        """By the first sweep of that morning."""
        sent_at = Message.objects.get(kind=kind).sent_at
        self.assertTrue(morning <= sent_at < morning + timedelta(minutes=11), sent_at)

    def test_a_reminder_of_the_night_waits_for_the_morning(self):
        self.at(NOON + 11 * HOUR)  # 23:00 in Seoul
        make_booking(ahead=10 * DAY)
        self.run_until(NOON + 4 * DAY)
        self.assert_sent("week", datetime(2026, 11, 29, 23, 0, tzinfo=UTC))  # 08:00 on the 30th

    def test_what_was_just_asked_for_comes_at_any_hour(self):
        self.at(NOON + 11 * HOUR)
        make_booking()
        tasks.sweep()
        self.assertEqual(len(mail.outbox), 1)

    def test_a_cancellation_of_tomorrow_morning_wakes_and_one_of_next_week_does_not(self):
        self.at(NOON + 11 * HOUR)
        near, far = make_booking(ahead=10 * HOUR), make_booking(ahead=6 * DAY)
        tasks.sweep()
        mail.outbox.clear()
        for appointment in near, far:
            cancel(appointment)
        tasks.sweep()
        self.assertEqual([letter.to for letter in mail.outbox], [[near.patient.user.email]])

    def test_the_night_is_that_of_the_reader(self):
        paris = make_user(language="en", time_zone="Europe/Paris")
        make_booking(patient=make_patient(user=paris), ahead=7 * DAY + 2 * HOUR)  # due at 06:00 in Paris
        self.run_until(NOON + 12 * HOUR)
        self.assert_sent("week", datetime(2026, 11, 26, 7, 0, tzinfo=UTC))  # 08:00 in Paris


class AwakeTest(SimpleTestCase):
    @given(
        st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
        st.sampled_from(["Asia/Seoul", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca", "UTC"]),
    )
    def test_nobody_is_told_at_night_and_nobody_waits_longer_than_a_night(self, moment, name):
        zone = ZoneInfo(name)
        told = quiet.awake(moment, zone)
        self.assertTrue(quiet.MORNING <= told.astimezone(zone).time() < quiet.EVENING)
        self.assertTrue(timedelta(0) <= told - moment <= timedelta(hours=12))
        self.assertEqual(quiet.awake(told, zone), told)


class ManyWorkersTest(TransactionTestCase):
    def test_workers_who_look_at_the_same_moment_send_each_message_once(self):
        clinic = make_clinic()
        for number in range(12):
            patient = make_patient(clinic=clinic, phone=f"010-0000-{number:04}")
            make_booking(patient=patient, by=make_user("assistant"), plan=False)
        with Gateway() as gateway, self.settings(SMS_URL=gateway.url):
            together(*[sending.send_due] * 6)
        self.assertEqual(len(gateway.asked), 12)
        self.assertEqual(len(set(gateway.keys)), 12)


class DiedBetweenTest(TestCase):
    """A worker may die at any line; what it left is found."""

    def test_who_died_with_a_message_in_hand_is_followed_by_another_after_the_lease(self):
        make_booking(patient=make_patient(phone="010-1111-2222"), by=make_user("assistant"))
        message = Message.objects.get(kind=Kind.CONFIRMATION)
        with Gateway() as gateway, self.settings(SMS_URL=gateway.url):
            self.assertTrue(sending._claim(message))
            sending.send_due()
            self.assertEqual(gateway.asked, [])
            with time_machine.travel(timezone.now() + sending.LEASE + timedelta(seconds=1)):
                sending.send_due()
        self.assertEqual(gateway.keys, [str(message.pk)])

    def test_files_are_written_once_however_often_they_are_sent(self):
        make_booking()
        for _ in range(2):
            Message.objects.update(state="planned")
            sending.deliver(Message.objects.get(kind=Kind.CONFIRMATION))
        pk = Message.objects.get(kind=Kind.CONFIRMATION).pk
        files = sorted(path.suffix for path in (settings.NARU_STATE / "messages").glob(f"*{pk}*"))
        self.assertEqual(files, [".ics", ".txt"])

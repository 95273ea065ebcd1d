"""What is known of a person: read back from Redis, aged, and told to the board when it changes."""

import asyncio
from dataclasses import asdict, replace

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client, SimpleTestCase, TestCase, TransactionTestCase, override_settings
from redis.asyncio import Redis

from telehealth.asgi import application
from tests.factories import make_assistant, make_clinic, make_user, make_visit
from video import rooms, stays, watching
from video.models import LineSummary, Participant
from video.quality import Cause, cause_of
from video.watching import Record, Watch, rescue_group
from visits.states import State

from .faults import HEARD, WELL

WAIT = 10  # seconds; a bound, not a pause


class RecordTest(SimpleTestCase):
    def test_it_comes_back_as_it_was(self):
        record = Record(WELL, 1.0, HEARD, 2.0, cut=False, verdict="fine green", since=3.0)
        self.assertEqual(Record.load(record.dump()), record)

    def test_what_another_version_wrote_is_as_if_nothing_was_known(self):
        for text in ("", "[]", "{", '{"colour": 1}', '{"report": {"strange": 1}}', '{"heard": 7}'):
            with self.subTest(text=text):
                self.assertEqual(Record.load(text), Record())

    def test_silence_goes_on_while_nobody_tells(self):
        record = Record(WELL, 100.0, replace(HEARD, heard=1.0), 100.0)
        self.assertEqual(record.facts(102.0).heard.heard, 3.0)
        self.assertEqual(cause_of(record.facts(102.0)), Cause.UPLINK)

    def test_what_a_worker_said_long_ago_says_nothing_of_now(self):
        self.assertIsNone(Record(WELL, 100.0, HEARD, 100.0).facts(120.0).heard)

    def test_it_holds_numbers_and_our_own_words_alone(self):
        kept = Record(WELL, 1.0, HEARD, 2.0).dump()
        for name in ("name", "address", "patient", "visit"):
            self.assertNotIn(name, kept)


class WatchTest(TransactionTestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.visit = make_visit(state=State.IN_PROGRESS, clinic=self.clinic)
        self.seat = Participant.objects.select_related("room__visit").get(pk=rooms.admit(self.visit, user=None).pk)

    async def test_the_board_hears_when_something_else_is_wrong_and_only_then(self):
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(rescue_group(self.visit.clinic_id), channel)
        async with Redis.from_url(settings.REDIS_URL, decode_responses=True) as redis:
            watch = Watch(self.seat, redis)
            for heard in (HEARD, HEARD, replace(HEARD, heard=3.0), replace(HEARD, heard=4.0), HEARD):
                await watch.hear(asdict(heard))
        hints = [await asyncio.wait_for(layer.receive(channel), WAIT) for _change in range(3)]  # good, bad, good
        self.assertEqual(hints, [{"type": "visit.changed", "visit": str(self.visit.pk)}] * 3)

    async def test_since_when_it_is_wrong_outlives_the_socket(self):
        async with Redis.from_url(settings.REDIS_URL, decode_responses=True) as redis:
            lost = asdict(replace(HEARD, heard=3.0))
            first = Watch(self.seat, redis)
            await first.hear(lost)
            await first.end(1006)
            before = (await database_sync_to_async(watching.latest)([self.seat]))[self.seat.pk]
            second = Watch(self.seat, redis)
            await second.hear(lost)
        after = (await database_sync_to_async(watching.latest)([self.seat]))[self.seat.pk]
        self.assertTrue(before.cut)
        self.assertEqual(after.since, before.since)

    async def test_the_browsers_code_for_a_closed_page_is_a_goodbye(self):
        async with Redis.from_url(settings.REDIS_URL, decode_responses=True) as redis:
            watch = Watch(self.seat, redis)
            await watch.hear(asdict(HEARD))
            await watch.end(watching.GOING_AWAY)
        self.assertFalse((await database_sync_to_async(watching.latest)([self.seat]))[self.seat.pk].cut)

    @override_settings(REDIS_URL="redis://127.0.0.1:1/0")
    def test_without_redis_nothing_is_known_and_no_page_breaks(self):
        self.assertEqual(watching.latest([self.seat]), {})
        self.assertFalse(watching.media_is_up())

    async def test_only_staff_hear_the_hints_of_the_board(self):
        def cookies(user):
            client = Client()
            client.force_login(user)
            return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())

        assistant = await database_sync_to_async(make_assistant)(clinic=self.clinic)
        for user, welcome in ((assistant, True), (await database_sync_to_async(make_user)(), False)):
            headers = [(b"origin", b"http://testserver"), (b"cookie", (await database_sync_to_async(cookies)(user)).encode())]
            page = WebsocketCommunicator(application, "/ws/rescue/", headers=headers)
            self.assertEqual((await page.connect(timeout=WAIT))[0], welcome)
            if welcome:
                await get_channel_layer().group_send(rescue_group(self.visit.clinic_id), {"type": "visit.changed", "visit": "7"})
                self.assertEqual(await page.receive_json_from(timeout=WAIT), {"changed": "7"})
                await page.disconnect()


class StayTest(TestCase):
    def setUp(self):
        self.seat = rooms.admit(make_visit(state=State.IN_PROGRESS), user=None)

    def tally(self, *reports):
        tally = stays.Tally()
        for report, seconds in reports:
            tally.add(report, None, seconds)
        return tally

    def test_means_are_weighed_by_time_and_the_worst_is_kept(self):
        bad = replace(WELL, lost_down=40, round_trip=1200, freezes=1, path="relayed")
        stays.keep(self.seat, self.tally((WELL, 2), (WELL, 2), (WELL, 2)))
        line = stays.keep(self.seat, self.tally((bad, 2)))
        self.assertEqual((line.seconds, line.weak_seconds, line.freezes), (8, 2, 1))
        self.assertEqual((line.lost_percent, line.worst_lost_percent, line.worst_round_trip_ms), (10, 40, 1200))
        self.assertEqual((line.round_trip_ms, line.path, line.transport), (330, "relayed", "udp"))
        self.assertEqual(LineSummary.objects.count(), 1)

    def test_time_that_nobody_told_of_is_not_counted(self):
        line = stays.keep(self.seat, self.tally((WELL, 600)))
        self.assertEqual(line.seconds, stays.LONGEST_STEP)

"""The socket of a room: who gets in, what passes, and what is answered with a sentence."""

import asyncio
import contextlib
from dataclasses import asdict, replace
from urllib.parse import urlencode

from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import TransactionTestCase
from redis.asyncio import Redis

from accounts import proxies
from tests.factories import make_doctor, make_grant, make_user, make_visit
from video import rescue, rooms, tokens, watching
from video.consumers import BUSY, CLOSED, NO_MEDIA, OFTEN, OUT, REPLACED, STRANGER
from video.media.forwarder import Forwarder
from video.media.leases import heartbeat_key
from video.media.protocol import LONGEST_MESSAGE
from video.media.worker import Worker
from video.models import ChatMessage, LineSummary, Participant
from video.routing import websocket_urlpatterns
from visits import duty, flow, handing_over
from visits.states import State

from .browser import until
from .faults import WELL


@contextlib.asynccontextmanager
async def media():
    """A media worker in this process."""
    worker = Worker(settings.REDIS_URL, Forwarder(["127.0.0.1"], range(0, 1)))
    task = asyncio.create_task(worker.run())
    try:
        async with Redis.from_url(settings.REDIS_URL) as redis:
            await until(lambda: redis.exists(heartbeat_key(worker.id)))
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class RoomSocketTest(TransactionTestCase):
    def setUp(self):
        self.visit = make_visit(state=State.IN_PROGRESS)
        self.doctor = self.visit.practitioner.user

    async def come(self, user=None, *, token=None, language="en", visit=None):
        participant = await database_sync_to_async(rooms.admit)(self.visit, user=user)
        query = urlencode({"token": tokens.token_for(participant) if token is None else token, "language": language})
        socket = WebsocketCommunicator(URLRouter(websocket_urlpatterns), f"/ws/room/{visit or self.visit.pk}/?{query}")
        connected, _code = await socket.connect(timeout=10)
        self.assertTrue(connected)
        return socket

    async def hear(self, socket, kind):
        """The next message of a kind; others are let pass."""
        for _attempt in range(20):
            message = await socket.receive_json_from(timeout=10)
            if message["type"] == kind:
                return message
        raise AssertionError(f"no {kind}")

    async def end(self, socket):
        """The code with which the server hangs up."""
        for _attempt in range(OFTEN + 20):
            output = await socket.receive_output(timeout=10)
            if output["type"] == "websocket.close":
                return output["code"]
        raise AssertionError("it goes on")

    async def test_a_pass_is_needed(self):
        for token in ("", "forged"):
            socket = await self.come(token=token)
            self.assertEqual(await self.end(socket), STRANGER)

    async def test_a_pass_that_was_used_opens_nothing(self):
        participant = await database_sync_to_async(rooms.admit)(self.visit)
        token = tokens.token_for(participant)
        async with media():
            first = await self.come(token=token)
            await self.hear(first, "joined")
            second = await self.come(token=token)
            self.assertEqual(await self.end(second), STRANGER)
            await first.send_json_to({"type": "chat", "text": "still here"})
            await self.hear(first, "chat")
            await first.disconnect()

    async def test_a_pass_opens_one_visit_only(self):
        other = await database_sync_to_async(make_visit)(state=State.IN_PROGRESS)
        socket = await self.come(visit=other.pk)
        self.assertEqual(await self.end(socket), STRANGER)

    async def test_without_a_media_worker_the_browser_is_told_to_come_again(self):
        socket = await self.come()
        await self.hear(socket, "rejoin")
        self.assertEqual(await self.end(socket), NO_MEDIA)

    async def test_who_leaves_is_out_of_the_room_and_the_visit_goes_on(self):
        async with media():
            socket = await self.come()
            self.assertEqual(len((await self.hear(socket, "people"))["people"]), 1)
            await socket.disconnect()
        self.assertFalse(await Participant.objects.filter(left_at=None).aexists())
        await self.visit.arefresh_from_db()
        self.assertEqual(self.visit.state, State.IN_PROGRESS)

    async def test_what_one_writes_the_other_reads_and_who_comes_later_too(self):
        async with media():
            patient, doctor = await self.come(), await self.come(self.doctor)
            await self.hear(patient, "joined")
            await patient.send_json_to({"type": "chat", "text": "왼팔도 저려요"})
            heard = await self.hear(doctor, "chat")
            self.assertEqual((heard["text"], heard["mine"]), ("왼팔도 저려요", False))
            self.assertTrue((await self.hear(patient, "chat"))["mine"])
            await doctor.disconnect()
            again = await self.come(self.doctor)
            self.assertEqual((await self.hear(again, "chat"))["text"], "왼팔도 저려요")
            await again.disconnect()
            await patient.disconnect()

    async def test_what_is_not_understood_is_answered_and_the_socket_stays(self):
        async with media():
            socket = await self.come()
            await self.hear(socket, "joined")
            for text in (
                "{",
                "[]",
                "7",
                '{"type": "join"}',
                '{"type": "offer", "sdp": 7}',
                "[" * 50_000,
                "x" * (LONGEST_MESSAGE + 1),
            ):
                await socket.send_to(text_data=text)
                self.assertEqual((await self.hear(socket, "error"))["text"], "This message was not understood.")
            await socket.send_to(bytes_data=b"\x00\xff")
            await self.hear(socket, "error")
            await socket.send_json_to({"type": "chat", "text": " "})
            self.assertEqual((await self.hear(socket, "error"))["text"], "A message has between 1 and 1,000 characters.")
            await socket.send_json_to({"type": "chat", "text": "still here"})
            await self.hear(socket, "chat")
            await socket.disconnect()
        self.assertEqual(await ChatMessage.objects.acount(), 1)

    async def test_a_flood_is_ended(self):
        async with media():
            socket = await self.come()
            await self.hear(socket, "joined")
            for _number in range(OFTEN + 1):
                await socket.send_to(text_data="{")
            self.assertEqual(await self.end(socket), BUSY)

    async def test_the_end_of_the_visit_ends_the_conversation(self):
        async with media():
            socket = await self.come()
            await self.hear(socket, "joined")
            await database_sync_to_async(flow.finish)(self.visit, by=self.doctor)
            await self.hear(socket, "closed")
            self.assertEqual(await self.end(socket), CLOSED)

    async def test_whoever_loses_the_right_to_act_is_out_at_once_and_an_older_pass_is_worth_nothing(self):
        son = await database_sync_to_async(make_user)()
        grant = await database_sync_to_async(lambda: make_grant(user=son, patient=self.visit.patient))()
        seat = await database_sync_to_async(rooms.admit)(self.visit, user=son)
        used, unused = [await database_sync_to_async(tokens.token_for)(seat) for _ in range(2)]
        async with media():
            socket = await self.come(son, token=used)
            await self.hear(socket, "joined")
            await database_sync_to_async(proxies.end)(grant, by=son)
            await self.hear(socket, "out")
            self.assertEqual(await self.end(socket), OUT)
            self.assertEqual(await self.end(await self.come(son, token=unused)), STRANGER)

    async def test_a_doctor_who_calls_in_the_next_is_out_of_the_room_that_was_left_open_and_the_patient_stays(self):
        waiting = await database_sync_to_async(lambda: make_visit(clinic=self.visit.clinic))()
        async with media():
            doctor, patient = await self.come(self.doctor), await self.come()
            await self.hear(doctor, "joined")
            await self.hear(patient, "joined")
            await database_sync_to_async(flow.call_in)(waiting, by=self.doctor, instead=True)
            await self.hear(doctor, "out")
            self.assertEqual(await self.end(doctor), OUT)
            await doctor.disconnect()
            while len((await self.hear(patient, "people"))["people"]) > 1:
                pass

    async def test_a_doctor_who_hands_the_patient_over_is_out_of_the_room(self):
        def hand_over():
            colleague = make_doctor(clinic=self.visit.clinic)
            duty.begin(by=colleague)
            handing_over.hand_over(self.visit, to=colleague.practitioner, by=self.doctor, reason="ECG")

        async with media():
            doctor = await self.come(self.doctor)
            await self.hear(doctor, "joined")
            await database_sync_to_async(hand_over)()
            await self.hear(doctor, "out")
            self.assertEqual(await self.end(doctor), OUT)

    async def test_how_it_goes_is_kept_for_the_board_and_added_up_for_the_visit(self):
        async with media():
            socket = await self.come()
            await self.hear(socket, "joined")
            await socket.send_json_to({"type": "quality", **asdict(WELL)})
            seat = await Participant.objects.aget()

            async def known():
                record = (await database_sync_to_async(watching.latest)([seat])).get(seat.pk)
                return record if record and record.report and record.heard else None

            record = await until(known)
            self.assertEqual((record.report, record.verdict), (WELL, "fine green"))
            await socket.disconnect()
            again = await self.come()
            await again.send_json_to({"type": "quality", **asdict(replace(WELL, leaving=True, lost_down=20, freezes=2))})
            await until(lambda: self.left(seat))
            await again.disconnect()
        line = await LineSummary.objects.aget(participant=seat)
        self.assertEqual((line.freezes, line.worst_lost_percent, line.path), (2, 20, "direct"))

    async def left(self, seat):
        return not (await database_sync_to_async(watching.latest)([seat]))[seat.pk].cut

    async def test_who_says_how_it_goes_too_often_is_not_listened_to(self):
        async with media():
            socket = await self.come()
            await self.hear(socket, "joined")
            for freezes in range(5):
                await socket.send_json_to({"type": "quality", **asdict(replace(WELL, freezes=freezes))})
            await socket.send_json_to({"type": "chat", "text": "still here"})
            await self.hear(socket, "chat")
            seat = await Participant.objects.aget()
            record = (await database_sync_to_async(watching.latest)([seat]))[seat.pk]
            self.assertEqual(record.report.freezes, 0)
            await socket.disconnect()

    async def test_staff_leave_the_pictures_out_for_those_who_are_there_and_those_who_come(self):
        async with media():
            patient = await self.come()
            await self.hear(patient, "joined")
            await database_sync_to_async(rescue.leave_out_pictures)(self.visit, by=self.doctor)
            self.assertFalse((await self.hear(patient, "pictures"))["wanted"])
            doctor = await self.come(self.doctor)
            self.assertFalse((await self.hear(doctor, "pictures"))["wanted"])
            await database_sync_to_async(rescue.let_pictures_come)(self.visit, by=self.doctor)
            for socket in (patient, doctor):
                self.assertTrue((await self.hear(socket, "pictures"))["wanted"])
                await socket.disconnect()

    async def test_a_second_page_of_the_same_person_replaces_the_first(self):
        async with media():
            first = await self.come()
            await self.hear(first, "joined")
            second = await self.come()
            self.assertEqual(await self.end(first), REPLACED)
            await self.hear(second, "joined")
            self.assertTrue(await Participant.objects.filter(left_at=None).aexists())
            await second.disconnect()

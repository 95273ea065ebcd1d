"""Two people through a real worker, on a real Redis, over loopback."""

import asyncio
import os

import pytest
import pytest_asyncio
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from redis.asyncio import Redis

from video.media import private
from video.media.worker import Worker
from video.switchboard import NoWorker, Switchboard

SECONDS = 15


class Browser:
    """What a browser does, with aiortc in its place."""

    def __init__(self, room, person):
        self.room, self.person, self.session = room, person, f"{person}-socket"
        self.switchboard, self.lines, self.kinds = Switchboard(), [], asyncio.Queue()

    async def run(self):
        async with self.switchboard.events(self.session) as events:
            self.line = await self.switchboard.join(self.room, self.person, self.session)
            publish = self.new_line()
            publish.addTrack(AudioStreamTrack())
            publish.addTrack(VideoStreamTrack())
            await publish.setLocalDescription(await publish.createOffer())
            await self.say("offer", "publish", publish.localDescription.sdp)
            async for event in events:
                if event.kind == "answer":
                    await publish.setRemoteDescription(RTCSessionDescription(event.sdp, "answer"))
                elif event.kind == "offer":
                    await self.receive(event)

    async def receive(self, event):
        line = self.new_line()

        @line.on("track")
        async def take(track):
            await track.recv()
            await self.kinds.put(track.kind)

        await line.setRemoteDescription(RTCSessionDescription(event.sdp, "offer"))
        await line.setLocalDescription(await line.createAnswer())
        await self.say("answer", event.line, line.localDescription.sdp)

    async def say(self, kind, line, sdp):
        from video.media.protocol import Command

        await self.switchboard.send(self.line.worker, Command(kind, self.room, self.person, self.session, line, sdp))

    def new_line(self):
        self.lines.append(RTCPeerConnection(private.configuration([])))
        return self.lines[-1]

    async def seen(self):
        """Kinds of media that have really arrived."""
        async with asyncio.timeout(SECONDS):
            return {await self.kinds.get(), await self.kinds.get()}

    async def close(self):
        for line in self.lines:
            await line.close()
        await self.switchboard.close()


@pytest_asyncio.fixture
async def worker():
    redis = Redis.from_url(os.environ["REDIS_URL"])
    await redis.flushdb()
    running = Worker(os.environ["REDIS_URL"], [], ["127.0.0.1"])
    task = asyncio.create_task(running.run())
    async with asyncio.timeout(SECONDS):
        while not await redis.keys("naru:media:worker:*"):
            await asyncio.sleep(0.05)
    yield running
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await redis.aclose()


@pytest.mark.asyncio
async def test_two_people_see_and_hear_each_other(worker):
    people = [Browser("room", name) for name in ("patient", "doctor")]
    tasks = [asyncio.create_task(person.run()) for person in people]
    try:
        for person in people:
            assert await person.seen() == {"audio", "video"}
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for person in people:
            await person.close()


@pytest.mark.asyncio
async def test_a_bad_description_fails_alone(worker):
    person = Browser("room", "patient")
    async with person.switchboard.events(person.session) as events:
        person.line = await person.switchboard.join("room", "patient", person.session)
        await person.say("offer", "publish", "v=0\r\nm=video nonsense\r\n")
        async with asyncio.timeout(SECONDS):
            assert (await anext(events)).kind == "failed"
    assert await person.switchboard.is_alive(person.line)
    await person.close()


@pytest.mark.asyncio
async def test_a_room_moves_when_its_worker_is_gone(worker):
    switchboard = Switchboard()
    line = await switchboard.join("room", "patient", "s1")
    redis = Redis.from_url(os.environ["REDIS_URL"])
    await redis.set("naru:media:room:room", "dead:7", px=10_000)
    assert not await switchboard.is_alive(line)
    moved = await switchboard.join("room", "patient", "s2")
    assert (moved.worker, moved.generation > line.generation) == (worker.id, True)
    await redis.aclose()
    await switchboard.close()


@pytest.mark.asyncio
async def test_without_any_worker_the_caller_is_told():
    redis = Redis.from_url(os.environ["REDIS_URL"])
    await redis.flushdb()
    switchboard = Switchboard()
    with pytest.raises(NoWorker):
        await switchboard.join("room", "patient", "s")
    await switchboard.close()
    await redis.aclose()


def test_no_public_stun_server_is_ever_asked():
    assert private.configuration([]).iceServers == []

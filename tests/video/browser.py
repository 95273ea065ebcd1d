"""A browser of the tests without a browser: aiortc at the other end of the switchboard."""

import asyncio
import contextlib
import time
import uuid

from aiortc import (
    AudioStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import MediaStreamError

from video.media.protocol import Answer, Offer
from video.switchboard import Switchboard


class Browser:
    """Joins a room, sends a picture and sound, and counts the frames it gets of each person."""

    def __init__(self, redis_url, room, person, echo=False):
        self.room, self.person, self.echo = room, person, echo
        self.redis_url = redis_url
        self.frames = {}  # (person, kind) -> decoded frames
        self.told = []  # kinds of events, in order
        self.streams = {}
        self.tasks = []

    async def __aenter__(self):
        self.switchboard = Switchboard(self.redis_url)
        self.session = uuid.uuid4().hex
        self.closing = contextlib.AsyncExitStack()
        events = await self.closing.enter_async_context(self.switchboard.events(self.session))
        self.line = await self.switchboard.join(self.room, self.person, self.session, echo=self.echo)
        self.tasks.append(asyncio.create_task(self.listen(events)))
        return self

    async def __aexit__(self, *_why):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for line in (getattr(self, name, None) for name in ("sending", "screen", "getting")):
            if line:
                await line.close()
        await self.closing.aclose()
        await self.switchboard.close()

    async def publish(self, *tracks):
        self.sending = connection()
        for track in tracks or (AudioStreamTrack(), VideoStreamTrack()):
            self.sending.addTransceiver(track, direction="sendonly")
        await self.sending.setLocalDescription(await self.sending.createOffer())
        await self.switchboard.offer(self.line, Offer(self.sending.localDescription.sdp))

    async def share(self):
        """Show the screen, on a line of its own."""
        self.screen = connection()
        self.screen.addTransceiver(VideoStreamTrack(), direction="sendonly")
        await self.screen.setLocalDescription(await self.screen.createOffer())
        await self.switchboard.offer(self.line, Offer(self.screen.localDescription.sdp, screen=True))

    async def listen(self, events):
        async for event in events:
            self.told.append(event.kind)
            if event.kind == "answer":
                line = self.screen if event.screen else self.sending
                await line.setRemoteDescription(RTCSessionDescription(event.sdp, "answer"))
            if event.kind == "offer":
                await self.accept(event)

    async def accept(self, event):
        if event.fresh:
            self.getting = connection()
            self.getting.on("track", self.found)
        self.streams = event.streams
        self.tracks = []
        await self.getting.setRemoteDescription(RTCSessionDescription(event.sdp, "offer"))
        await self.getting.setLocalDescription(await self.getting.createAnswer())
        mids = {transceiver.receiver.track: transceiver.mid for transceiver in self.getting.getTransceivers()}
        for track in self.tracks:
            self.tasks.append(asyncio.create_task(self.watch(track, event.streams[mids[track]])))
        await self.switchboard.answer(self.line, Answer(event.number, self.getting.localDescription.sdp))

    def found(self, track):
        self.tracks.append(track)

    async def watch(self, track, person):
        with contextlib.suppress(MediaStreamError):
            while True:
                await track.recv()
                key = (person, track.kind)
                self.frames[key] = self.frames.get(key, 0) + 1

    async def gets(self, person, *kinds, seconds=15):
        """Wait for fresh frames of somebody's picture and sound."""
        before = dict(self.frames)
        for kind in kinds or ("audio", "video"):
            key = (person, kind)
            await until(lambda key=key: self.frames.get(key, 0) >= before.get(key, 0) + 5, seconds, f"{self.person} gets {key}")


def connection():
    """A connection of a browser on this machine."""
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


async def until(happened, seconds=10, what=""):
    """Wait until it is so."""
    deadline = time.monotonic() + seconds
    while True:
        answer = happened()
        if asyncio.iscoroutine(answer):
            answer = await answer
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        await asyncio.sleep(0.05)

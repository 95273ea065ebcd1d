"""One person in a room: a line on which they send, and a line on which they get all the others."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from aiortc import MediaStreamTrack, RTCPeerConnection, RTCRtpTransceiver, RTCSessionDescription

from . import private
from .engine import Engine, Source
from .protocol import PUBLISH, RECEIVE, Answer, Candidate, Event, Malformed

log = logging.getLogger(__name__)
Tell = Callable[[Event], Awaitable[None]]
MOST_TRACKS = 2  # one sound, one picture
MOST_SECTIONS = 16  # sections of a description are never removed; beyond this the receive line begins anew
ANSWER_SECONDS = 10.0
CLOSE_SECONDS = 5.0


class Person:
    """A seat as the media worker knows it. Streams go one way and the sender offers, so nobody offers against anybody."""

    def __init__(self, person_id: str, session: str, tell: Tell, engine: Engine) -> None:
        self.id = person_id
        self.session = session
        self.tell = tell
        self.sources: list[Source] = []
        self.silent_rounds = 0  # how often in a row nobody listened at the other end of `tell`
        self._engine = engine
        self._lines: dict[str, RTCPeerConnection] = {}
        self._wanted: list[Source] = []
        self._given: dict[Source, RTCRtpTransceiver] = {}
        self._number = 0  # of the last offer
        self._open = 0  # the offer that has no answer yet; 0 if none
        self._fresh = True
        self._lock = asyncio.Lock()
        self._patience: asyncio.TimerHandle | None = None

    async def publish(self, sdp: str) -> None:
        """Take the person's own sound and picture; the browser offers."""
        if sdp.count("\nm=") > MOST_TRACKS:
            raise Malformed("more than one sound and one picture")
        async with self._lock:
            await self._forget_sources()
            line = await self._new_line(PUBLISH)
            tracks: list[MediaStreamTrack] = []
            line.on("track", tracks.append)
            await line.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
            self.sources = [await self._engine.take(self.id, track) for track in tracks]
            await line.setLocalDescription(await line.createAnswer())
            await self.tell(Event("answer", line.localDescription.sdp))

    async def see(self, sources: Iterable[Source]) -> None:
        """From now on this person gets these. One offer at a time: what changes meanwhile comes after the answer."""
        self._wanted = list(sources)
        async with self._lock:
            if not self._open:
                await self._offer()

    async def answer(self, said: Answer) -> None:
        """The browser accepts what was offered; an answer to an older offer is not heard."""
        async with self._lock:
            if said.number != self._open:
                return
            await self._lines[RECEIVE].setRemoteDescription(RTCSessionDescription(said.sdp, "answer"))
            self._settled()
            await self._offer()

    async def candidate(self, said: Candidate) -> None:
        """One more address at which the browser may be reached."""
        if line := self._lines.get(said.line):
            await private.add_candidate(line, said)

    async def close(self) -> None:
        """End both lines. A line that does not end in time is left to the collector of garbage."""
        self._settled()
        try:
            async with asyncio.timeout(CLOSE_SECONDS), self._lock:
                await self._forget_sources()
                for name in list(self._lines):
                    await self._drop(name)
        except TimeoutError:
            log.warning("person %s: a line did not end in time", self.id)

    async def _offer(self) -> None:
        gone = [source for source in self._given if source not in self._wanted]
        new = [source for source in self._wanted if source not in self._given]
        if not gone and not new:
            return
        line = await self._receive_line(len(new))
        for source in gone:
            if transceiver := self._given.pop(source, None):
                self._engine.end(transceiver)
        for source in self._wanted:
            if source not in self._given:
                self._given[source] = self._engine.give(line, source)
        await line.setLocalDescription(await line.createOffer())
        self._number += 1
        self._open = self._number
        self._patience = asyncio.get_running_loop().call_later(ANSWER_SECONDS, self._give_up)
        streams = {str(transceiver.mid): source.person for source, transceiver in self._given.items()}
        fresh, self._fresh = self._fresh, False
        await self.tell(Event("offer", line.localDescription.sdp, self._number, fresh, streams))

    async def _receive_line(self, more: int) -> RTCPeerConnection:
        line = self._lines.get(RECEIVE)
        if line and len(line.getTransceivers()) + more <= MOST_SECTIONS:
            return line
        self._given.clear()
        self._fresh = True
        return await self._new_line(RECEIVE)

    def _give_up(self) -> None:
        """The offer or its answer was lost on the way: joining again mends it."""
        self._ask_to_rejoin()

    def _ask_to_rejoin(self) -> None:
        asyncio.ensure_future(self.tell(Event("rejoin")))

    def _settled(self) -> None:
        self._open = 0
        if self._patience:
            self._patience.cancel()

    async def _forget_sources(self) -> None:
        sources, self.sources = self.sources, []
        for source in sources:
            await self._engine.release(source)

    async def _new_line(self, name: str) -> RTCPeerConnection:
        await self._drop(name)
        line = self._lines[name] = self._engine.new_line()

        @line.on("connectionstatechange")
        def watch() -> None:
            if line.connectionState == "failed" and self._lines.get(name) is line:
                self._ask_to_rejoin()

        return line

    async def _drop(self, name: str) -> None:
        line = self._lines.pop(name, None)
        if line:
            await line.close()

"""One person in a room: a connection on which they send, and one for each person they see."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaBlackhole, MediaRelay
from aiortc.sdp import candidate_from_sdp

from .protocol import PUBLISH, Event

log = logging.getLogger(__name__)
Tell = Callable[[Event], Awaitable[None]]


class Person:
    """A seat as the media worker knows it."""

    def __init__(self, person_id: str, session: str, tell: Tell, configuration: RTCConfiguration, relay: MediaRelay) -> None:
        self.id = person_id
        self.session = session
        self.tell = tell
        self.tracks: dict[str, MediaStreamTrack] = {}
        self._configuration = configuration
        self._relay = relay
        self._lines: dict[str, RTCPeerConnection] = {}
        self._drain = MediaBlackhole()  # reads what nobody watches, so that no queue grows
        self._lock = asyncio.Lock()

    async def publish(self, sdp: str) -> None:
        """Take the person's own sound and picture; the browser offers."""
        async with self._lock:
            self.tracks.clear()
            line = await self._new_line(PUBLISH)
            line.on("track", self._on_track)
            await line.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
            await line.setLocalDescription(await line.createAnswer())
            await self._drain.start()
            await self.tell(Event("answer", PUBLISH, line.localDescription.sdp))

    async def see(self, other: "Person") -> None:
        """Send another person's sound and picture to this one; the server offers."""
        if not other.tracks:
            return
        async with self._lock:
            line = await self._new_line(other.id)
            for kind, track in sorted(other.tracks.items()):
                line.addTrack(self._relay.subscribe(track, buffered=kind == "audio"))
            for transceiver in line.getTransceivers():
                transceiver.direction = "sendonly"
            await line.setLocalDescription(await line.createOffer())
            await self.tell(Event("offer", other.id, line.localDescription.sdp))

    async def unsee(self, other_id: str) -> None:
        """Another person has gone."""
        async with self._lock:
            await self._drop(other_id)
            await self.tell(Event("gone", other_id))

    async def answer(self, other_id: str, sdp: str) -> None:
        """The browser accepts what the server offered; an answer to an older offer is ignored."""
        line = self._lines.get(other_id)
        if line and line.signalingState == "have-local-offer":
            await line.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def candidate(self, line_id: str, content: dict) -> None:
        """One more address at which the browser may be reached."""
        line = self._lines.get(line_id)
        text = content.get("candidate")
        if not line or not isinstance(text, str) or not text.startswith("candidate:"):
            return
        found = candidate_from_sdp(text.removeprefix("candidate:"))
        found.sdpMid, found.sdpMLineIndex = content.get("sdpMid"), content.get("sdpMLineIndex")
        await line.addIceCandidate(found)

    async def close(self) -> None:
        """End all lines."""
        async with self._lock:
            await self._drain.stop()
            for line_id in list(self._lines):
                await self._drop(line_id)

    def _on_track(self, track: MediaStreamTrack) -> None:
        self.tracks[track.kind] = track
        self._drain.addTrack(self._relay.subscribe(track, buffered=False))

    async def _new_line(self, line_id: str) -> RTCPeerConnection:
        await self._drop(line_id)
        line = self._lines[line_id] = RTCPeerConnection(self._configuration)

        @line.on("connectionstatechange")
        async def watch() -> None:
            if line.connectionState == "failed" and self._lines.get(line_id) is line:
                await self.tell(Event("failed", line_id))

        return line

    async def _drop(self, line_id: str) -> None:
        line = self._lines.pop(line_id, None)
        if line:
            await line.close()

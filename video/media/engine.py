"""The engine: how one person's sound and picture reach the others. A forwarder of packets can take its place."""

from dataclasses import dataclass

from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpTransceiver
from aiortc.contrib.media import MediaBlackhole, MediaRelay

from . import private


@dataclass(eq=False)
class Source:
    """One thing that a person sends: their sound or their picture."""

    person: str
    track: MediaStreamTrack
    drain: MediaBlackhole

    @property
    def kind(self) -> str:
        return self.track.kind


class Engine:
    """Fans out by aiortc's MediaRelay: frames are decoded once and encoded again for each who gets them."""

    def __init__(self, configuration: RTCConfiguration) -> None:
        self._configuration = configuration
        self._relay = MediaRelay()

    def new_line(self) -> RTCPeerConnection:
        """A connection to a browser, by our own ICE servers or none."""
        return RTCPeerConnection(self._configuration)

    async def take(self, person: str, track: MediaStreamTrack) -> Source:
        """Receive a track; what nobody watches is read all the same, so that no queue grows."""
        drain = MediaBlackhole()
        drain.addTrack(self._relay.subscribe(track, buffered=False))
        await drain.start()
        return Source(person, track, drain)

    async def release(self, source: Source) -> None:
        """The person no longer sends this."""
        await source.drain.stop()
        private.finish(source.track)

    def give(self, line: RTCPeerConnection, source: Source) -> RTCRtpTransceiver:
        """Send a source on a line; the next offer of the line tells the browser."""
        track = self._relay.subscribe(source.track, buffered=source.kind == "audio")
        return line.addTransceiver(track, direction="sendonly")

    def end(self, transceiver: RTCRtpTransceiver) -> None:
        """Send it no more; the next offer tells the browser."""
        if transceiver.sender.track:
            transceiver.sender.track.stop()
        transceiver.sender.replaceTrack(None)
        transceiver.direction = "inactive"

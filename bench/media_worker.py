"""The media worker for the load bench, with our engine or with stock aiortc: `python -m bench.media_worker ours|relay ADDRESS`.

Stock aiortc decodes what comes, MediaRelay hands the pictures on, and each who gets them has them encoded anew.
"""

import asyncio
import os
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay

from video.media import private, room
from video.media.forwarder import Forwarder
from video.media.worker import Worker

room.MOST_PEOPLE = 32  # the bench also measures one to twenty


class Relay:
    """An engine of stock aiortc."""

    def __init__(self) -> None:
        self.relay = MediaRelay()

    def of_room(self):
        return self

    def sending(self, person, say):
        return RelaySending(person)

    def getting(self, say):
        return RelayGetting(self.relay)

    def close(self) -> None:
        """Nothing is shared."""


class RelaySource:
    def __init__(self, person, track) -> None:
        self.person, self.kind, self.track = person, track.kind, track


class RelaySending:
    def __init__(self, person) -> None:
        self.person, self.sources = person, []
        self.line = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.line.on("track", lambda track: self.sources.append(RelaySource(person, track)))

    def quality(self, now):
        """It measures nothing."""
        return {}

    def is_same(self, sdp):
        return False

    async def answer(self, sdp):
        await self.line.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        await self.line.setLocalDescription()
        return self.line.localDescription.sdp

    async def close(self):
        await self.line.close()


class RelayGetting:
    def __init__(self, relay) -> None:
        self.relay, self.given = relay, {}
        self.line = RTCPeerConnection(RTCConfiguration(iceServers=[]))

    def quality(self, now):
        """It measures nothing."""
        return {}

    def give(self, source):
        self.given[source] = self.line.addTransceiver(self.relay.subscribe(source.track), direction="sendonly")

    def end(self, source):
        self.given.pop(source).direction = "inactive"

    def sections(self):
        return len(self.line.getTransceivers())

    async def offer(self):
        await self.line.setLocalDescription()
        streams = {transceiver.mid: source.person for source, transceiver in self.given.items()}
        return self.line.localDescription.sdp, streams

    async def accept(self, sdp):
        await self.line.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    def renew(self):
        """It knows no other way."""

    def want_pictures(self, wanted):
        """It sends all."""

    async def close(self):
        await self.line.close()


async def work(which: str, address: str) -> None:
    engine = Forwarder([address], range(0, 1)) if which == "ours" else Relay()
    await Worker(os.environ["REDIS_URL"], engine).run()


if __name__ == "__main__":
    private.set_up()
    asyncio.run(work(*sys.argv[1:]))

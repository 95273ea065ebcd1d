"""The way to one person: everything they get goes through here, and what they say about it comes back."""

import time

from . import rtcp
from .outgoing import Outgoing
from .private import Wire
from .rtp import Ids, Packet

REPAIR_SECONDS = 1.0  # older packets are not sent again


class Link:
    """All streams to one person share one connection."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.streams: dict[int, Outgoing] = {}
        self._transport = 0  # the transport-wide number that was given last
        wire.on_rtcp = self.heard

    def add(self, outgoing: Outgoing, codecs, ids: Ids, mid: str) -> None:
        """One more stream is agreed."""
        outgoing.start(self, self.wire, codecs, ids, mid, time.monotonic())
        self.streams[outgoing.ssrc] = outgoing

    def remove(self, outgoing: Outgoing) -> None:
        outgoing.stop()
        self.streams.pop(outgoing.ssrc, None)

    def send(self, outgoing: Outgoing, packet: Packet, now: float) -> None:
        outgoing.leave(packet, now)

    def stamp(self, size: int, now: float) -> int:
        """The transport-wide number of a packet of this size that leaves now."""
        self._transport = (self._transport + 1) & 0xFFFF
        return self._transport

    def heard(self, data: bytes) -> None:
        """The receiver says something: about losses, about pictures, about arrivals."""
        now = time.monotonic()
        for block in rtcp.blocks(data):
            if block.kind in (rtcp.SENDER_REPORT, rtcp.RECEIVER_REPORT):
                for report in rtcp.receptions(block):
                    if outgoing := self.streams.get(report.ssrc):
                        outgoing.received(report, now)
            elif block.kind == rtcp.REPAIR and block.format == rtcp.NACK:
                self._repair(block, now)
            elif block.kind == rtcp.FEEDBACK and block.format in (rtcp.PLI, rtcp.FIR):
                for ssrc in rtcp.key_wanted_of(block):
                    if outgoing := self.streams.get(ssrc):
                        outgoing.source.want_key(now)

    def _repair(self, block: rtcp.Block, now: float) -> None:
        if outgoing := self.streams.get(rtcp.media_ssrc(block)):
            for seq in rtcp.asked_again(block):
                outgoing.repair(seq, now - REPAIR_SECONDS, now)

    def close(self) -> None:
        for outgoing in list(self.streams.values()):
            self.remove(outgoing)

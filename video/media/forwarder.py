"""Our engine: encrypted packets in, encrypted packets out. No picture and no sound is ever decoded."""

import asyncio
import contextlib
import time
from collections.abc import Iterable

from aiortc import RTCRtpTransceiver, RTCSessionDescription

from . import private, rtcp
from .arrivals import Arrivals
from .engine import Say
from .ice import Lite
from .incoming import Incoming
from .link import Link
from .outgoing import Outgoing
from .port import Port, own_addresses
from .protocol import Event
from .rtp import Ids, header

TICK_SECONDS = 0.05
SILENT_SECONDS = 0.9  # sound comes fifty times a second, in silence still twice
FEEDBACK_TICKS = 2  # arrivals are reported to the sender every so many ticks
SECOND_TICKS = 20
MOST_PACKETS = 2000  # a second of one person: several times what a browser sends; the rest is lost, and costs the others nothing


class Forwarder:
    """The engine of a worker: its ports, and one clock for all its lines."""

    def __init__(self, addresses: Iterable[str], numbers: range) -> None:
        """Listen on these addresses (those of the machine if none is given), each on one port of `numbers`."""
        self.ports = [Port.open(address, numbers) for address in addresses or own_addresses()]
        self._lines: set[SendingLine | GettingLine] = set()
        self._clock = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def of_room(self) -> "Forwarder":
        return self

    def sending(self, person: str, say: Say) -> "SendingLine":
        return SendingLine(self, person, say)

    def getting(self, say: Say) -> "GettingLine":
        return GettingLine(self, say)

    def close(self) -> None:
        self._clock.cancel()
        for port in self.ports:
            port.close()

    def begin(self, line: "SendingLine | GettingLine") -> None:
        self._lines.add(line)

    def forget(self, line: "SendingLine | GettingLine") -> None:
        self._lines.discard(line)

    def _tick(self) -> None:
        self._clock = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)
        now = time.monotonic()
        for line in list(self._lines):
            line.tick(now)


class _Line:
    """What both lines have: a connection, our end of ICE, and the wire once it stands."""

    def __init__(self, engine: Forwarder, say: Say) -> None:
        self.engine = engine
        self.lite = Lite(engine.ports)
        self.connection = private.new_connection()
        self.connection.on("connectionstatechange", self._watch)
        self.say = say
        self._asked_at = 0.0
        self.wire: private.Wire | None = None
        engine.begin(self)  # type: ignore[arg-type]

    def _watch(self) -> None:
        if self.connection.connectionState == "failed":
            self.say(Event("rejoin"))

    def watch_silence(self, now: float) -> None:
        """Whoever falls silent may be at another address: they are asked to look for their way again."""
        if self.wire is not None and now - max(self.lite.heard_at, self._asked_at) > SILENT_SECONDS:
            self._asked_at = now
            self.say(Event("silent"))

    def quality(self, now: float) -> dict:
        """How it goes; what each kind of line knows comes on top."""
        return {"connected": self.wire is not None, "heard": now - self.lite.heard_at if self.lite.heard_at else None}

    def wire_of(self, transceiver: RTCRtpTransceiver) -> private.Wire:
        if self.wire is None:
            self.wire = private.Wire(transceiver, self.lite)
        return self.wire

    async def close(self) -> None:
        self.engine.forget(self)  # type: ignore[arg-type]
        with contextlib.suppress(ConnectionError):
            await self.connection.close()
        await self.lite.close()

    async def describe(self) -> str:
        private.use_lite(self.connection, self.lite)
        await self.connection.setLocalDescription()
        return private.as_lite(self.connection.localDescription.sdp)


class SendingLine(_Line):
    """A person sends. What arrives is counted, reported to the sender, and handed on."""

    def __init__(self, engine: Forwarder, person: str, say: Say) -> None:
        super().__init__(engine, say)
        self.person = person
        self.sources: list[Incoming] = []
        self._certificates: set[str] = set()
        self._by_ssrc: dict[int, tuple[Incoming, bool]] = {}
        self._by_payload: dict[int, tuple[Incoming, bool]] = {}
        self._named = False  # the description says which SSRCs will come
        self._ids = Ids()
        self._arrivals = Arrivals()
        self._unseen = False
        self._ticks = self._packets = 0

    def is_same(self, sdp: str) -> bool:
        """The browser that this line belongs to already, known by its certificate."""
        return private.fingerprints(sdp) == self._certificates

    async def answer(self, sdp: str) -> str:
        self._certificates = private.fingerprints(sdp)
        again = bool(self.sources)
        await self.connection.setRemoteDescription(RTCSessionDescription(private.without_addresses(sdp), "offer"))
        if again:
            self.lite.renew()
        else:
            for transceiver in self.connection.getTransceivers():
                self._expect(transceiver)
        return await self.describe()

    def _expect(self, transceiver: RTCRtpTransceiver) -> None:
        source = Incoming(self.person, transceiver.kind, private.keep_one_codec(transceiver))
        self.sources.append(source)
        private.when_received(transceiver, lambda agreed: self._start(source, transceiver, agreed))

    def _start(self, source: Incoming, transceiver: RTCRtpTransceiver, agreed) -> None:
        if source.is_live:
            return
        wire = self.wire_of(transceiver)
        wire.on_rtp, wire.on_rtcp = self._rtp, self._rtcp
        self.lite.on_move = self._come_back
        source.start(wire, time.monotonic())
        ids = Ids.of(agreed.headerExtensions)
        self._ids = Ids(*(new or old for new, old in zip(ids, self._ids, strict=True)))
        self._by_payload[source.payload_type] = (source, False)
        self._by_payload[source.rtx_payload_type] = (source, True)
        for encoding in agreed.encodings[:1]:
            self._named, source.ssrc = True, encoding.ssrc
            self._by_ssrc[encoding.ssrc] = (source, False)
            if encoding.rtx:
                self._by_ssrc[encoding.rtx.ssrc] = (source, True)

    def _come_back(self) -> None:
        """What was sent meanwhile is lost for good: go on with whole pictures, at once."""
        for source in self.sources:
            for taker in source.takers:
                taker.cut()
            source.want_key(time.monotonic())

    def _rtp(self, data: bytes, now: float) -> None:
        self._packets += 1
        if self._packets > MOST_PACKETS:
            return
        ssrc, payload_type = int.from_bytes(data[8:12]), data[1] & 127
        found = self._by_ssrc.get(ssrc)
        if found is None:
            found = None if self._named else self._by_payload.get(payload_type)
            if found is None:
                return
            self._learn(ssrc, *found)
        start, end, level, transport = header(data, self._ids)
        if transport >= 0:
            self._arrivals.came[transport] = now
        source, repaired = found
        if payload_type == (source.rtx_payload_type if repaired else source.payload_type):
            source.take(data, start, end, level, repaired, now)

    def _learn(self, ssrc: int, source: Incoming, repaired: bool) -> None:
        """A browser that names no SSRC is known by its payload types; the first number of each counts."""
        if len(self._by_ssrc) < 2 * len(self.sources):
            self._by_ssrc[ssrc] = (source, repaired)
            if not repaired:
                source.ssrc = ssrc

    def _rtcp(self, data: bytes, now: float) -> None:
        for block in rtcp.blocks(data):
            if block.kind == rtcp.SENDER_REPORT and len(block.data) >= 28:
                ssrc, ntp, stamp = rtcp.sender_times(block)
                source, repaired = self._by_ssrc.get(ssrc, (None, True))
                if source and not repaired:
                    source.sender_report(ntp, stamp, now)

    def tick(self, now: float) -> None:
        self.watch_silence(now)
        for source in self.sources:
            if source.is_live:
                source.tick(now)
            if source.kind == "video" and source.is_unseen is not self._unseen:
                self._unseen = source.is_unseen
                self.say(Event("unseen" if self._unseen else "seen"))
        self._ticks += 1
        if self._ticks % SECOND_TICKS == 0:
            self._packets = 0
        if self.wire and self._ticks % FEEDBACK_TICKS == 0 and (report := self._arrivals.report(self.sources[-1].ssrc)):
            self.wire.send_rtcp(report)

    def quality(self, now: float) -> dict:
        lost = max((source.lost for source in self.sources), default=0.0)
        rate = sum(source.rate for source in self.sources)
        return {**super().quality(now), "lost_up": 100 * lost, "rate_up": rate / 1000}


class GettingLine(_Line):
    """A person gets the others."""

    def __init__(self, engine: Forwarder, say: Say) -> None:
        super().__init__(engine, say)
        self._given: dict[Incoming, tuple[RTCRtpTransceiver, Outgoing]] = {}
        self._link: Link | None = None
        self._pictures = True
        self._is_due = False

    def give(self, source: Incoming) -> None:
        transceiver = self.connection.addTransceiver(source.kind, direction="sendonly")
        outgoing = Outgoing(source, *private.ssrcs(transceiver))
        private.offer_codec(transceiver, source.mime, source.parameters)
        private.name_stream(transceiver, source.person)
        private.when_sent(transceiver, lambda agreed: self._start(outgoing, transceiver, agreed))
        self._given[source] = (transceiver, outgoing)

    def end(self, source: Incoming) -> None:
        transceiver, outgoing = self._given.pop(source)
        outgoing.stop()
        if self._link:
            self._link.remove(outgoing)
        transceiver.direction = "inactive"

    def sections(self) -> int:
        return len(self.connection.getTransceivers())

    async def offer(self) -> tuple[str, dict[str, str]]:
        sdp = await self.describe()
        return sdp, {str(transceiver.mid): source.person for source, (transceiver, _) in self._given.items()}

    async def accept(self, sdp: str) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(private.without_addresses(sdp), "answer"))

    def _start(self, outgoing: Outgoing, transceiver: RTCRtpTransceiver, agreed) -> None:
        if outgoing.is_live or outgoing.source not in self._given:
            return
        if self._link is None:
            self._link = Link(self.wire_of(transceiver), lambda weak: self.say(Event("weak", weak=weak)))
            self._link.want_pictures(self._pictures)
            self.lite.on_move = self._link.begin_anew
        self._link.add(outgoing, agreed.codecs, Ids.of(agreed.headerExtensions), str(transceiver.mid))

    def tick(self, now: float) -> None:
        self._is_due = not self._is_due  # every other time is soon enough here
        if self._link and self._is_due:
            self._link.tick(now)
            if self._link.is_answered:
                self.watch_silence(now)

    def renew(self) -> None:
        self.lite.renew()

    def want_pictures(self, wanted: bool) -> None:
        self._pictures = wanted
        if self._link:
            self._link.want_pictures(wanted)

    def quality(self, now: float) -> dict:
        return {**super().quality(now), **(self._link.quality(now) if self._link else {})}

    async def close(self) -> None:
        if self._link:
            self._link.close()
        await super().close()

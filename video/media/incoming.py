"""A stream that a person sends: counted, repaired, reported on, and handed to everybody who gets it."""

from typing import Protocol

from . import rtcp
from .private import Wire
from .rtp import HALF, Packet

PLI_SECONDS = 0.3  # whole pictures are large: not asked for more often
ASK_SECONDS = 0.05  # between two requests for the same lost packet
ASK_TIMES = 8
LOST_SECONDS = 1.5  # later than this a packet is of no use
LARGEST_GAP = 300  # more missing at once is no loss but a new beginning
REPORT_SECONDS = 1.0
LEAST, MOST = 50_000, 2_500_000  # bits a second that a sender is told
FOLLOWED = 0.5  # whose way takes less than this share of the best one's does not set the rate for all
LIMIT_SECONDS = 0.1  # between two small changes of the rate


class Taker(Protocol):
    """Somebody who gets the stream."""

    loss: float  # share of sound lost on the way to them, 0..1
    paused: bool  # too large for them, and left out

    @property
    def allowance(self) -> float:
        """Bits a second of this picture that the way to them has room for."""
        ...

    def take(self, packet: Packet, now: float) -> None: ...
    def cut(self) -> None:
        """Something was lost for good: picture goes on with the next whole one."""
        ...

    def sender_report(self, ntp: int, rtp: int, now: float) -> None: ...


class Incoming:
    """One source, in the codec that was agreed (and its repairs). `now` is always seconds of a monotonic clock."""

    def __init__(self, person: str, kind: str, codecs) -> None:
        codec = codecs[0]
        self.person = person
        self.kind = kind
        self.mime, self.parameters, self.clock = codec.mimeType.lower(), codec.parameters, codec.clockRate
        self.payload_type = codec.payloadType
        self.rtx_payload_type = codecs[1].payloadType if codecs[1:] else -1
        self.ssrc = -1
        self.takers: list[Taker] = []
        self.received = self.bytes = 0
        self.lost = 0.0  # share that did not come, in the last second
        self.rate = 0.0  # bits a second, lately
        self.heard_at = 0.0
        self.report: tuple[int, int] | None = None  # the newest sender report: NTP and RTP time
        self._wire: Wire | None = None
        self._highest: int | None = None
        self._base = self._cycles = 0
        self._expected_before = self._received_before = 0
        self._jitter = self._transit = 0.0
        self._missing: dict[int, list[float]] = {}  # number -> requests made, last one, first seen missing
        self.is_unseen = False  # there are people, and none of them can take this picture
        self._key_wanted = False
        self._key_asked_at = self._reported_at = self._report_at = 0.0
        self._limit = self._limit_at = self._limit_next = 0.0
        self._rate_bytes, self._rate_at = 0, 0.0

    @property
    def is_live(self) -> bool:
        """Something may arrive: the line stands."""
        return self._wire is not None

    def start(self, wire: Wire, now: float) -> None:
        """The line stands."""
        self._wire, self._reported_at = wire, now
        if self.takers:
            self.want_key(now)

    def take(self, data: bytes, start: int, end: int, level: int, repaired: bool, now: float) -> None:
        """One packet with its payload from `start` to `end`; `repaired`: a lost one comes again."""
        seq, timestamp = (data[2] << 8) | data[3], int.from_bytes(data[4:8])
        if repaired:
            if end - start < 3:
                return
            seq, start = (data[start] << 8) | data[start + 1], start + 2
            if self._missing.pop(seq, None) is None:
                return
        elif end <= start or not self._count(seq, timestamp, len(data), now):
            return
        packet = Packet(seq, timestamp, data[1] & 128, data[start:end], level)
        for taker in self.takers:
            taker.take(packet, now)

    def sender_report(self, ntp: int, rtp: int, now: float) -> None:
        """The sender says which moment of the stream is which moment of its clock: everybody is told, so that lips match."""
        self.report, self._report_at = (ntp, rtp), now
        for taker in self.takers:
            taker.sender_report(ntp, rtp, now)

    def want_key(self, now: float) -> None:
        """Somebody needs a whole picture; many who ask at once get one."""
        if self.kind != "video" or self._wire is None:
            return
        self._key_wanted = self.ssrc < 0 or now - self._key_asked_at < PLI_SECONDS
        if not self._key_wanted:
            self._key_asked_at = now
            self._wire.send_rtcp(rtcp.pli(self.ssrc))

    def tick(self, now: float) -> None:
        """Every 50 ms: ask again for what is missing, report once a second."""
        if self._key_wanted:
            self.want_key(now)
        if self._missing:
            self._ask(now)
        if now - self._rate_at >= 0.5:
            self.rate, self._rate_bytes, self._rate_at = (
                (self.bytes - self._rate_bytes) * 8 / (now - self._rate_at),
                self.bytes,
                now,
            )
        self._say_limit(now)
        if now - self._reported_at >= REPORT_SECONDS and self._highest is not None and self._wire:
            self._reported_at = now
            self._wire.send_rtcp(self._reception_report(now))

    def limit_changed(self, now: float) -> None:
        """A way became narrower: the sender hears it at once."""
        self._limit_at = self._limit_next = 0.0
        self._say_limit(now)

    def _say_limit(self, now: float) -> None:
        """Tell the sender of a picture what there is room for. Small changes wait a little, and it is said again each second."""
        if self.kind != "video" or self._wire is None or self.ssrc < 0 or now < self._limit_next:
            return
        self._limit_next = now + LIMIT_SECONDS
        ways = [taker.allowance for taker in self.takers if not taker.paused]
        self.is_unseen = bool(self.takers) and all(way <= LEAST for way in ways)
        ways = ways or [LEAST if self.takers else MOST]
        limit = min(way for way in ways if way >= FOLLOWED * max(ways))
        limit = max(LEAST, min(MOST, limit))
        if abs(limit - self._limit) > 0.05 * self._limit or now - self._limit_at > 1.0 or self._limit_at == 0.0:
            self._limit, self._limit_at = limit, now
            self._wire.send_rtcp(rtcp.remb(int(limit), [self.ssrc]))

    def _count(self, seq: int, timestamp: int, size: int, now: float) -> bool:
        """Keep the accounts of RFC 3550; False for a packet that came twice."""
        self.received += 1
        self.bytes += size
        self.heard_at = now
        highest = self._highest
        if highest is None:
            self._highest = self._base = seq
            return True
        ahead = (seq - highest) & 0xFFFF
        if ahead != 1:
            if ahead == 0 or ahead >= HALF:
                return self._missing.pop(seq, None) is not None if self.kind == "video" else ahead > 0
            if self.kind == "video":
                self._miss(seq, ahead, now)
        if seq < highest:
            self._cycles += 65536
        self._highest = seq
        transit = now * self.clock - timestamp
        self._jitter += (abs(transit - self._transit) - self._jitter) / 16
        self._transit = transit
        return True

    def _miss(self, seq: int, ahead: int, now: float) -> None:
        if ahead > LARGEST_GAP:
            self._missing.clear()
            return self.want_key(now)
        for step in range(1, ahead):
            self._missing[(seq - ahead + step) & 0xFFFF] = [0, 0.0, now]
        self._ask(now)

    def _ask(self, now: float) -> None:
        """Ask again for what is missing and still of use."""
        due = []
        for seq, state in list(self._missing.items()):
            times, last, first = state
            if times >= ASK_TIMES or now - first > LOST_SECONDS:
                del self._missing[seq]
            elif now - last >= ASK_SECONDS:
                state[0], state[1] = times + 1, now
                due.append(seq)
        if due and self._wire:
            self._wire.send_rtcp(rtcp.nack(self.ssrc, due))

    def _reception_report(self, now: float) -> bytes:
        """What arrived. For sound the worst listener's loss counts too: then the sender adds what repairs speech."""
        highest, jitter = self._cycles + (self._highest or 0), min(int(self._jitter), 0xFFFFFFFF)
        expected = highest - self._base + 1
        due, came = expected - self._expected_before, self.received - self._received_before
        self._expected_before, self._received_before = expected, self.received
        lost = self.lost = max(0.0, 1 - came / due) if due > 0 else 0.0
        if self.kind == "audio":
            lost = max([lost, *(taker.loss for taker in self.takers)])
        seen, delay = (self.report[0] >> 16) & 0xFFFFFFFF if self.report else 0, now - self._report_at if self.report else 0.0
        return rtcp.receiver_report([(self.ssrc, lost, expected - self.received, highest, jitter, seen, delay)])

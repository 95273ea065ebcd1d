"""From packets back to whole pictures and pieces of sound, undecoded (RFC 7741 VP8, RFC 6184 H264, RFC 7587 Opus)."""

from collections.abc import Iterator

from .rtp import HALF, SEQUENCES, Packet, newer

PATIENCE_SECONDS = 1.0  # later a packet will hardly come
FAR_SECONDS = 2.0  # a time that is so far from the arrival is no time of this stream
SILENCE = b"\xf8\xff\xfe"  # 20 ms of it, in Opus
SILENCE_MS = 20.0
_WRAP = 1 << 32


class InOrder:
    """Packets in the order of their numbers; what does not come in time is given up."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._held: dict[int, tuple[Packet, float]] = {}  # as they came

    def put(self, packet: Packet, now: float) -> None:
        if self._next is None:
            self._next = packet.seq
        if newer(packet.seq, self._next) >= 0:
            self._held[packet.seq] = (packet, now)

    def take(self, now: float) -> Iterator[tuple[Packet, float, bool]]:
        """Packets whose turn it is, when they came, and whether something is missing before them."""
        gap = False
        while self._held and self._next is not None:
            found = self._held.pop(self._next, None)
            if found is None:
                if now - next(iter(self._held.values()))[1] < PATIENCE_SECONDS:
                    return
                here = self._next
                self._next, gap = min(self._held, key=lambda seq: (seq - here) % SEQUENCES), True
                continue
            self._next = (self._next + 1) % SEQUENCES
            yield *found, gap
            gap = False


class Clock:
    """When a packet was taken: by the sender's own clock once it told it, by the arrival until then."""

    def __init__(self, rate: int, anchor: dict[str, float]) -> None:
        """`anchor` is shared by the streams of one person, so that lips match."""
        self._rate = rate
        self._anchor = anchor
        self._report: tuple[int, int] | None = None
        self._first: tuple[float, int] | None = None

    def sender_report(self, ntp: int, rtp: int) -> None:
        self._report = (ntp, rtp)

    def seconds(self, timestamp: int, now: float) -> float:
        """Seconds of our own clock."""
        if self._report:
            taken = self._report[0] / _WRAP + self._ticks(timestamp, self._report[1]) / self._rate
            guess = self._anchor.setdefault("ours", now - taken) + taken
            if abs(guess - now) < FAR_SECONDS:
                return guess
        if self._first is None:
            self._first = (now, timestamp)
        guess = self._first[0] + self._ticks(timestamp, self._first[1]) / self._rate
        if abs(guess - now) > FAR_SECONDS:
            self._first, guess = (now, timestamp), now
        return guess

    @staticmethod
    def _ticks(timestamp: int, since: int) -> int:
        return (timestamp - since + HALF * SEQUENCES) % _WRAP - HALF * SEQUENCES


class Pictures:
    """Whole pictures out of packets. After a loss nothing is of use before the next that needs no other."""

    def __init__(self) -> None:
        self.waits_for_key = True
        self._parts: list[bytes] = []
        self._stamp = -1  # of the picture that is being put together; -1: none

    def add(self, packet: Packet, gap: bool) -> tuple[bool, bytes] | None:
        """The picture that this packet completes, and whether it needs no other."""
        if gap:
            self.waits_for_key, self._stamp = True, -1
        starts, parts = self._open(packet.payload)
        if packet.timestamp != self._stamp:
            if self._stamp >= 0 or not starts:  # the last one had no end, or this one has no beginning
                self.waits_for_key = True
            self._stamp, self._parts = packet.timestamp if starts else -1, []
        if self._stamp < 0:
            return None
        self._parts += parts
        if not packet.marker:
            return None
        self._stamp = -1
        key, picture = self._whole(self._parts)
        if not picture or self.waits_for_key and not key:
            return None
        self.waits_for_key = False
        return key, picture

    def _open(self, payload: bytes) -> tuple[bool, list[bytes]]:
        """Whether a picture begins here, and the parts of it that this packet carries."""
        raise NotImplementedError

    def _whole(self, parts: list[bytes]) -> tuple[bool, bytes]:
        raise NotImplementedError


class Vp8(Pictures):
    size = (0, 0)  # of the last picture that needs no other

    def _open(self, payload):
        at = 1
        if payload[0] & 0x80:
            fields = payload[1] if len(payload) > 1 else 0
            at = 2
            if fields & 0x80:
                at += 2 if len(payload) > at and payload[at] & 0x80 else 1
            at += bool(fields & 0x40) + bool(fields & 0x30)
        return payload[0] & 0x17 == 0x10, [payload[at:]]

    def _whole(self, parts):
        picture = b"".join(parts)
        key = len(picture) >= 10 and not picture[0] & 1
        if key:
            self.size = (int.from_bytes(picture[6:8], "little") & 0x3FFF, int.from_bytes(picture[8:10], "little") & 0x3FFF)
        return key, picture


class H264(Pictures):
    def __init__(self) -> None:
        super().__init__()
        self._known: dict[int, bytes] = {}  # the newest parameters: of the sequence (7), of the picture (8)

    @property
    def private(self) -> bytes:
        """What a decoder has to know first; empty until it came."""
        if self._known.keys() != {7, 8}:
            return b""
        sequence, picture = self._known[7], self._known[8]
        told = b"\x01" + sequence[1:4] + b"\xff\xe1" + len(sequence).to_bytes(2) + sequence
        return told + b"\x01" + len(picture).to_bytes(2) + picture

    def _open(self, payload):
        kind = payload[0] & 31
        if kind == 24:
            return True, list(_several(payload))
        if kind == 28 and len(payload) > 2:
            head = bytes([payload[0] & 0xE0 | payload[1] & 31]) if payload[1] & 0x80 else b""
            return bool(head), [head + payload[2:] if head else b"\0" + payload[2:]]  # a forbidden head: goes on
        return True, [payload]

    def _whole(self, parts):
        units: list[bytes] = []
        for part in parts:
            if part[:1] == b"\0" and units:
                units[-1] += part[1:]
            elif part:
                units.append(part)
        self._known |= {unit[0] & 31: unit for unit in units if unit[0] & 31 in (7, 8) and len(unit) > 3}
        key = any(unit[0] & 31 == 5 for unit in units) and bool(self.private)
        return key, b"".join(len(unit).to_bytes(4) + unit for unit in units)


def _several(payload: bytes) -> Iterator[bytes]:
    at = 1
    while at + 2 < len(payload):
        end = at + 2 + int.from_bytes(payload[at : at + 2])
        yield payload[at + 2 : end]
        at = end


def sound_ms(payload: bytes) -> float:
    """How long a packet of Opus sounds (RFC 6716, 3.1)."""
    config, code = payload[0] >> 3, payload[0] & 3
    if config < 12:
        length = (10.0, 20.0, 40.0, 60.0)[config % 4]
    elif config < 16:
        length = (10.0, 20.0)[config % 2]
    else:
        length = (2.5, 5.0, 10.0, 20.0)[config % 4]
    return length * (1 if code == 0 else 2 if code < 3 else payload[1] & 63 if len(payload) > 1 else 0)

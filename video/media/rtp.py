"""RTP as bytes: what a forwarder reads of a packet and what it writes anew (RFC 3550, one-byte header extensions of RFC 8285)."""

import time
from struct import Struct
from typing import NamedTuple

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
SEQUENCES = 0x10000  # sequence numbers wrap here
HALF = 0x8000  # a difference beyond this means "older"
_ONE_BYTE = 0xBEDE


class Packet(NamedTuple):
    """One decrypted packet of a stream."""

    seq: int  # 16 bits
    timestamp: int  # 32 bits, in ticks of the codec's clock
    marker: int  # 128 on the last packet of a picture, else 0
    payload: bytes
    level: int  # loudness as RFC 6464 writes it; -1 if not told


class Ids(NamedTuple):
    """Under which numbers a connection carries the extensions; 0: not at all."""

    mid: int = 0
    level: int = 0
    transport: int = 0

    @classmethod
    def of(cls, extensions) -> "Ids":
        """From the negotiated header extensions."""
        known = {extension.uri: extension.id for extension in extensions}
        return cls(known.get(MID, 0), known.get(LEVEL, 0), known.get(TRANSPORT_CC, 0))


def header(data: bytes, ids: Ids) -> tuple[int, int, int, int]:
    """Where the payload begins and ends, loudness (-1: not told) and transport-wide number (-1: none).

    Raises IndexError on a packet that is cut off.
    """
    first = data[0]
    start = 12 + 4 * (first & 15)
    level = transport = -1
    if first & 16:
        words = (data[start + 2] << 8) | data[start + 3]
        one_byte = data[start] == 0xBE and data[start + 1] == 0xDE
        at, start = start + 4, start + 4 + 4 * words
        while one_byte and at < start:
            head = data[at]
            if head == 0:
                at += 1
                continue
            name = head >> 4
            if name == ids.transport:
                transport = (data[at + 1] << 8) | data[at + 2]
            elif name == ids.level:
                level = data[at + 1]
            at += 2 + (head & 15)
    end = len(data)
    if first & 32:
        end -= data[-1]
    return start, end, level, transport


class Writer:
    """Writes the headers of one outgoing stream: its SSRC, its number of the payload, its extensions."""

    def __init__(self, ssrc: int, payload_type: int, ids: Ids, mid: str) -> None:
        name = mid.encode()
        self._names = bytes([(ids.mid << 4) | (len(name) - 1)]) + name if ids.mid and name else b""
        self._names += bytes([(ids.transport << 4) | 1]) if ids.transport else b""
        self._numbers = 0xFFFF if ids.transport else 0  # without them two zeros stand there, which mean nothing
        self._ssrc, self._payload_type, self._level = ssrc, payload_type, ids.level << 4
        self._plain, self._words = _head(f"{len(self._names)}sH")
        self._loud, self._loud_words = _head(f"{len(self._names)}sHBB")
        self.size = self._plain.size  # bytes of a header without loudness

    def write(self, seq: int, timestamp: int, marker: int, level: int, transport: int, payload: bytes) -> bytes:
        """One whole packet, not yet encrypted."""
        kind, number = marker | self._payload_type, transport & self._numbers
        if level < 0 or not self._level:
            head = self._plain.pack(0x90, kind, seq, timestamp, self._ssrc, _ONE_BYTE, self._words, self._names, number)
        else:
            names, loud = self._names, self._loud
            head = loud.pack(
                0x90, kind, seq, timestamp, self._ssrc, _ONE_BYTE, self._loud_words, names, number, self._level, level
            )
        return head + payload

    def padding(self, seq: int, timestamp: int, transport: int, size: int) -> bytes:
        """A packet of nothing but padding (1-255 bytes), to find out what a link can carry."""
        packet = bytearray(self.write(seq, timestamp, 0, -1, transport, bytes(size - 1) + bytes((size,))))
        packet[0] |= 32
        return bytes(packet)


def _head(extensions: str) -> tuple[Struct, int]:
    """A header with these extensions, filled to whole words, and how many words they are."""
    size = Struct("!" + extensions).size
    return Struct(f"!BBHIIHH{extensions}{-size % 4}x"), (size + 3) // 4


def newer(seq: int, than: int) -> int:
    """How many numbers `seq` is ahead; 0 or negative: it is not newer."""
    ahead = (seq - than) & (SEQUENCES - 1)
    return ahead if ahead < HALF else ahead - SEQUENCES


def ntp_middle(seconds: float | None = None) -> int:
    """The middle 32 bits of an NTP time, as reception reports echo it."""
    return int((time.time() if seconds is None else seconds) * 65536) & 0xFFFFFFFF

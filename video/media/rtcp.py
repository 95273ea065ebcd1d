"""RTCP as bytes: reports, repairs, key frames, rates (RFC 3550, RFC 4585, REMB, transport-wide feedback)."""

from collections.abc import Iterable, Iterator
from struct import Struct, error, pack, unpack_from
from typing import NamedTuple

SENDER_REPORT, RECEIVER_REPORT, BYE = 200, 201, 203
REPAIR, FEEDBACK = 205, 206
NACK, TRANSPORT = 1, 15  # formats of REPAIR
PLI, FIR, REMB = 1, 4, 15  # formats of FEEDBACK
OURS = 1  # the SSRC with which the server itself speaks
TICK = 0.00025  # transport-wide feedback counts time in quarters of a millisecond
_HEAD = Struct("!BBH")


class Block(NamedTuple):
    """One part of a compound packet."""

    kind: int
    format: int  # or the count of reports
    data: bytes  # with its head of four bytes


class Reception(NamedTuple):
    """What a receiver reports of one stream."""

    ssrc: int
    fraction_lost: float  # 0..1, since the last report
    jitter: int  # ticks of the codec's clock
    last_report: int  # middle of the NTP time of the sender report it last saw; 0: none
    delay: float  # seconds since then


def blocks(data: bytes) -> Iterator[Block]:
    """The parts of a compound packet. What is cut off or of another version ends it quietly."""
    at, size = 0, len(data)
    while at + 4 <= size:
        first, kind, words = _HEAD.unpack_from(data, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > size:
            return
        yield Block(kind, first & 31, data[at:end])
        at = end


def receptions(block: Block) -> Iterator[Reception]:
    """The reception blocks of a sender's or receiver's report."""
    at = 28 if block.kind == SENDER_REPORT else 8
    for _ in range(block.format):
        if at + 24 > len(block.data):
            return
        ssrc, lost, _highest, jitter, last, delay = unpack_from("!IIIIII", block.data, at)
        yield Reception(ssrc, (lost >> 24) / 256, jitter, last, delay / 65536)
        at += 24


def sender_times(block: Block) -> tuple[int, int, int]:
    """SSRC, NTP time (64 bits) and RTP time of a sender report."""
    return unpack_from("!IQI", block.data, 4)


def media_ssrc(block: Block) -> int:
    """Of which stream a feedback speaks."""
    return unpack_from("!I", block.data, 8)[0]


def asked_again(block: Block) -> list[int]:
    """The sequence numbers that a NACK names."""
    found = []
    for at in range(12, len(block.data) - 3, 4):
        first, mask = unpack_from("!HH", block.data, at)
        found.append(first)
        while mask:
            low = mask & -mask
            found.append((first + low.bit_length()) & 0xFFFF)
            mask ^= low
    return found


def key_wanted_of(block: Block) -> list[int]:
    """The streams of which a whole picture is asked for."""
    if block.format == PLI:
        return [media_ssrc(block)]
    return [unpack_from("!I", block.data, at)[0] for at in range(12, len(block.data) - 7, 8)]


def remb_of(block: Block) -> int | None:
    """Bits a second that a receiver says it can take; None if the block says something else."""
    if len(block.data) < 20 or block.data[12:16] != b"REMB":
        return None
    word = int.from_bytes(block.data[17:20])
    return (word & 0x3FFFF) << (word >> 18)


def arrivals(block: Block) -> tuple[int, list[float | None]]:
    """First transport-wide number, and for each from there on the second of its arrival by the receiver's clock (None: lost).

    Raises ValueError on a block that is cut off.
    """
    data = block.data
    try:
        base, count, reference = unpack_from("!HHI", data, 12)
        at = 20
        symbols: list[int] = []
        while len(symbols) < count:
            chunk = (data[at] << 8) | data[at + 1]
            at += 2
            if not chunk & 0x8000:
                symbols += [(chunk >> 13) & 3] * (chunk & 0x1FFF or 1)
            elif chunk & 0x4000:
                symbols += [(chunk >> shift) & 3 for shift in (12, 10, 8, 6, 4, 2, 0)]
            else:
                symbols += [(chunk >> shift) & 1 for shift in range(13, -1, -1)]
        now = (reference >> 8) * 256
        times: list[float | None] = []
        for symbol in symbols[:count]:
            if symbol == 1:
                now, at = now + data[at], at + 1
            elif symbol == 2:
                now, at = now + unpack_from("!h", data, at)[0], at + 2
            times.append(now * TICK if symbol in (1, 2) else None)
    except (IndexError, error) as cut:
        raise ValueError("transport feedback is cut off") from cut
    return base, times


def nack(ssrc: int, lost: Iterable[int]) -> bytes:
    """Ask for packets again; `lost` in rising order."""
    pairs: list[list[int]] = []
    for seq in lost:
        ahead = (seq - pairs[-1][0] - 1) & 0xFFFF if pairs else 16
        if ahead < 16:
            pairs[-1][1] |= 1 << ahead
        else:
            pairs.append([seq, 0])
    body = pack("!II", OURS, ssrc) + b"".join(pack("!HH", *pair) for pair in pairs)
    return _block(REPAIR, NACK, body)


def pli(ssrc: int) -> bytes:
    """Ask for a whole picture."""
    return _block(FEEDBACK, PLI, pack("!II", OURS, ssrc))


def remb(bitrate: int, ssrcs: list[int]) -> bytes:
    """Say how many bits a second may be sent in all."""
    exponent = max(0, bitrate.bit_length() - 18)
    word = (exponent << 18) | (bitrate >> exponent)
    body = pack("!II", OURS, 0) + b"REMB" + bytes([len(ssrcs)]) + word.to_bytes(3)
    return _block(FEEDBACK, REMB, body + b"".join(pack("!I", ssrc) for ssrc in ssrcs))


def receiver_report(reports: list[tuple[int, float, int, int, int, int, float]]) -> bytes:
    """Of each stream: ssrc, fraction lost (0..1), lost in all, highest number, jitter, last report, seconds since."""
    body = pack("!I", OURS)
    for ssrc, fraction, lost, highest, jitter, last, delay in reports:
        share = min(255, int(fraction * 256)) << 24 | max(-0x800000, min(0x7FFFFF, lost)) & 0xFFFFFF
        body += pack("!IIIIII", ssrc, share, highest & 0xFFFFFFFF, jitter, last, int(delay * 65536) & 0xFFFFFFFF)
    return _block(RECEIVER_REPORT, len(reports), body)


def sender_report(ssrc: int, ntp: int, rtp: int, packets: int, octets: int) -> bytes:
    """Which moment of the stream belongs to which moment of the sender's clock, so that lips match."""
    body = pack("!IQIII", ssrc, ntp, rtp, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF)
    return _block(SENDER_REPORT, 0, body)


def transport_feedback(ssrc: int, base: int, count: int, number: int, came: dict[int, int]) -> bytes:
    """When packets arrived: `came` maps transport-wide numbers to ticks; reported are `count` numbers from `base` on."""
    reference = next(came[number] for step in range(count) if (number := (base + step) & 0xFFFF) in came) >> 8
    last, symbols, deltas = reference << 8, [], bytearray()
    for step in range(count):
        tick = came.get((base + step) & 0xFFFF)
        if tick is None:
            symbols.append(0)
            continue
        delta, last = tick - last, tick
        if 0 <= delta <= 255:
            symbols.append(1)
            deltas.append(delta)
        else:
            symbols.append(2)
            deltas += pack("!h", max(-32768, min(32767, delta)))
    chunks = bytearray()
    for at in range(0, count, 7):
        word = 0xC000
        for place, symbol in enumerate(symbols[at : at + 7]):
            word |= symbol << (12 - 2 * place)
        chunks += word.to_bytes(2)
    head = pack("!IIHHI", OURS, ssrc, base, count, ((reference & 0xFFFFFF) << 8) | (number & 255))
    return _block(REPAIR, TRANSPORT, head + chunks + deltas)


def _block(kind: int, form: int, body: bytes) -> bytes:
    """One block, padded to whole words."""
    pad = -len(body) % 4
    first = 0x80 | form
    if pad:
        first |= 0x20
        body += bytes(pad - 1) + bytes([pad])
    return _HEAD.pack(first, kind, len(body) >> 2) + body

"""A stream that a person gets: the source's packets under our own numbers, kept a while to be sent again."""

from typing import Any, Protocol

from . import rtcp
from .incoming import Incoming
from .pictures import starts_whole_picture
from .private import Wire
from .rtp import HALF, Ids, Packet, Writer, newer

KEPT, KEPT_SOUND = 1024, 64  # packets that can be sent again; powers of two


class Link(Protocol):
    """The way to one person, shared by all that they get."""

    def has_room(self, now: float) -> bool: ...
    def wait(self, outgoing: "Outgoing", packet: Packet, now: float) -> None: ...
    def stamp(self, size: int, now: float, name: int = 0) -> int: ...
    def allowance(self) -> float: ...


class Outgoing:
    """One source on its way to one person."""

    def __init__(self, source: Incoming, ssrc: int, rtx_ssrc: int) -> None:
        self.source = source
        self.kind, self.is_sound = source.kind, source.kind == "audio"
        self.ssrc = ssrc
        self.name = ssrc << 16  # with a sequence number behind it, it names a packet
        self.loss = 0.0  # share lost on the way to this person: up at once, down slowly
        self.round_trip = 0.0  # seconds, by the reports of the receiver
        self.packets = self.bytes = self.repairs = 0
        self.waits_for_key = source.kind == "video"  # nothing can be shown before a whole picture
        self.was_cut = self.key_wanted = False  # pictures were left out; the receiver asks for a whole one
        self.key_asked_at = 0.0
        self.paused = False  # too large for this link
        self.misfit_since = 0.0
        self._rtx_ssrc = rtx_ssrc
        self._rtx_seq = 0
        self._wire: Wire | None = None
        self._link: Link | None = None
        self._writer = self._rtx_writer = None  # type: Writer | None
        self._first: int | None = None  # the source's number with which the present run of packets began
        self._offset = 0
        self._last = self._forgotten = -1  # our numbers: sent last; kept no longer up to here
        self._most = (KEPT_SOUND if self.is_sound else KEPT) - 1
        self._kept: list[Any] = [None] * (self._most + 1)  # number, packet (of sound: as it was sent), when, when again
        self._reports: dict[int, float] = {}  # sender reports lately passed on, and when

    @property
    def is_live(self) -> bool:
        return self._wire is not None

    def start(self, link: Link, wire: Wire, codecs, ids: Ids, mid: str, now: float) -> None:
        """What was agreed with the receiver. A receiver without our codec gets nothing."""
        codec = next((codec for codec in codecs if codec.mimeType.lower() == self.source.mime), None)
        if codec is None or self._wire:
            return
        self._link, self._wire = link, wire
        self._writer = Writer(self.ssrc, codec.payloadType, ids, mid)
        for other in codecs:
            if other.parameters.get("apt") == codec.payloadType:
                self._rtx_writer = Writer(self._rtx_ssrc, other.payloadType, ids, mid)
        self.source.takers.append(self)
        self.source.want_key(now)

    def stop(self) -> None:
        """Nothing more is sent; whoever comes late finds it closed."""
        if self in self.source.takers:
            self.source.takers.remove(self)
        self._wire = self._link = None

    def take(self, packet: Packet, now: float) -> None:
        """A packet of the source; sound leaves, and the link decides when picture does."""
        link = self._link
        if link is None:
            return
        if self.is_sound or link.has_room(now) and not self.paused:
            self.leave(packet, now)
        else:
            link.wait(self, packet, now)

    def leave(self, packet: Packet, now: float) -> None:
        """The packet leaves now, under the next of our numbers."""
        wire, writer, link = self._wire, self._writer, self._link
        if wire is None or writer is None or link is None:
            return
        seq, timestamp, marker, payload, level = packet
        if (self._first is None or self.waits_for_key) and not self._begin(seq, payload, now):
            return
        ours = (seq - self._offset) & 0xFFFF
        if (ours - self._last - 1) & 0xFFFF < HALF:
            self._last = ours
        elif newer(seq, self._first or 0) < 0:
            return  # of before the last whole picture
        size = len(payload)
        number = link.stamp(writer.size + size, now, self.name + ours)
        locked = wire.send(writer.write(ours, timestamp, marker, level, number, payload))
        self.packets += 1
        self.bytes += size
        self._kept[ours & self._most] = ours, locked if self.is_sound else packet, now, 0.0

    def _begin(self, seq: int, payload: bytes, now: float) -> bool:
        """A run of packets begins here, picture with a whole one; its numbers go on where the last run ended."""
        if self.waits_for_key and not starts_whole_picture(self.source.mime, payload):
            return False
        self.waits_for_key = self.was_cut = self.key_wanted = False
        if self._first is None:
            self._last = self._forgotten = (seq - 1) & 0x7FFF
        elif newer(seq, self._first) <= 0:
            return False
        self._first, self._offset = seq, (seq - self._last - 1) & 0xFFFF
        if self.source.report and not self.packets:
            self.sender_report(*self.source.report, now)
        return True

    def cut(self) -> None:
        """Pictures were left out: the next that can be shown is a whole one."""
        self.waits_for_key = self.was_cut = self.kind == "video"

    @property
    def allowance(self) -> float:
        """Bits a second of this picture that the way to this person has room for."""
        return self._link.allowance() if self._link else float("inf")

    @property
    def can_pad(self) -> bool:
        return self._rtx_writer is not None and self._wire is not None

    def repair(self, seq: int, oldest: float, newest: float, now: float) -> int:
        """Send a lost packet again, if it was not sent before `oldest`, nor again after `newest`. Returns its size; 0: not sent.

        Sound has no repairs of its own: the same packet comes a second time.
        """
        kept, writer, wire, link = self._kept[seq & self._most], self._rtx_writer, self._wire, self._link
        if kept is None or kept[0] != seq or kept[2] < oldest or kept[3] > newest or wire is None or link is None:
            return 0
        _seq, packet, sent, _again = kept
        if self.is_sound:
            size = len(packet)
            wire.send_again(packet)
        elif writer:
            size = writer.size + 2 + len(packet.payload)
            number, payload = link.stamp(size, now, self.name + seq), seq.to_bytes(2) + packet.payload
            self._rtx_seq = (self._rtx_seq + 1) & 0xFFFF
            wire.send(writer.write(self._rtx_seq, packet.timestamp, packet.marker, -1, number, payload))
        else:
            return 0
        self._kept[seq & self._most] = seq, packet, sent, now
        self.repairs += 1
        return size

    def forget(self, oldest: float) -> None:
        """What was sent before is not kept any longer."""
        kept, most, at = self._kept, self._most, self._forgotten
        while at != self._last:
            held = kept[at & most]
            if held is not None and held[0] == at:
                if held[2] >= oldest:
                    break
                kept[at & most] = None
            at = (at + 1) & 0xFFFF
        self._forgotten = at

    def pad(self, size: int, now: float) -> None:
        """Send nothing but padding, to find out what the link carries."""
        writer, wire, link = self._rtx_writer, self._wire, self._link
        if writer and wire and link:
            self._rtx_seq = (self._rtx_seq + 1) & 0xFFFF
            wire.send(writer.padding(self._rtx_seq, 0, link.stamp(writer.size + size, now), size))

    def sender_report(self, ntp: int, rtp: int, now: float) -> None:
        """Pass on which moment of the stream is which moment of the sender's clock."""
        if self._wire is None or self._first is None:
            return
        self._reports[(ntp >> 16) & 0xFFFFFFFF] = now
        while len(self._reports) > 8:
            del self._reports[next(iter(self._reports))]
        self._wire.send_rtcp(rtcp.sender_report(self.ssrc, ntp, rtp, self.packets, self.bytes))

    def received(self, report: rtcp.Reception, now: float) -> None:
        """The receiver reports how it goes."""
        self.note_loss(report.fraction_lost)
        if sent := self._reports.get(report.last_report):
            self.round_trip = max(0.0, now - sent - report.delay)

    def note_loss(self, share: float) -> None:
        """So much was lost lately."""
        self.loss += (0.7 if share > self.loss else 0.02) * (share - self.loss)

"""The way to one person. Sound leaves at once; picture waits its turn, and is left out as a whole when the link is too narrow."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from . import rtcp
from .downlink import FEW, PROBE_SECONDS, Downlink
from .outgoing import Outgoing
from .pictures import starts_whole_picture
from .private import Wire
from .rtp import Ids, Packet

OVERHEAD = 38  # bytes that UDP, IP and encryption add to a packet
OLDEST, OLDEST_WHOLE = 0.4, 1.2  # seconds that picture may wait; longer if a whole picture waits
BURST_SECONDS = 0.030  # of sending that may leave at once
REPAIR_SHARE, REPAIR_SECONDS, REPAIR_SOUND_SECONDS = 0.15, 1.0, 0.4
KEY_SECONDS = 1.0  # between two whole pictures for one weak link
PADDING = 255
PAUSED = 50_000  # what a sender is told while nobody can take its picture
OWN_SOUND = 32_000  # what a sender is told covers its own sound too
PAUSE_AFTER, RESUME_AFTER = 1.0, 2.0  # seconds of misfit before a stream is paused, of fit before it goes on
MISFIT, FIT = 1.3, 0.9


class Link:
    """All streams to one person share one connection and one estimate of what it carries."""

    def __init__(self, wire: Wire, weak: Callable[[bool], None]) -> None:
        self.wire = wire
        self.streams: dict[int, Outgoing] = {}
        self._begin()
        self._pictures = True  # the person wants pictures, not sound only
        self._weak = weak  # told when the picture is left out, and when it is back
        self._is_weak = False
        self._hears_arrivals = False  # the receiver reports them; without that nothing is held back
        self._transport = 0  # the transport-wide number that was given last
        self._queue: deque[tuple[Outgoing, Packet, float]] = deque()
        self._whole = 0  # whole pictures that begin in the queue
        self._credit = self._repair_credit = 0.0  # bytes that may leave now
        self._credit_at = time.monotonic()
        self._timer: asyncio.TimerHandle | None = None
        self._sound_rate = self._sound_before = 0.0
        self._sound_at = time.monotonic()
        wire.on_rtcp = self.heard

    def _begin(self) -> None:
        self.downlink = Downlink(self._changed)
        self._note_sent = self.downlink.gauge.sent

    def begin_anew(self) -> None:
        """The person is at another address: what was known of the old way does not hold for the new one."""
        self._begin()
        self._changed()
        for outgoing in self.streams.values():
            outgoing.cut()
            outgoing.key_asked_at = 0.0
            self._ask_for_key(outgoing, time.monotonic())

    def quality(self, now: float) -> dict:
        """How it goes on this way."""
        gauge, streams = self.downlink.gauge, self.streams.values()
        flows = any(now - stream.source.heard_at < 1.0 and not stream.paused for stream in streams)
        return {
            "unanswered": now - gauge.last_report if flows and self.is_answered and gauge.last_report else 0.0,
            "weak": self._is_weak,
            "lost_down": 100 * gauge.loss,
            "round_trip": 1000 * gauge.round_trip,
            "rate_down": gauge.acked / 1000,
            "target": self.downlink.target / 1000,
            **{name: sum(getattr(stream, name) for stream in streams) for name in ("packets", "bytes", "repairs")},
        }

    # --- what comes in to be sent

    def add(self, outgoing: Outgoing, codecs, ids: Ids, mid: str) -> None:
        """One more stream is agreed."""
        outgoing.start(self, self.wire, codecs, ids, mid, time.monotonic())
        outgoing.paused = outgoing.kind == "video" and not self._pictures
        self.streams[outgoing.ssrc] = outgoing

    def want_pictures(self, wanted: bool) -> None:
        """The person wants pictures, or sound only."""
        self._pictures = wanted
        for outgoing in self.streams.values():
            outgoing.paused = outgoing.kind == "video" and not wanted
            outgoing.cut()

    def remove(self, outgoing: Outgoing) -> None:
        outgoing.stop()
        self.streams.pop(outgoing.ssrc, None)

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()
        for outgoing in list(self.streams.values()):
            self.remove(outgoing)

    def has_room(self, now: float) -> bool:
        """Picture may leave at once: none waits, and the link takes it."""
        if not self._hears_arrivals:
            return True
        if self._credit <= 0:
            self._earn(now)
        return not self._queue and self._may_leave()

    def wait(self, outgoing: Outgoing, packet: Packet, now: float) -> None:
        """Picture for which there is no room waits, or is left out."""
        downlink = self.downlink
        if outgoing.paused or not downlink.picture or downlink.stopped:
            return outgoing.cut()
        whole = starts_whole_picture(outgoing.source.mime, packet.payload)
        if outgoing.waits_for_key and not self._whole and not whole:
            return
        self._queue.append((outgoing, packet, now))
        self._whole += whole
        if now - self._queue[0][2] > (OLDEST_WHOLE if self._whole else OLDEST):
            self._throw_away()
        elif self._timer is None:
            self._wait()

    @property
    def is_answered(self) -> bool:
        """Something is on its way to a person who usually reports what came."""
        return self._hears_arrivals and self.downlink.gauge.in_flight > 0

    def stamp(self, size: int, now: float, name: int = 0) -> int:
        """The transport-wide number of a packet of this size that leaves now; its size is charged. By its name it is missed."""
        number = self._transport = (self._transport + 1) & 0xFFFF
        self._credit -= size + OVERHEAD
        if self._hears_arrivals:
            self._note_sent(number, size + OVERHEAD, now, name)
        return number

    # --- what the receiver says

    def heard(self, data: bytes, now: float) -> None:
        """About losses, pictures, arrivals."""
        for block in rtcp.blocks(data):
            if block.kind == rtcp.REPAIR and block.format == rtcp.TRANSPORT:
                self._hears_arrivals = True
                self.downlink.report(*rtcp.arrivals(block), now)
                self._note_loss()
                self._mend(self.downlink.gauge.missed, now)
                self._pump(now)
            elif block.kind == rtcp.REPAIR and block.format == rtcp.NACK:
                self._repair(block, now)
            elif block.kind == rtcp.FEEDBACK and block.format in (rtcp.PLI, rtcp.FIR):
                for ssrc in rtcp.key_wanted_of(block):
                    if outgoing := self.streams.get(ssrc):
                        outgoing.key_wanted = True
                        self._ask_for_key(outgoing, now)
            elif block.kind in (rtcp.SENDER_REPORT, rtcp.RECEIVER_REPORT):
                for report in rtcp.receptions(block):
                    if outgoing := self.streams.get(report.ssrc):
                        outgoing.received(report, now)

    def tick(self, now: float) -> None:
        """Every 100 ms."""
        self.downlink.tick(now)
        if now - self._sound_at >= 1.0:
            sound = sum(outgoing.bytes + OVERHEAD * outgoing.packets for outgoing in self.streams.values() if outgoing.is_sound)
            self._sound_rate = max(0.0, sound - self._sound_before) * 8 / (now - self._sound_at)
            self._sound_before, self._sound_at = sound, now
            for outgoing in self.streams.values():
                outgoing.forget(now - REPAIR_SECONDS)
        allowed = self.allowance()
        for outgoing in self.streams.values():
            if outgoing.kind == "video":
                self._pause_or_resume(outgoing, allowed, now)
                self._ask_for_key(outgoing, now)
        self._pump(now)
        self._probe(now)
        self._tell_weakness()

    def allowance(self) -> float:
        """Bits a second of each picture that the link has room for."""
        if not self._hears_arrivals:
            return 10e6
        if not self.downlink.picture:
            return PAUSED
        pictures = sum(outgoing.kind == "video" for outgoing in self.streams.values())
        return max(PAUSED, (self.downlink.target - self._sound_rate) / 1.08 / max(1, pictures) + OWN_SOUND)

    # --- the queue of pictures

    def _earn(self, now: float) -> None:
        passed, self._credit_at = now - self._credit_at, now
        rate = self.downlink.pacing if self._hears_arrivals else 10e6
        depth = max(1500.0, rate * BURST_SECONDS / 8)
        self._credit = min(depth, self._credit + rate * passed / 8)
        self._repair_credit = min(6000.0, self._repair_credit + REPAIR_SHARE * self.downlink.target * passed / 8)

    def _may_leave(self) -> bool:
        downlink = self.downlink
        return self._credit > 0 and downlink.pacing > 0 and downlink.gauge.in_flight < downlink.window

    def _pump(self, now: float) -> None:
        """Let leave what may leave."""
        self._earn(now)
        while self._queue and self._may_leave():
            outgoing, packet, _since = self._queue.popleft()
            self._whole -= starts_whole_picture(outgoing.source.mime, packet.payload)
            outgoing.leave(packet, now)
        if self._queue and now - self._queue[0][2] > (OLDEST_WHOLE if self._whole else OLDEST):
            self._throw_away()
        if self._queue and self._timer is None:
            self._wait()

    def _wait(self) -> None:
        """Come back when the next packet may leave; a full window opens with the next report, which pumps by itself."""
        rate = self.downlink.pacing
        if rate > 0:
            delay = min(0.05, max(0.002, -self._credit * 8 / rate))
            self._timer = asyncio.get_running_loop().call_later(delay, self._due)

    def _due(self) -> None:
        self._timer = None
        self._pump(time.monotonic())

    def _throw_away(self) -> None:
        """The pictures that wait are too old to be worth sending; the next to be shown is a whole one."""
        for outgoing, _packet, _since in self._queue:
            outgoing.cut()
        self._queue.clear()
        self._whole = 0

    def _changed(self) -> None:
        """The target fell, or the picture was switched: senders are told at once."""
        if not self.downlink.picture or self.downlink.stopped:
            self._throw_away()
        now = time.monotonic()
        for outgoing in self.streams.values():
            if outgoing.kind == "video":
                outgoing.source.limit_changed(now)

    def _ask_for_key(self, outgoing: Outgoing, now: float) -> None:
        """A whole picture is large: asked for when the link can take it."""
        downlink = self.downlink
        if not (outgoing.key_wanted or outgoing.waits_for_key and outgoing.was_cut) or outgoing.paused:
            return
        if not downlink.picture or downlink.stopped or downlink.gauge.queue > 0.1 or now - outgoing.key_asked_at < KEY_SECONDS:
            return
        outgoing.key_wanted, outgoing.key_asked_at = False, now
        outgoing.source.want_key(now)

    def _pause_or_resume(self, outgoing: Outgoing, allowed: float, now: float) -> None:
        """A stream that others want larger than this link can take is left out here, and only here."""
        rate = outgoing.source.rate
        if not self._pictures:
            return
        if outgoing.paused:
            fits = rate < FIT * allowed and self.downlink.picture
        else:
            fits = rate < MISFIT * allowed or not self._hears_arrivals
        if fits is not outgoing.paused:
            outgoing.misfit_since = now
        elif now - outgoing.misfit_since > (RESUME_AFTER if outgoing.paused else PAUSE_AFTER):
            outgoing.paused, outgoing.misfit_since = not outgoing.paused, now
            outgoing.cut()

    # --- repairs, padding, words

    def _repair(self, block: rtcp.Block, now: float) -> None:
        """The receiver asks for lost packets again."""
        outgoing = self.streams.get(rtcp.media_ssrc(block))
        if outgoing:
            self._mend([outgoing.name + seq for seq in rtcp.asked_again(block)], now)

    def _mend(self, missed: list[int], now: float) -> None:
        """Send lost packets again, once in a round trip, picture within a budget: a full link is not made fuller.

        Reports of arrivals say what is lost before a receiver asks for it, and say it also of what was sent again.
        """
        if not missed:
            return
        downlink, gauge = self.downlink, self.downlink.gauge
        self._earn(now)
        newest = now - 0.8 * gauge.round_trip
        oldest = REPAIR_SECONDS if gauge.queue < 0.03 else 2 * gauge.round_trip
        picture = not self._hears_arrivals or downlink.pacing >= downlink.target
        for name in missed:
            outgoing, seq = self.streams.get(name >> 16), name & 0xFFFF
            if outgoing is None:
                continue
            if outgoing.is_sound:
                self._credit -= outgoing.repair(seq, now - REPAIR_SOUND_SECONDS, newest, now)
            elif picture and (self._repair_credit > 0 or not self._hears_arrivals):
                self._repair_credit -= outgoing.repair(seq, now - oldest, newest, now)

    def _probe(self, now: float) -> None:
        rate = self.downlink.burst(now) if self._hears_arrivals and not self._queue and self._wants_more() else 0.0
        carrier = next((outgoing for outgoing in self.streams.values() if outgoing.can_pad), None)
        if rate > 0 and carrier:
            asyncio.ensure_future(self._burst(carrier, rate))

    def _wants_more(self) -> bool:
        """A picture is larger, or would be, than the link is known to carry."""
        pictures = [outgoing for outgoing in self.streams.values() if outgoing.kind == "video"]
        if not self._pictures or not pictures:
            return False
        allowed = self.allowance()
        return not self.downlink.picture or any(outgoing.paused or outgoing.source.rate > 0.7 * allowed for outgoing in pictures)

    async def _burst(self, carrier: Outgoing, rate: float) -> None:
        """Padding at this rate for a moment, on top of what flows."""
        first, began, sent = (self._transport + 1) & 0xFFFF, time.monotonic(), 0
        few, now = not self.downlink.picture, began
        for _ in range(FEW if few else 0):
            carrier.pad(PADDING, now)
        while not few and now - began < PROBE_SECONDS and not self.downlink.stopped and carrier.can_pad:
            while sent * 8 < rate * (now - began + 0.005):
                carrier.pad(PADDING, now)
                sent += PADDING + 16 + OVERHEAD
            await asyncio.sleep(0.005)
            now = time.monotonic()
        self.downlink.burst_sent(first, (self._transport + 1 - first) & 0xFFFF, now)

    def _note_loss(self) -> None:
        """The sender of sound hears of the loss on this way, and adds what repairs speech."""
        for outgoing in self.streams.values():
            if outgoing.kind == "audio":
                outgoing.note_loss(self.downlink.gauge.loss)

    def _tell_weakness(self) -> None:
        pictures = [outgoing for outgoing in self.streams.values() if outgoing.kind == "video"]
        weak = bool(pictures) and self._pictures and (not self.downlink.picture or any(outgoing.paused for outgoing in pictures))
        if weak is not self._is_weak:
            self._is_weak = weak
            self._weak(weak)

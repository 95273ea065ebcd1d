"""One line of one person on its way into a file: packets in, WebM out. Nothing waits here for a disk."""

import heapq
from collections.abc import Iterable

from .engine import Source
from .frames import H264, SILENCE, SILENCE_MS, Clock, InOrder, Vp8, sound_ms
from .incoming import Incoming
from .rtp import Packet
from .webm import Frame, Track, Webm

HELD_MS = 1300  # frames wait so long for earlier ones of the other stream: a little longer than packets wait for lost ones
JUMP_MS = 60.0  # sound that is so late leaves a hole, and silence fills it
BEHIND_MS = 200.0  # sound that is so early is too much, and left out
KEY_SECONDS = 10.0  # a whole picture at least so often, so that one can seek


class Part:
    """One file: a sound, a picture, or both."""

    def __init__(self, sources: Iterable[Source], now: float) -> None:
        self.began = now
        self.is_over = False
        self._waiting: list[Frame] = []
        known = [source for source in sources if isinstance(source, Incoming)]
        self.webm = Webm([Track(source.mime) for source in known])
        anchor: dict[str, float] = {}
        self._takers = [
            (Sound if source.kind == "audio" else Picture)(source, number, self, anchor) for number, source in enumerate(known, 1)
        ]
        for taker in self._takers:
            taker.begin(now)

    def detach(self) -> None:
        """Nothing is taken from now on."""
        self.is_over = True
        for taker in self._takers:
            taker.end()

    def take(self, now: float) -> bytes:
        """What is to be appended: everything up to a moment ago, or to the end if it is over."""
        for taker in self._takers:
            taker.work(now)
        until = float("inf") if self.is_over else self.ms(now) - HELD_MS
        data = b""
        while self._waiting and self._waiting[0].ms <= until:
            data += self.webm.add(heapq.heappop(self._waiting))
        if self.is_over:
            data += self.webm.finish()
        return data

    def ms(self, seconds: float) -> int:
        return max(0, round((seconds - self.began) * 1000))

    def add(self, track: int, ms: float, key: bool, data: bytes) -> None:
        heapq.heappush(self._waiting, Frame(round(ms), track, key, data))

    def track(self, number: int) -> Track:
        return self.webm.tracks[number - 1]


class Taker:
    """Gets a stream like anybody in the room, and never asks for less of it on behalf of a link."""

    loss = 0.0
    paused = False

    def __init__(self, source: Incoming, number: int, part: Part, anchor: dict[str, float]) -> None:
        self.source, self.number, self.part = source, number, part
        self.clock = Clock(source.clock, anchor)
        self.packets = InOrder()

    @property
    def allowance(self) -> float:
        """The recorder sets no rate where somebody else does."""
        return 0.0 if len(self.source.takers) > 1 else float("inf")

    def begin(self, now: float) -> None:
        if self.source.report:
            self.clock.sender_report(*self.source.report)
        self.source.takers.append(self)

    def end(self) -> None:
        if self in self.source.takers:
            self.source.takers.remove(self)

    def take(self, packet: Packet, now: float) -> None:
        self.packets.put(packet, now)

    def cut(self) -> None:
        """What is missing is seen by the numbers of the packets."""

    def sender_report(self, ntp: int, rtp: int, now: float) -> None:
        self.clock.sender_report(ntp, rtp)

    def work(self, now: float) -> None:
        """Turn what came into frames."""
        raise NotImplementedError


class Picture(Taker):
    """Pictures as they come; a whole one is asked for at the start, after a loss, and every few seconds."""

    def __init__(self, source: Incoming, number: int, part: Part, anchor: dict[str, float]) -> None:
        super().__init__(source, number, part, anchor)
        self.pictures = H264() if source.mime == "video/h264" else Vp8()
        self._key_at = 0.0
        self._last_ms = -1

    def begin(self, now: float) -> None:
        super().begin(now)
        self._ask(now)

    def work(self, now: float) -> None:
        for packet, came, gap in self.packets.take(now):
            found = self.pictures.add(packet, gap)
            if found is None:
                continue
            ms = self._last_ms = max(self._last_ms + 1, self.part.ms(self.clock.seconds(packet.timestamp, came)))
            if found[0]:
                self._key_at = came
                self._describe(self.part.track(self.number))
            self.part.add(self.number, ms, *found)
        late = KEY_SECONDS if not self.pictures.waits_for_key else 1.0
        if now - self._key_at > late and not self.part.is_over:
            self._ask(now)

    def _ask(self, now: float) -> None:
        self._key_at = now
        self.source.want_key(now)

    def _describe(self, track: Track) -> None:
        """What the file says about the picture: the largest one, and what a decoder has to know first."""
        if isinstance(self.pictures, Vp8):
            track.size = max(track.size if track.used else (0, 0), self.pictures.size)
        elif not track.private:
            track.private = self.pictures.private
        track.used = True


class Sound(Taker):
    """Sound without holes: players count it instead of looking at its times, so what is missing becomes silence."""

    def __init__(self, source: Incoming, number: int, part: Part, anchor: dict[str, float]) -> None:
        super().__init__(source, number, part, anchor)
        self._next_ms = 0.0

    def work(self, now: float) -> None:
        for packet, came, _gap in self.packets.take(now):
            ms = self.part.ms(self.clock.seconds(packet.timestamp, came))
            if ms - self._next_ms > JUMP_MS:
                self._be_silent(ms)
            if ms - self._next_ms > -BEHIND_MS and (length := sound_ms(packet.payload)):
                self.part.add(self.number, self._next_ms, True, packet.payload)
                self._next_ms += length
        self._be_silent(self.part.ms(now) - (HELD_MS - JUMP_MS))

    def _be_silent(self, until: float) -> None:
        while self._next_ms + SILENCE_MS <= until:
            self.part.add(self.number, self._next_ms, True, SILENCE)
            self._next_ms += SILENCE_MS

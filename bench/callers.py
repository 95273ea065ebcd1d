"""People of the load bench, without a browser: the handshake is aiortc's, then encrypted packets as browsers send them.

Each sends VP8 (640x480, 30 pictures and 1 Mbit/s, spread out as a browser does) and Opus (50 packets a second), true pictures and
sound, and reports as a browser does: arrivals every 60 ms, receptions every second. What arrives is counted by its open header.
"""

import asyncio
import contextlib
import heapq
import itertools
import socket
import tempfile
import time
import wave
from fractions import Fraction
from pathlib import Path
from struct import Struct

import aioice.ice
import av
from aiortc import RTCSessionDescription
from aiortc.codecs.opus import OpusEncoder
from aiortc.codecs.vpx import Vp8Encoder

from tests.video.browser import connection, until
from video.media import private, rtcp
from video.media.arrivals import Arrivals
from video.media.port import own_addresses
from video.media.rtp import Ids, Writer, header

from . import film

SOFT, ASKED = (60, 45), 500_000  # the film is made softer, until libvpx at this setting sends 1 Mbit/s in 120 packets a second
SPREAD = 0.004  # seconds between two packets of one picture
ARRIVALS_SECONDS, RECEPTIONS_SECONDS = 0.06, 1.0
CLOCK = {"audio": 48_000, "video": 90_000}
SO_TIMESTAMPNS = 35  # of Linux
_STAMP, _WHEN = Struct("!d"), Struct("@qq")

HERE = next(
    address for address in own_addresses() if ":" not in address
)  # the load never leaves this machine; Janus shuns 127.0.0.1
aioice.ice.get_host_addresses = lambda **_families: [HERE]


class Reel:
    """Four seconds that everybody sends over and over: (second, kind, payload, last of its picture)."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory(prefix="naru-film-") as folder:
            pictures = list(_pictures(film.film(Path(folder) / "film.y4m")))
            sounds = list(_sounds(film.voice(Path(folder) / "voice.wav")))
        self.seconds = len(pictures) / film.FPS
        packets = [
            (at / film.FPS + SPREAD * place, "video", payload, at / film.FPS, place == len(payloads) - 1)
            for at, payloads in enumerate(pictures)
            for place, payload in enumerate(payloads)
        ]
        packets += [(at / 50, "audio", payload, at / 50, False) for at, payload in enumerate(sounds[: int(50 * self.seconds)])]
        self.packets = sorted(packets, key=lambda packet: packet[0])


def _pictures(path):
    encoder = Vp8Encoder()
    encoder.target_bitrate = ASKED
    with av.open(str(path)) as opened:
        for number, frame in enumerate(opened.decode(video=0)):
            frame = frame.reformat(*SOFT).reformat(film.WIDTH, film.HEIGHT)
            frame.pts, frame.time_base = number * CLOCK["video"] // film.FPS, Fraction(1, CLOCK["video"])
            yield encoder.encode(frame)[0]


def _sounds(path):
    encoder = OpusEncoder()
    encoder.codec.bit_rate = 32_000
    with wave.open(str(path)) as voice:
        for at in range(0, film.RATE * film.SECONDS, 960):
            frame = av.AudioFrame(format="s16", layout="mono", samples=960)
            frame.planes[0].update(voice.readframes(960))
            frame.sample_rate, frame.pts = film.RATE, at
            yield from encoder.encode(frame)[0]


class Caller:
    """One person: what they send, and what they get of the others."""

    def __init__(self, reel: Reel, *, timed=False, reports=True) -> None:
        self.reel, self.timed, self.reports = reel, timed, reports
        self.sent = self.got = 0
        self.delays: list[float] = []
        self.profile = ""
        self.sending = self.getting = None
        self._outs: dict[str, Out] = {}
        self._arrivals, self._ids = Arrivals(), Ids()
        self._streams: dict[int, list[int]] = {}  # ssrc -> first and highest number, count
        self._agreed = 0
        self._tasks: list[asyncio.Task] = []

    # --- the handshake

    async def offer(self) -> str:
        """What this person wants to send."""
        self.sending = connection()
        for kind in ("audio", "video"):
            transceiver = self.sending.addTransceiver(kind, direction="sendonly")
            private.when_sent(transceiver, lambda agreed, of=transceiver: self._may_send(of, agreed))
        await self.sending.setLocalDescription()
        return self.sending.localDescription.sdp

    async def answered(self, sdp: str) -> None:
        await self.sending.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def accept(self, sdp: str, fresh: bool) -> str:
        """Take what the server offers of the others."""
        if fresh or self.getting is None:
            self.getting = connection()
        if not self.reports:
            sdp = "".join(line for line in sdp.splitlines(True) if "transport-cc" not in line and "transport-wide-cc" not in line)
        await self.getting.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        for transceiver in self.getting.getTransceivers():
            private.when_received(transceiver, lambda agreed, of=transceiver: self._may_get(of, agreed))
        await self.getting.setLocalDescription()
        return self.getting.localDescription.sdp

    async def may_send(self) -> None:
        await until(lambda: len(self._outs) == 2, 20, "may send")

    async def may_get(self, streams: int) -> None:
        await until(lambda: self._agreed >= streams, 20, "gets something")

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        for line in (self.sending, self.getting):
            if line:
                await line.close()

    # --- packets

    def _may_send(self, transceiver, agreed) -> None:
        if transceiver.kind not in self._outs:
            self._outs[transceiver.kind] = Out(transceiver, agreed)

    def _may_get(self, transceiver, agreed) -> None:
        self._agreed += 1
        ids = Ids.of(agreed.headerExtensions)
        self._ids = Ids(*(new or old for new, old in zip(ids, self._ids, strict=True)))
        if not self._tasks:
            way = Way(transceiver.receiver.transport)
            self.profile = way.profile
            way.hear(lambda data, now: self._datagram(data, now, way))
            self._tasks.append(asyncio.ensure_future(self._report(way)))

    @property
    def next_at(self) -> float:
        """When the next packet is due, in seconds of this person's own time."""
        lap, place = divmod(self.sent, len(self.reel.packets))
        return lap * self.reel.seconds + self.reel.packets[place][0]

    def send_next(self) -> None:
        lap, place = divmod(self.sent, len(self.reel.packets))
        _at, kind, payload, second, last = self.reel.packets[place]
        if self.timed:
            payload = payload[:-8] + _STAMP.pack(time.monotonic())
        self.sent += 1
        self._outs[kind].send(payload, 1 + lap * self.reel.seconds + second, last, self.sent & 0xFFFF)

    def _datagram(self, data, now, way) -> None:
        if 192 <= data[1] <= 223:
            return
        start, end, _level, number = header(data, self._ids)
        if number >= 0:
            self._arrivals.came[number] = now
        self.got += 1
        seq, ssrc = (data[2] << 8) | data[3], int.from_bytes(data[8:12])
        stream = self._streams.setdefault(ssrc, [seq, seq, 0])
        if 0 < (seq - stream[1]) & 0xFFFF < 0x8000:
            stream[1] += (seq - stream[1]) & 0xFFFF
        stream[2] += 1
        if self.timed:
            with contextlib.suppress(Exception):
                clear = way.unlock(data)
                self.delays.append(now - _STAMP.unpack(clear[-8:])[0])

    async def _report(self, way) -> None:
        for count in itertools.count():
            await asyncio.sleep(ARRIVALS_SECONDS)
            first = next(iter(self._streams), 1)
            if self.reports and (report := self._arrivals.report(first)):
                way.send_rtcp(report)
            if count % int(RECEPTIONS_SECONDS / ARRIVALS_SECONDS) == 0 and self._streams:
                told = [(ssrc, 0.0, 0, highest, 0, 0, 0.0) for ssrc, (_first, highest, _count) in self._streams.items()]
                way.send_rtcp(rtcp.receiver_report(told[:31]))

    @property
    def lost(self) -> int:
        """Packets of the others that never came."""
        return sum(highest - first + 1 - count for first, highest, count in self._streams.values())


class Way:
    """The encrypted path that aiortc made, as bytes."""

    def __init__(self, transport) -> None:
        self._pair = transport.transport._connection._nominated[1]
        self._lock = transport._tx_srtp
        self.unlock = transport._rx_srtp.unprotect
        self.profile = transport._ssl.get_selected_srtp_profile().decode()
        self._send = self._pair.protocol.transport.sendto

    def send(self, packet: bytes) -> None:
        self._send(self._lock.protect(packet), self._pair.remote_addr)

    def send_rtcp(self, packet: bytes) -> None:
        self._send(self._lock.protect_rtcp(packet), self._pair.remote_addr)

    def hear(self, media) -> None:
        """Read the socket ourselves, with the system's word on when each packet came: this program may be late."""
        protocol, loop = self._pair.protocol, asyncio.get_running_loop()
        sock = protocol.transport.get_extra_info("socket")._sock
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        started = time.time() - time.monotonic()

        def ready() -> None:
            for _ in range(64):
                try:
                    data, told, _flags, address = sock.recvmsg(2048, 64)
                except OSError:
                    return
                if data[0] < 128:
                    protocol.datagram_received(data, address)
                else:
                    seconds, nanoseconds = _WHEN.unpack(told[0][2][:16])
                    media(data, seconds - started + nanoseconds / 1e9)

        loop._remove_reader(sock.fileno())
        loop._add_reader(sock.fileno(), ready)


class Out:
    """One stream that is sent."""

    def __init__(self, transceiver, agreed) -> None:
        self.way = Way(transceiver.sender.transport)
        self.way.hear(lambda _data, _now: None)
        ids, (ssrc, _rtx) = Ids.of(agreed.headerExtensions), private.ssrcs(transceiver)
        self._writer = Writer(ssrc, agreed.codecs[0].payloadType, ids, str(transceiver.mid))
        self._ssrc, self._kind, self._seq = ssrc, transceiver.kind, 100
        self._sent = self._bytes = 0
        self._said_at = 0.0

    def send(self, payload, second, last, transport) -> None:
        self._seq = (self._seq + 1) & 0xFFFF
        stamp = int(second * CLOCK[self._kind]) & 0xFFFFFFFF
        level = 30 if self._kind == "audio" else -1
        self.way.send(self._writer.write(self._seq, stamp, 128 * last, level, transport, payload))
        self._sent, self._bytes = self._sent + 1, self._bytes + len(payload)
        if second - self._said_at >= 1.0:
            self._said_at = second
            ntp = int((time.time() + 2208988800) * 2**32)
            self.way.send_rtcp(rtcp.sender_report(self._ssrc, ntp, stamp, self._sent, self._bytes))


async def play(callers, seconds: float) -> None:
    """Everybody sends for so long, each from where they stopped, each a little later than the one before."""
    began = time.monotonic()
    starts = [began + 0.0027 * place - caller.next_at for place, caller in enumerate(callers)]
    due = [(start + caller.next_at, place) for place, (start, caller) in enumerate(zip(starts, callers, strict=True))]
    heapq.heapify(due)
    while due[0][0] < began + seconds:
        at, place = due[0]
        if (wait := at - time.monotonic()) > 0:
            await asyncio.sleep(wait)
            continue
        callers[place].send_next()
        heapq.heapreplace(due, (starts[place] + callers[place].next_at, place))

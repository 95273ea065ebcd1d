"""What a malicious browser, or somebody on its way, may send (ASVS 5.0, chapter V17): the others' conversation goes on."""

import asyncio
import os
import re
import socket

import pytest
from aiortc import AudioStreamTrack
from aiortc.rtp import RtpPacket

from video.media.forwarder import MOST_PACKETS
from video.media.protocol import Offer

from .browser import Browser, connection, until
from .test_media import URL, room, working

pytestmark = [pytest.mark.asyncio, pytest.mark.once]
NOISE = [b"\x80" + os.urandom(size) for size in (0, 1, 11, 12, 60, 1200)] + [
    b"\x80\xc8" + os.urandom(30),
    b"\x00\x01\x00\x00" * 20,
]


def transport_of(browser):
    """The browser's encrypted line."""
    return browser.sending.getTransceivers()[0].sender.transport


def sources_of(worker, name, person):
    return worker.rooms[name].people[person].sources


async def test_noise_on_an_open_line_is_refused_and_the_line_stays():
    async with working() as worker, Browser(URL, name := room(), "a") as a, Browser(URL, name, "b") as b:
        await a.publish()
        await b.gets("a")
        wire = worker.rooms[name].people["a"]._sending.wire
        before = wire.refused
        for noise in NOISE * 20:
            await transport_of(a).transport._send(noise)
        await until(lambda: wire.refused > before + 50, what="noise is counted")
        await b.gets("a")


async def test_a_packet_that_comes_twice_is_passed_on_once():
    async with working() as worker, Browser(URL, name := room(), "a") as a, Browser(URL, name, "b") as b:
        await a.publish()
        await b.gets("a")
        wire = worker.rooms[name].people["a"]._sending.wire
        line, sent, send = transport_of(a).transport, [], transport_of(a).transport._send

        async def keep(data):
            sent.append(data)
            await send(data)

        line._send = keep
        await until(lambda: len([data for data in sent if data[0] > 127]) > 50)
        before = wire.refused
        again = [data for data in sent if data[0] > 127 and not 192 <= data[1] <= 223][:50]
        for data in again:
            await send(data)
        await until(lambda: wire.refused >= before + len(again), what="replays are refused")
        await b.gets("a")


async def test_a_stream_that_was_not_agreed_reaches_nobody():
    async with working() as worker, Browser(URL, name := room(), "a") as a, Browser(URL, name, "b") as b:
        await a.publish()
        await b.gets("a")
        for sender in a.sending.getSenders():
            sender.replaceTrack(None)
        await until(lambda: _rests(worker, name), what="nothing comes any more")
        before = _received(worker, name)
        for seq in range(300):
            packet = RtpPacket(payload_type=97, sequence_number=seq, timestamp=seq, ssrc=4242, payload=b"\x10" * 900)
            await transport_of(a)._send_rtp(packet.serialize())
        line = worker.rooms[name].people["a"]._sending
        await until(lambda: line._packets or _received(worker, name) != before)
        assert _received(worker, name) == before


async def test_more_packets_than_any_browser_sends_are_not_passed_on():
    async with working() as worker, Browser(URL, name := room(), "a") as a, Browser(URL, name, "b") as b:
        await a.publish()
        await b.gets("a")
        line = worker.rooms[name].people["a"]._sending
        sound, before = line.sources[0], line.sources[0].received
        packet = RtpPacket(payload_type=sound.payload_type, ssrc=sound.ssrc, payload=bytes(50))
        first = sound._highest + 1
        for seq in range(first, first + 2 * MOST_PACKETS):  # at once: no second ends meanwhile
            packet.sequence_number = seq & 0xFFFF
            line._rtp(packet.serialize(), 1.0)
        assert sound.received - before <= MOST_PACKETS


def _received(worker, name):
    return [source.received for source in sources_of(worker, name, "a")]


async def _rests(worker, name):
    before = _received(worker, name)
    await asyncio.sleep(0.3)
    return _received(worker, name) == before


async def test_a_line_whose_certificate_is_not_the_described_one_never_opens():
    async with working() as worker, Browser(URL, name := room(), "a") as a:
        a.sending = connection()
        a.sending.addTransceiver(AudioStreamTrack(), direction="sendonly")
        await a.sending.setLocalDescription(await a.sending.createOffer())
        forged = re.sub(
            r"(?<=a=fingerprint:sha-256 )\w\w", lambda byte: f"{int(byte[0], 16) ^ 1:02X}", a.sending.localDescription.sdp
        )
        await a.switchboard.offer(a.line, Offer(forged))
        await until(lambda: "rejoin" in a.told, 15, "the worker refuses the line")
        assert not sources_of(worker, name, "a")[0].is_live


async def test_a_flood_of_checks_without_a_name_leaves_the_conversation_alone():
    async with working() as worker, Browser(URL, name := room(), "a") as a, Browser(URL, name, "b") as b:
        await a.publish()
        await b.gets("a")
        port = worker._engine.ports[0]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for _ in range(5000):
                stranger.sendto(
                    b"\x00\x01\x00\x08\x21\x12\xa4\x42" + os.urandom(12) + b"\x00\x06\x00\x04abcd", ("127.0.0.1", port.number)
                )
        await b.gets("a")
        assert port.unknown > 0

"""What we lean on in aiortc without its promise. If this fails after an upgrade, video/media/private.py has to be read again."""

import aiortc
import pytest
import pytest_asyncio
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

from video.media import private
from video.media.ice import Lite
from video.media.port import Port
from video.media.rtp import LEVEL, MID, TRANSPORT_CC, Ids

from .browser import connection, until

pytestmark = [pytest.mark.asyncio, pytest.mark.once]


@pytest_asyncio.fixture
async def ports():
    port = Port.open("127.0.0.1", range(0, 1))
    yield [port]
    port.close()


async def test_the_version_is_the_one_we_know():
    assert aiortc.__version__ == "1.16.0"


async def answered(ports, sdp):
    """Our answer to a browser's offer, and what we were told when the line stood."""
    line, lite, told = private.new_connection(), Lite(ports), {}
    await line.setRemoteDescription(RTCSessionDescription(private.without_addresses(sdp), "offer"))
    for transceiver in line.getTransceivers():
        private.keep_one_codec(transceiver)

        def start(agreed, transceiver=transceiver):
            told[transceiver.kind] = (agreed, private.Wire(transceiver, lite))

        private.when_received(transceiver, start)
    private.use_lite(line, lite)
    await line.setLocalDescription()
    return line, private.as_lite(line.localDescription.sdp), told


async def test_what_arrives_comes_to_us_decrypted_and_is_never_decoded(ports):
    browser = connection()
    for track in (AudioStreamTrack(), VideoStreamTrack()):
        browser.addTransceiver(track, direction="sendonly")
    await browser.setLocalDescription()
    line, sdp, told = await answered(ports, browser.localDescription.sdp)
    assert "a=ice-lite" in sdp
    assert "useinbandfec=1" in sdp
    assert "usedtx=1" in sdp
    assert sdp.count("a=rtpmap") == 3  # Opus; VP8 and its repairs
    await browser.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
    await until(lambda: len(told) == 2, what="we are told what was agreed")
    agreed, wire = told["video"]
    assert [codec.mimeType for codec in agreed.codecs] == ["video/VP8", "video/rtx"]
    assert agreed.encodings[0].ssrc
    assert agreed.encodings[0].rtx.ssrc
    came = []
    wire.on_rtp = lambda packet, _now: came.append(packet)
    await until(lambda: len(came) > 20)
    assert {packet[1] & 127 for packet in came} >= {agreed.codecs[0].payloadType}
    assert not [receiver for receiver in line.getReceivers() if receiver._RTCRtpReceiver__decoder_thread]
    assert private.fingerprints(browser.localDescription.sdp)
    await browser.close()
    await line.close()


async def test_what_we_offer_names_stream_repairs_and_extensions(ports):
    line, lite = private.new_connection(), Lite(ports)
    transceiver = line.addTransceiver("video", direction="sendonly")
    private.offer_codec(transceiver, "video/vp8", {})
    private.name_stream(transceiver, "somebody")
    told = []
    private.when_sent(transceiver, told.append)
    private.use_lite(line, lite)
    await line.setLocalDescription()
    sdp = line.localDescription.sdp
    ssrc, rtx_ssrc = private.ssrcs(transceiver)
    assert f"a=ssrc-group:FID {ssrc} {rtx_ssrc}" in sdp
    assert "a=msid:somebody " in sdp
    assert "H264" not in sdp
    assert "transport-cc" in sdp
    browser = RTCPeerConnection(aiortc.RTCConfiguration(iceServers=[]))
    await browser.setRemoteDescription(RTCSessionDescription(private.as_lite(sdp), "offer"))
    await browser.setLocalDescription()
    await line.setRemoteDescription(RTCSessionDescription(private.without_addresses(browser.localDescription.sdp), "answer"))
    await until(lambda: told, what="we are told what was agreed")
    assert Ids.of(told[0].headerExtensions) == Ids(1, 0, 5)
    await browser.close()
    await line.close()


async def test_the_extensions_have_the_same_numbers_for_sound_and_picture():
    numbers = {extension.uri: extension.id for kind in ("audio", "video") for extension in private.HEADER_EXTENSIONS[kind]}
    assert numbers == {MID: 1, TRANSPORT_CC: 5, LEVEL: 2}
    for kind in ("audio", "video"):
        assert all(numbers[extension.uri] == extension.id for extension in private.HEADER_EXTENSIONS[kind])

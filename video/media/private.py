"""The only place that touches what aiortc does not promise to keep; tests/video/test_contract.py holds the contract.

aiortc writes and reads the descriptions and makes the handshake. What flows afterwards we carry ourselves: `Wire` gets decrypted
packets and sends packets to be encrypted, and nothing is ever decoded.
"""

from collections.abc import Callable
from struct import error

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCRtpTransceiver
from aiortc.codecs import CODECS, HEADER_EXTENSIONS
from aiortc.rtcrtpparameters import RTCRtcpFeedback, RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.sdp import SessionDescription
from pylibsrtp._binding import ffi, lib

from .ice import Lite
from .rtp import LEVEL, MID, TRANSPORT_CC

SOUND = {"minptime": 10, "useinbandfec": 1, "usedtx": 1}  # repairs lost speech from the next packet, sends little in silence
LONGEST = 1350  # bytes of a packet that fit with their lock into pylibsrtp's buffers
FIRST_CHOICE = ("video/vp8", "video/h264", "audio/opus")  # every browser knows VP8; a few old phones only H264


def set_up() -> None:
    """What we offer and accept, in both directions: set once, since aiortc keeps it in module variables."""
    CODECS["audio"][:] = [codec for codec in CODECS["audio"] if codec.mimeType == "audio/opus"]
    CODECS["audio"][0].parameters = dict(SOUND)
    for codec in [*CODECS["audio"], *CODECS["video"]]:
        told = [feedback.type for feedback in codec.rtcpFeedback]
        if "transport-cc" not in told and codec.name != "rtx":
            codec.rtcpFeedback.append(RTCRtcpFeedback(type="transport-cc"))
    offered = [(1, MID), (5, TRANSPORT_CC)]
    HEADER_EXTENSIONS["video"][:] = [RTCRtpHeaderExtensionParameters(id=number, uri=uri) for number, uri in offered]
    HEADER_EXTENSIONS["audio"][:] = [
        RTCRtpHeaderExtensionParameters(id=number, uri=uri) for number, uri in [*offered, (2, LEVEL)]
    ]


def new_connection() -> RTCPeerConnection:
    """No server is ever asked for our address (aiortc's default would ask a public one); all media of a line share one path."""
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


def use_lite(line: RTCPeerConnection, lite: Lite) -> None:
    """Put our own end of ICE where aiortc made one of aioice."""
    for transceiver in line.getTransceivers():
        transport = transceiver.receiver.transport.transport
        if transport._connection is not lite:
            transport._connection = transport.iceGatherer._connection = lite  # type: ignore[assignment]
            transport._recv, transport._send = lite.recv, lite.send


def without_addresses(sdp: str) -> str:
    """A browser's description without its addresses: the browser comes to us."""
    return "".join(line for line in sdp.splitlines(True) if not line.startswith(("a=candidate:", "a=end-of-candidates")))


def as_lite(sdp: str) -> str:
    """Our description, saying that we answer checks and make none."""
    return sdp.replace("\r\nm=", "\r\na=ice-lite\r\nm=", 1)


def fingerprints(sdp: str) -> set[str]:
    """Whose certificates a description names."""
    found = SessionDescription.parse(sdp)
    return {fingerprint.value for media in found.media if media.dtls for fingerprint in media.dtls.fingerprints}


def keep_one_codec(transceiver: RTCRtpTransceiver) -> list:
    """Accept one codec (and its repairs), so that what arrives is what was agreed; aiortc has refused what none of us knows."""
    known = [codec for codec in transceiver._codecs if codec.mimeType.lower() in FIRST_CHOICE]
    chosen = min(known, key=lambda codec: FIRST_CHOICE.index(codec.mimeType.lower()))
    transceiver._codecs = [
        codec for codec in transceiver._codecs if codec is chosen or codec.parameters.get("apt") == chosen.payloadType
    ]
    return transceiver._codecs


def offer_codec(transceiver: RTCRtpTransceiver, mime: str, parameters: dict) -> None:
    """Offer the codec of a source, and no other."""
    wanted = [
        codec
        for codec in transceiver.sender.getCapabilities(transceiver.kind).codecs
        if codec.mimeType.lower() == "video/rtx"
        or codec.mimeType.lower() == mime
        and codec.parameters.get("profile-level-id") == parameters.get("profile-level-id")
    ]
    transceiver.setCodecPreferences(wanted)


def when_received(transceiver: RTCRtpTransceiver, start: Callable[[RTCRtpParameters], None]) -> None:
    """Call us with what was agreed where aiortc would begin to decode. It calls again at every negotiation."""

    async def receive(parameters: RTCRtpParameters) -> None:
        start(parameters)

    transceiver.receiver.receive = receive  # type: ignore[method-assign]


def when_sent(transceiver: RTCRtpTransceiver, start: Callable[[RTCRtpParameters], None]) -> None:
    """Call us with what was agreed where aiortc would begin to encode. It calls again at every negotiation."""

    async def send(parameters: RTCRtpParameters) -> None:
        start(parameters)

    transceiver.sender.send = send  # type: ignore[method-assign]


def name_stream(transceiver: RTCRtpTransceiver, name: str) -> None:
    """Sound and picture of one name are played in step by the browser."""
    transceiver.sender._stream_id = name


def ssrcs(transceiver: RTCRtpTransceiver) -> tuple[int, int]:
    """Under which numbers our description says that we send: the stream and its repairs."""
    return transceiver.sender._ssrc, transceiver.sender._rtx_ssrc


class Wire:
    """The encrypted path of a connection, once it stands: packets in the clear on this side, encrypted on the other.

    It works in the buffers of pylibsrtp's sessions, without what pylibsrtp allocates for each packet.
    """

    def __init__(self, transceiver: RTCRtpTransceiver, lite: Lite) -> None:
        self.on_rtp: Callable[[bytes, float], None] = _nobody
        self.on_rtcp: Callable[[bytes, float], None] = _nobody
        self.refused = 0  # packets that were not encrypted by the other end, came twice, or make no sense
        self._lite = lite
        transport = transceiver.receiver.transport
        self._lock, self._unlock = transport._tx_srtp, transport._rx_srtp
        self._locks, self._locking, self._locked = self._lock._srtp[0], self._lock._cdata, self._lock._buffer
        self._unlocks, self._unlocking, self._unlocked = self._unlock._srtp[0], self._unlock._cdata, self._unlock._buffer
        self._size = ffi.new("int *")
        lite.on_media = self._datagram

    def send(self, packet: bytes) -> bytes:
        """Send one RTP packet; what the link or the system cannot take is lost. Returns it as it was sent."""
        lite, size, length = self._lite, self._size, len(packet)
        if lite.address is None or length > LONGEST:
            return b""
        size[0] = length
        self._locked[0:length] = packet
        if lib.srtp_protect(self._locks, self._locking, size):
            return b""
        locked = self._locked[0 : size[0]]
        lite.transmit(locked, lite.address)
        return locked

    def send_again(self, locked: bytes) -> None:
        """Send the very bytes that `send` returned: a number is never locked twice with other contents."""
        if locked and self._lite.address is not None:
            self._lite.transmit(locked, self._lite.address)

    def send_rtcp(self, packet: bytes) -> None:
        """Send one compound RTCP packet."""
        lite = self._lite
        if lite.address is not None:
            lite.transmit(self._lock.protect_rtcp(packet), lite.address)

    def _datagram(self, data: bytes, now: float) -> None:
        try:
            size, length = self._size, len(data)
            if length <= LONGEST:
                size[0] = length
                self._unlocked[0:length] = data
                if 192 <= data[1] <= 223:
                    if not lib.srtp_unprotect_rtcp(self._unlocks, self._unlocking, size):
                        return self.on_rtcp(self._unlocked[0 : size[0]], now)
                elif not lib.srtp_unprotect(self._unlocks, self._unlocking, size):
                    return self.on_rtp(self._unlocked[0 : size[0]], now)
        except (IndexError, ValueError, error):
            pass
        self.refused += 1


def _nobody(_data: bytes, _now: float) -> None:
    """Until somebody listens."""


set_up()

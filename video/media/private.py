"""The only place that touches what aiortc and aioice do not promise to keep; tests/video holds the contract."""

import aioice.ice
from aiortc import MediaStreamTrack, RTCBundlePolicy, RTCConfiguration, RTCIceServer, RTCPeerConnection
from aiortc.sdp import candidate_from_sdp

from .protocol import Candidate


def configuration(ice_servers: list[dict]) -> RTCConfiguration:
    """Our own servers, or none: aiortc's default would ask a public STUN server. All media of a line share one path."""
    return RTCConfiguration(
        iceServers=[RTCIceServer(**server) for server in ice_servers], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE
    )


def offer_addresses(addresses: list[str]) -> None:
    """Offer these host addresses instead of those aioice finds (which leave out loopback)."""
    if addresses:
        aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: [
            address for address in addresses if (use_ipv6 if ":" in address else use_ipv4)
        ]


async def add_candidate(line: RTCPeerConnection, found: Candidate) -> None:
    """aiortc wants the candidate taken apart, without the word with which browsers begin it."""
    candidate = candidate_from_sdp(found.candidate.removeprefix("candidate:"))
    candidate.sdpMid, candidate.sdpMLineIndex = found.mid, found.index
    await line.addIceCandidate(candidate)


def finish(track: MediaStreamTrack) -> None:
    """End a received track even if nothing ever arrived on it; whoever waits for its next frame is told."""
    track.stop()
    track._queue.put_nowait(None)  # type: ignore[attr-defined]

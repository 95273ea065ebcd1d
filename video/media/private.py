"""The only place that touches what aiortc and aioice do not promise to keep; tests/video holds the contract."""

import aioice.ice
from aiortc import RTCConfiguration, RTCIceServer


def configuration(ice_servers: list[dict]) -> RTCConfiguration:
    """Our own servers, or none: aiortc's default would ask a public STUN server."""
    return RTCConfiguration(iceServers=[RTCIceServer(**server) for server in ice_servers])


def offer_addresses(addresses: list[str]) -> None:
    """Offer these host addresses instead of those aioice finds (which leave out loopback)."""
    if addresses:
        aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: [
            address for address in addresses if (use_ipv6 if ":" in address else use_ipv4)
        ]

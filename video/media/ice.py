"""The server's end of ICE, as a lite agent (RFC 8445): it answers checks and never sends where nobody has proved to be.

It stands where aiortc expects a connection of aioice. The browser finds the way, chooses it, and may change it at any time: a
check that is signed with our password moves the connection to where it came from, if the browser chose that way, or if nothing
comes by the old one any more.
"""

import asyncio
import time
from collections.abc import Callable, Sequence

from aioice import Candidate
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import ConnectionClosed

from .port import Address, Port, secret

WAITING_DATAGRAMS = 64  # of the handshake; more are lost, as on any link
PREFERENCE = 65535
LOST_SECONDS = 0.5  # a way by which nothing came for so long is given up; of silence, Opus sends something every 0.4 s


class Lite:
    """One connection: the handshake goes through `recv`, sound and picture go to `on_media` at once."""

    remote_is_lite = False
    ice_controlling = False  # a lite agent never is; aiortc sets what the description says, and nobody reads it
    remote_username = remote_password = ""

    def __init__(self, ports: Sequence[Port]) -> None:
        self.username = self.local_username = secret(8)
        self.password = self.local_password = secret(24)
        self.remote_candidates: list[Candidate] = []
        self.on_media: Callable[[bytes, float], None] | None = None
        self.on_move: Callable[[], None] | None = None  # told when the other end came back from another address
        self.port: Port | None = None
        self.address: Address | None = None  # where the other end is now
        self.transmit: Callable[[bytes, Address], None] = _nowhere
        self.heard_at = 0.0  # when something came last
        self._ports = ports
        self._inbox: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING_DATAGRAMS)
        self._found = asyncio.Event()
        self._closed = asyncio.Event()
        for port in ports:
            port.welcome(self)

    # --- what the port says

    def datagram(self, data: bytes, now: float) -> None:
        """Media goes straight on; the handshake waits to be read."""
        self.heard_at = now
        if data[0] > 127:
            if self.on_media:
                self.on_media(data, now)
        elif not self._inbox.full():
            self._inbox.put_nowait(data)

    def heard(self, address: Address, chosen: bool, port: Port) -> None:
        """A signed check came from there; `chosen`: the browser wants this way."""
        now, before = time.monotonic(), self.address
        lost = before is not None and now - self.heard_at > LOST_SECONDS
        if before is None or (before, self.port) == (address, port):
            self.heard_at = now
        if (chosen or lost) and (before, self.port) != (address, port):
            self.address, self.port, self.transmit, self.heard_at = address, port, port.send, now
            self._found.set()
            if lost and self.on_move:
                self.on_move()

    def renew(self) -> None:
        """A new name and password: the browser that is offered them looks for its way again (ICE restart)."""
        self.username = self.local_username = secret(8)
        self.password = self.local_password = secret(24)
        for port in self._ports:
            port.welcome(self)

    # --- what aiortc asks of a connection

    @property
    def local_candidates(self) -> list[Candidate]:
        return [
            Candidate(
                foundation=candidate_foundation("host", "udp", port.host),
                component=1,
                transport="udp",
                priority=candidate_priority(1, "host", PREFERENCE - place),
                host=port.host,
                port=port.number,
                type="host",
            )
            for place, port in enumerate(self._ports)
        ]

    async def gather_candidates(self) -> None:
        """The addresses are known already."""

    async def add_remote_candidate(self, candidate: Candidate | None) -> None:
        """A lite agent has no use for the browser's addresses: the browser comes to us."""

    async def connect(self) -> None:
        await self._found.wait()
        if self._closed.is_set():
            raise ConnectionError("closed before the browser came")

    async def recv(self) -> bytes:
        data = None if self._closed.is_set() else await self._inbox.get()
        if data is None:
            raise ConnectionError("closed")
        return data

    async def send(self, data: bytes) -> None:
        if self.address is None:
            raise ConnectionError("not connected")
        self.transmit(data, self.address)

    async def get_event(self) -> ConnectionClosed:
        await self._closed.wait()
        return ConnectionClosed()

    async def close(self) -> None:
        for port in self._ports:
            port.forget(self)
        self._closed.set()
        self._found.set()
        self.on_media = self.on_move = None
        if self._inbox.full():
            self._inbox.get_nowait()
        self._inbox.put_nowait(None)


def _nowhere(_data: bytes, _address: Address) -> None:
    """Until the browser has come."""

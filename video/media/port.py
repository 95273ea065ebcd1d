"""The UDP port of a worker: one socket for everybody, so that a clinic opens one port. Who speaks is read from STUN, once."""

import asyncio
import secrets
import socket
import time
from collections.abc import Callable
from struct import error
from typing import Protocol

from aioice import stun
from aioice.ice import get_host_addresses

Address = tuple[str, int]
BATCH = 64  # datagrams taken at once; then the others on this thread have their turn
GATHER_SECONDS = 0.002  # while datagrams come, they are fetched together: to be woken for each costs more than to forward it
LARGEST = 2048
BUFFER = 4 << 20
STRANGERS = 100  # requests a second from addresses not seen before that are looked into; a flood costs next to nothing
MOST_ADDRESSES = 16  # of one listener; a browser has a few


class Listener(Protocol):
    """Who is spoken to through the port: one end of a connection."""

    username: str
    password: str

    def datagram(self, data: bytes, now: float) -> None: ...
    def heard(self, address: Address, chosen: bool, port: "Port") -> None: ...


class Port:
    """One socket on one local address, and who of the listeners each remote address is."""

    def __init__(self, sock: socket.socket, host: str, number: int = 0) -> None:
        self.host, self.number = host, number or sock.getsockname()[1]  # as browsers reach it
        self.dropped = 0  # datagrams that the system did not take
        self.unknown = 0  # datagrams of nobody
        self._socket = sock
        self._sendto = sock.sendto
        self._names: dict[str, Listener] = {}
        self._routes: dict[Address, Listener] = {}
        self._hears: dict[Address, Callable[[bytes, float], None]] = {}
        self._allowance = STRANGERS
        self._second = 0.0
        self._loop = asyncio.get_running_loop()
        self._gathering: asyncio.TimerHandle | None = None
        self._loop.add_reader(sock, self._ready)

    @classmethod
    def open(cls, address: str, numbers: range) -> "Port":
        """Listen on the first free port of `numbers` (0: any).

        `address` is `local`, or `public=local` behind a router, or `public:port=local` behind one that changes the port too.
        Raises OSError if none is free.
        """
        public, _, local = address.rpartition("=")
        host, _, number_outside = public.rpartition(":") if public.count(":") == 1 or "]:" in public else (public, "", "0")
        host = host.strip("[]") or local
        family = socket.AF_INET6 if ":" in local else socket.AF_INET
        for number in numbers:
            sock = socket.socket(family, socket.SOCK_DGRAM)
            try:
                sock.bind((local, number))
            except OSError:
                sock.close()
                if number == numbers[-1]:
                    raise
                continue
            sock.setblocking(False)
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                sock.setsockopt(socket.SOL_SOCKET, option, BUFFER)
            return cls(sock, host, int(number_outside))
        raise OSError("no port to listen on")

    def close(self) -> None:
        self._loop.remove_reader(self._socket)
        if self._gathering:
            self._gathering.cancel()
        self._socket.close()

    def welcome(self, listener: Listener) -> None:
        """From now on a browser that knows the listener's name and password is heard."""
        self._names[listener.username] = listener

    def forget(self, listener: Listener) -> None:
        """The listener is gone, and all its addresses with it."""
        self._names = {name: other for name, other in self._names.items() if other is not listener}
        for address in [address for address, other in self._routes.items() if other is listener]:
            del self._routes[address], self._hears[address]

    def send(self, data: bytes, address: Address) -> None:
        """Send now or never: what the system cannot take is lost, as on any link."""
        try:
            self._sendto(data, address)
        except OSError:
            self.dropped += 1

    def _ready(self) -> None:
        """Something came after a silence: from now on look by the clock."""
        self._loop.remove_reader(self._socket)
        self._gather()

    def _gather(self) -> None:
        """Take what came; when nothing did, wait to be woken."""
        if self._take():
            self._gathering = self._loop.call_later(GATHER_SECONDS, self._gather)
        else:
            self._gathering = None
            self._loop.add_reader(self._socket, self._ready)

    def _take(self) -> int:
        receive, hears, now = self._socket.recvfrom, self._hears, time.monotonic()
        for count in range(BATCH):
            try:
                data, address = receive(LARGEST)
            except OSError:  # nothing more, or an error that an earlier datagram met on its way
                return count
            hear = hears.get(address)
            if hear is None and len(address) > 2:
                hear = hears.get(address[:2])
            if not data:
                continue
            if hear is not None and data[0] > 3:
                hear(data, now)
            else:
                self._strange(data, address[:2])
        return BATCH

    def _strange(self, data: bytes, address: Address) -> None:
        """STUN, or noise: only who knows name and password of a listener comes in."""
        now = self._loop.time()
        if now - self._second > 1:
            self._second, self._allowance = now, STRANGERS
        listener = self._names.get(_username(data))
        known = address in self._routes
        self._allowance -= listener is not None and not known
        asked = _request(data, listener.password.encode()) if listener and self._allowance >= 0 else None
        if listener is None or asked is None:
            self.unknown += 1
            return
        answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, asked.transaction_id)
        answer.attributes["XOR-MAPPED-ADDRESS"] = address
        answer.add_message_integrity(listener.password.encode())
        self.send(bytes(answer), address)
        if self._routes.get(address) is not listener:
            self._admit(address, listener)
        listener.heard(address, "USE-CANDIDATE" in asked.attributes, self)

    def _admit(self, address: Address, listener: Listener) -> None:
        mine = [other for other, who in self._routes.items() if who is listener]
        if len(mine) >= MOST_ADDRESSES:
            del self._routes[mine[0]], self._hears[mine[0]]
        self._routes[address], self._hears[address] = listener, listener.datagram


def own_addresses() -> list[str]:
    """The addresses of this machine; alone in the world, its own name for itself."""
    return get_host_addresses(use_ipv4=True, use_ipv6=True) or ["127.0.0.1"]


def _request(data: bytes, key: bytes) -> stun.Message | None:
    """The binding request that this is, if it is whole and signed with the key."""
    try:
        asked = stun.parse_message(data)
    except (ValueError, error):
        return None
    wanted = (asked.message_class, asked.message_method) == (stun.Class.REQUEST, stun.Method.BINDING)
    return asked if wanted and asked.check_message_integrity(key) else None


def _username(data: bytes) -> str:
    """The name for which a STUN request asks, without reading the rest; empty if there is none."""
    at, size = 20, len(data)
    if data[:2] != b"\x00\x01":
        return ""
    while at + 4 <= size:
        length = (data[at + 2] << 8) | data[at + 3]
        if data[at : at + 2] == b"\x00\x06":
            return data[at + 4 : at + 4 + length].partition(b":")[0].decode("ascii", "replace")
        at += 4 + length + (-length & 3)
    return ""


def secret(length: int) -> str:
    """A random word of the letters that ICE allows."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(secrets.choice(letters) for _ in range(length))

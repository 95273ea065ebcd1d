"""The port and our end of ICE, on real sockets: who is let in, who is not, and what a flood costs."""

import asyncio
import contextlib
import socket

import pytest
from aioice import stun

from video.media.ice import Lite
from video.media.port import BATCH, MOST_ADDRESSES, STRANGERS, Port

from .browser import until

pytestmark = [pytest.mark.asyncio, pytest.mark.once]


@contextlib.contextmanager
def listening():
    port = Port.open("127.0.0.1", range(0, 1))
    try:
        yield port, Lite([port])
    finally:
        port.close()


@contextlib.contextmanager
def somebody(address="127.0.0.1"):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((address, 0))
        sock.setblocking(False)
        yield sock


def check(lite, password=None, username=None, chosen=True):
    """A browser's check, as aioice writes it."""
    asked = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    asked.attributes["USERNAME"] = f"{username or lite.username}:them"
    if chosen:
        asked.attributes["USE-CANDIDATE"] = None
    asked.add_message_integrity((password or lite.password).encode())
    return bytes(asked)


async def ask(sock, port, data):
    sock.sendto(data, (port.host, port.number))
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(sock, 2048), 0.5)


async def test_a_signed_check_is_answered_and_opens_the_way():
    with listening() as (port, lite), somebody() as sock:
        connected = asyncio.create_task(lite.connect())
        answer = stun.parse_message(await ask(sock, port, check(lite)))
        assert answer.attributes["XOR-MAPPED-ADDRESS"] == sock.getsockname()
        assert answer.check_message_integrity(lite.password.encode())
        await connected
        await lite.send(b"\x16 handshake")
        assert await asyncio.get_running_loop().sock_recv(sock, 2048) == b"\x16 handshake"
        sock.sendto(b"\x16 and back", (port.host, port.number))
        assert await lite.recv() == b"\x16 and back"


async def test_strangers_get_no_answer():
    with listening() as (port, lite), somebody() as sock:
        whole = check(lite)
        noise = [b"", b"\x00", b"\x00\x01" + b"\xff" * 30, whole[:-1], whole[:20], b"\x80" * 40, check(lite, username="nobody")]
        noise += [check(lite, password="x" * 24), whole.replace(lite.username.encode(), b"abcdefgh")]
        for data in noise:
            assert await ask(sock, port, data) is None
        assert lite.address is None
        assert await ask(sock, port, whole)


async def test_a_check_from_a_new_address_moves_the_connection():
    with listening() as (port, lite), somebody() as first, somebody() as second:
        await ask(first, port, check(lite))
        await ask(second, port, check(lite, chosen=False))
        assert lite.address == first.getsockname()  # seen, not chosen
        await ask(second, port, check(lite))
        assert lite.address == second.getsockname()


async def test_an_old_name_is_of_no_use_after_a_restart():
    with listening() as (port, lite), somebody() as sock:
        before = check(lite)
        lite.renew()
        assert await ask(sock, port, before) is None
        assert await ask(sock, port, check(lite))


async def test_nobody_can_take_over_the_address_of_another():
    with listening() as (port, lite), somebody() as sock:
        await ask(sock, port, check(lite))
        other = Lite([port])
        media = []
        lite.on_media = lambda data, _now: media.append(data)
        assert await ask(sock, port, check(other, password="y" * 24)) is None
        sock.sendto(b"\x80 packet", (port.host, port.number))
        await until(lambda: media)


async def test_a_flood_of_strangers_keeps_nobody_out():
    with listening() as (port, lite), somebody() as flood, somebody() as sock:
        for _ in range(10):
            for _ in range(STRANGERS):
                flood.sendto(check(lite, username="nobody"), (port.host, port.number))
            await asyncio.sleep(0.01)
        assert await ask(sock, port, check(lite))
        assert port.unknown > STRANGERS


async def test_all_that_comes_at_once_is_heard_and_what_comes_after_a_silence_too():
    with listening() as (port, lite), somebody() as sock:
        await ask(sock, port, check(lite))
        media = []
        lite.on_media = lambda data, _now: media.append(data)
        for number in range(3 * BATCH):
            sock.sendto(b"\x80" + bytes([number]), (port.host, port.number))
        await until(lambda: len(media) == 3 * BATCH)
        await until(lambda: port._gathering is None, what="silence")
        sock.sendto(b"\x80 once more", (port.host, port.number))
        await until(lambda: media[-1] == b"\x80 once more")


async def test_one_connection_has_few_addresses():
    with listening() as (port, lite), contextlib.ExitStack() as many:
        socks = [many.enter_context(somebody()) for _ in range(MOST_ADDRESSES + 2)]
        for sock in socks:
            assert await ask(sock, port, check(lite))
        assert len(port._routes) == MOST_ADDRESSES
        await lite.close()
        assert not port._routes
        assert not port._names


async def test_closing_ends_whoever_waits():
    with listening() as (port, lite):
        waiting = [asyncio.create_task(lite.connect()), asyncio.create_task(lite.recv())]
        await asyncio.sleep(0)
        await lite.close()
        for task in waiting:
            with pytest.raises(ConnectionError):
                await task
        with pytest.raises(ConnectionError):
            await lite.send(b"late")


async def test_more_than_the_handshake_needs_is_not_kept():
    with listening() as (port, lite):
        for _ in range(1000):
            lite.datagram(b"\x16", 0.0)
        assert lite._inbox.qsize() < 100


async def test_a_port_of_a_range_is_taken_once():
    first = Port.open("127.0.0.1", range(0, 1))
    with contextlib.closing(first):
        with pytest.raises(OSError, match="in use"):
            Port.open("127.0.0.1", range(first.number, first.number + 1))
        with contextlib.closing(Port.open("203.0.113.5=127.0.0.1", range(first.number, first.number + 20))) as second:
            assert second.host == "203.0.113.5"
            assert second.number != first.number
            assert Lite([second]).local_candidates[0].host == "203.0.113.5"


@pytest.mark.parametrize(
    ("address", "host", "number"),
    [
        ("127.0.0.1", "127.0.0.1", None),
        ("203.0.113.5=127.0.0.1", "203.0.113.5", None),
        ("203.0.113.5:7000=127.0.0.1", "203.0.113.5", 7000),
        ("2001:db8::5=127.0.0.1", "2001:db8::5", None),
        ("[2001:db8::5]:7000=127.0.0.1", "2001:db8::5", 7000),
    ],
)
async def test_the_address_outside(address, host, number):
    with contextlib.closing(Port.open(address, range(0, 1))) as port:
        assert port.host == host
        assert port.number == (number or port._socket.getsockname()[1])


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
async def test_ipv6():
    try:
        port = Port.open("::1", range(0, 1))
    except OSError:
        pytest.skip("this machine has no IPv6 address")
    with contextlib.closing(port), somebody("::1") as sock:
        lite = Lite([port])
        assert await ask(sock, port, check(lite))
        assert lite.address == sock.getsockname()[:2]
        await lite.send(b"\x16 handshake")
        assert await asyncio.get_running_loop().sock_recv(sock, 2048) == b"\x16 handshake"
        media = []
        lite.on_media = lambda data, _now: media.append(data)
        sock.sendto(b"\x80 packet", (port.host, port.number))
        await until(lambda: media)


async def test_a_way_that_fell_silent_is_left_for_the_one_that_speaks():
    with listening() as (port, lite), somebody() as old, somebody() as new:
        moved = []
        lite.on_move = lambda: moved.append(lite.address)
        await ask(old, port, check(lite))
        await ask(new, port, check(lite, chosen=False))
        assert lite.address == old.getsockname()  # what the browser only tries is not where it is
        lite.heard_at -= 1  # and then nothing came by the old way for a second
        await ask(new, port, check(lite, chosen=False))
        assert lite.address == new.getsockname()
        assert moved == [new.getsockname()]

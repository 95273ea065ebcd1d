"""Media workers on a real Redis: frames flow, dead workers are replaced, lost messages hang nobody."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from redis.asyncio import Redis

from video.media import leases
from video.media.forwarder import Forwarder
from video.media.protocol import Answer, Command, dump
from video.media.worker import Worker
from video.switchboard import NoWorker, Switchboard

from .browser import Browser, until

pytestmark = [pytest.mark.asyncio, pytest.mark.once]
ROOT = Path(__file__).resolve().parent.parent.parent
URL = os.environ["REDIS_URL"]


@contextlib.asynccontextmanager
async def working(engine=None):
    """A worker in this process."""
    worker = Worker(URL, engine or Forwarder(["127.0.0.1"], range(0, 1)))
    task = asyncio.create_task(worker.run())
    redis = Redis.from_url(URL)
    await until(lambda: redis.exists(leases.heartbeat_key(worker.id)))
    try:
        yield worker
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await redis.aclose()


@contextlib.asynccontextmanager
async def process():
    """A worker as it really runs, once it says that it lives; yields the process."""
    before = await _alive()
    env = {**os.environ, "MEDIA_ADDRESSES": "127.0.0.1"}
    started = subprocess.Popen([sys.executable, "manage.py", "runmedia"], cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
    try:
        await until(lambda: _newcomer(before), 20, "the worker starts")
        yield started
    finally:
        started.kill()
        started.wait()


async def _alive():
    async with Redis.from_url(URL) as redis:
        return {key async for key in redis.scan_iter(leases.heartbeat_key("*"))}


async def _newcomer(before):
    return await _alive() - before


async def _nobody():
    return not await _alive()


def room():
    return str(uuid.uuid4())


async def test_an_answer_to_an_older_offer_is_not_heard():
    async with working(), Browser(URL, name := room(), "a") as a, Browser(URL, name, "b") as b:
        await b.publish()
        await until(lambda: "offer" in a.told)
        await a.switchboard.answer(a.line, Answer(99, "v=0 broken"))
        await a.gets("b")
        assert "rejoin" not in a.told


async def test_a_stranger_command_does_not_stop_the_worker():
    async with working() as worker, Redis.from_url(URL) as redis:
        for text in ("", "nonsense", "[]", dump(Command("offer", "no room", "p", "s", 1, {"sdp": 7}))):
            await redis.rpush(leases.commands_key(worker.id), text)
        async with Browser(URL, name := room(), "a") as a, Browser(URL, name, "b") as b:
            await a.publish()
            await b.gets("a")


async def test_without_a_worker_joining_says_so_at_once():
    await until(_nobody)
    switchboard = Switchboard(URL)
    with pytest.raises(NoWorker):
        await switchboard.join(room(), "a", "session")
    await switchboard.close()


async def test_a_worker_that_stops_sends_everybody_to_the_next():
    async with contextlib.AsyncExitStack() as first:
        await first.enter_async_context(working())
        async with Browser(URL, name := room(), "a") as a, working() as second:
            await first.aclose()
            await until(lambda: "rejoin" in a.told, what="told to join again")
            async with Browser(URL, name, "a") as again:
                assert again.line.worker == second.id
                assert again.line.generation == a.line.generation + 1


async def test_a_lost_lease_ends_the_room_on_the_old_worker():
    async with working() as worker, Browser(URL, name := room(), "a") as a, Redis.from_url(URL) as redis:
        await until(lambda: worker.rooms.get(name))
        await redis.set(leases.lease_key(name), leases.lease("another", 9))
        await until(lambda: "rejoin" in a.told, what="told to join again")
        assert name not in worker.rooms
        assert not await a.switchboard.is_alive(a.line)


async def test_a_socket_that_died_without_goodbye_is_missed():
    async with working() as worker, Browser(URL, name := room(), "a"):
        ghost = Browser(URL, name, "b")
        await ghost.__aenter__()
        await until(lambda: len(worker.rooms[name].people) == 2)
        await ghost.__aexit__()  # the line to Redis ends, and nobody says "leave"
        await until(lambda: list(worker.rooms[name].people) == ["a"], 20, "the ghost is gone")


async def test_the_lease_outlives_a_forgetful_redis():
    async with working(), Browser(URL, room(), "a") as a, Redis.from_url(URL) as redis:
        await redis.delete(leases.lease_key(a.room))
        await until(lambda: redis.exists(leases.lease_key(a.room)), what="the worker writes it again")
        assert await a.switchboard.is_alive(a.line)


async def test_a_killed_worker_is_noticed_and_another_one_takes_the_room():
    await until(_nobody)
    async with process() as first, Browser(URL, name := room(), "a") as a, Browser(URL, name, "b") as b, process():
        await a.publish()
        await b.gets("a")
        first.send_signal(signal.SIGKILL)
        await until(lambda: _is_dead(a), leases.HEARTBEAT_TTL_MS / 1000 + 1, "the death is noticed")
        async with Browser(URL, name, "a") as a_again, Browser(URL, name, "b") as b_again:
            assert a_again.line.worker != a.line.worker
            assert a_again.line.generation == b_again.line.generation == a.line.generation + 1
            await a_again.publish()
            await b_again.gets("a")


async def test_the_command_ends_cleanly_when_asked():
    await until(_nobody)
    async with process() as worker, Browser(URL, room(), "a") as a:
        await a.publish()
        await until(lambda: "answer" in a.told)
        worker.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(worker.wait, 10) == 0
        await until(lambda: "rejoin" in a.told)
        assert await _nobody()


async def _is_dead(browser):
    return not await browser.switchboard.is_alive(browser.line)


async def test_who_leaves_gets_no_new_line_while_others_leave_too():
    async with working() as worker, Browser(URL, name := room(), "a") as a, Browser(URL, name, "b") as b:
        await a.publish()
        await b.gets("a")
        gone = worker.rooms[name].people["b"]
        await gone.close()
        await gone.see([])
        await gone.see(worker.rooms[name].people["a"].sources)
        assert gone._getting is None

"""Django's only door to the media workers: join, offer, answer, candidate, leave."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from django.conf import settings
from redis.asyncio import Redis

from .media.leases import LEASE_TTL_MS, commands_key, events_channel, generation_key, heartbeat_key, lease_key
from .media.protocol import Command, Event, dump, event

# Take the lease away only if it is still the one we saw.
DROP_LEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


class NoWorker(Exception):
    """No media worker is alive at the moment."""


class Line(NamedTuple):
    """Where a person is connected: room, person, socket, worker, and the generation of the room."""

    room: str
    person: str
    session: str
    worker: str
    generation: int


class Switchboard:
    """A connection to Redis for one socket."""

    def __init__(self) -> None:
        self._redis = Redis.from_url(settings.REDIS_URL, socket_timeout=None, decode_responses=True)

    async def join(self, room: str, person: str, session: str) -> Line:
        """Find or place the room, and take a seat in it."""
        for _attempt in range(3):
            lease = await self._redis.get(lease_key(room)) or await self._place(room)
            worker, generation = lease.split(":")
            if await self._redis.exists(heartbeat_key(worker)):
                await self.send(worker, Command("join", room, person, session))
                return Line(room, person, session, worker, int(generation))
            await self._redis.eval(DROP_LEASE, 1, lease_key(room), lease)
        raise NoWorker

    async def send(self, worker: str, command: Command) -> None:
        """Give a command to a worker: offer, answer, candidate or leave."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.rpush(commands_key(worker), dump(command))
            pipe.expire(commands_key(worker), 60)
            await pipe.execute()

    async def leave(self, line: Line) -> None:
        """Give the seat back."""
        await self.send(line.worker, Command("leave", line.room, line.person, line.session))

    async def is_alive(self, line: Line) -> bool:
        """Whether the worker lives and the room is still the same one."""
        beat, lease = await self._redis.mget(heartbeat_key(line.worker), lease_key(line.room))
        return beat is not None and (lease is None or lease == f"{line.worker}:{line.generation}")

    @asynccontextmanager
    async def events(self, session: str) -> AsyncIterator[AsyncIterator[Event]]:
        """What the worker says to a socket; subscribed before the first command is sent."""
        pubsub = self._redis.pubsub(ignore_subscribe_messages=False)
        await pubsub.subscribe(events_channel(session))
        await pubsub.get_message(timeout=5)

        async def read() -> AsyncIterator[Event]:
            async for message in pubsub.listen():
                if message["type"] == "message":
                    yield event(message["data"])

        try:
            yield read()
        finally:
            await pubsub.aclose()

    async def close(self) -> None:
        await self._redis.aclose()

    async def _place(self, room: str) -> str:
        """Give the room to the least loaded worker; if two try at once, one lease wins."""
        workers = [key async for key in self._redis.scan_iter(heartbeat_key("*"))]
        loads = await self._redis.mget(workers) if workers else []
        alive = [(int(load), key.rsplit(":", 1)[1]) for key, load in zip(workers, loads, strict=True) if load is not None]
        if not alive:
            await asyncio.sleep(0.5)
            raise NoWorker
        generation = await self._redis.incr(generation_key(room))
        await self._redis.expire(generation_key(room), 86_400)
        lease = f"{min(alive)[1]}:{generation}"
        taken = await self._redis.set(lease_key(room), lease, nx=True, px=LEASE_TTL_MS)
        return lease if taken else await self._redis.get(lease_key(room)) or lease

"""Django's only door to the media workers: join, offer, answer, unshare, restart, picture, leave, record."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import NamedTuple

from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

from .media.leases import (
    DROP_LEASE,
    LEASE_TTL_MS,
    commands_key,
    events_channel,
    generation_key,
    heartbeat_key,
    lease,
    lease_key,
)
from .media.protocol import Answer, Command, Event, Offer, Picture, dump, event

PATIENCE_SECONDS = 3
COMMANDS_LIVE_SECONDS = 60
GENERATION_LIVES_SECONDS = 86_400
AWAY = (RedisError, OSError, TimeoutError)


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
    """A connection to Redis for one socket. What is lost on the way is never waited for: the browser joins again."""

    def __init__(self, url: str = "") -> None:
        # redis-py gives up reading after 5 s by default, and an idle subscription is silent for longer.
        self._redis = Redis.from_url(
            url or settings.REDIS_URL, socket_timeout=None, socket_connect_timeout=PATIENCE_SECONDS, decode_responses=True
        )

    @property
    def redis(self) -> Redis:
        """The connection itself, for what is written down beside the calls."""
        return self._redis

    async def join(self, room: str, person: str, session: str, *, echo: bool = False) -> Line:
        """Find or place the room, and take a seat in it; an echo room gives back what is sent."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            for _attempt in range(3):
                held = await self._redis.get(lease_key(room)) or await self._place(room)
                worker, generation = held.split(":")
                if await self._redis.exists(heartbeat_key(worker)):
                    line = Line(room, person, session, worker, int(generation))
                    await self._send(line, "join", {"echo": True} if echo else None)
                    return line
                await self._redis.eval(DROP_LEASE, 1, lease_key(room), held)
        raise NoWorker

    async def offer(self, line: Line, said: Offer) -> None:
        """The browser wants to send."""
        await self._send(line, "offer", asdict(said))

    async def answer(self, line: Line, said: Answer) -> None:
        """The browser accepts what the worker offered."""
        await self._send(line, "answer", asdict(said))

    async def unshare(self, line: Line) -> None:
        """The browser shows its screen no more."""
        await self._send(line, "unshare")

    async def restart(self, line: Line) -> None:
        """The browser wants a new way on which it gets the others."""
        await self._send(line, "restart")

    async def picture(self, line: Line, said: Picture) -> None:
        """The browser wants the others' pictures, or their sound only."""
        await self._send(line, "picture", asdict(said))

    async def record(self, line: Line, wish: dict) -> None:
        """What the room wishes of its recorder: of which recording, with whose consent, and the revision of the wish."""
        await self._send(line, "record", wish)

    async def leave(self, line: Line) -> None:
        """Give the seat back."""
        await self._send(line, "leave")

    async def is_alive(self, line: Line) -> bool:
        """Whether the worker lives and the room is still the same one."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            beat, held = await self._redis.mget(heartbeat_key(line.worker), lease_key(line.room))
        return beat is not None and held in (None, lease(line.worker, line.generation))

    @asynccontextmanager
    async def events(self, session: str) -> AsyncIterator[AsyncIterator[Event]]:
        """What the worker says to a socket; subscribed before the first command is sent."""
        pubsub = self._redis.pubsub()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await pubsub.subscribe(events_channel(session))
            await pubsub.get_message(timeout=PATIENCE_SECONDS)

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

    async def _send(self, line: Line, kind: str, body: dict | None = None) -> None:
        said = Command(kind, line.room, line.person, line.session, line.generation, body or {})
        async with asyncio.timeout(PATIENCE_SECONDS), self._redis.pipeline(transaction=False) as pipe:
            pipe.rpush(commands_key(line.worker), dump(said))
            pipe.expire(commands_key(line.worker), COMMANDS_LIVE_SECONDS)
            await pipe.execute()

    async def _place(self, room: str) -> str:
        """Give the room to the least loaded worker; if two try at once, one lease wins."""
        workers = [key async for key in self._redis.scan_iter(heartbeat_key("*"))]
        loads = await self._redis.mget(workers) if workers else []
        alive = [(int(load), key.rsplit(":", 1)[1]) for key, load in zip(workers, loads, strict=True) if load is not None]
        if not alive:
            raise NoWorker
        generation = await self._redis.incr(generation_key(room))
        await self._redis.expire(generation_key(room), GENERATION_LIVES_SECONDS)
        wished = lease(min(alive)[1], generation)
        taken = await self._redis.set(lease_key(room), wished, nx=True, px=LEASE_TTL_MS)
        return wished if taken else await self._redis.get(lease_key(room)) or wished

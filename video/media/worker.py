"""The media process: takes commands from Redis, holds rooms, says each second that it lives."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial

from redis.asyncio import Redis
from redis.exceptions import RedisError

from .engine import Engine
from .leases import (
    DROP_LEASE,
    HEARTBEAT_SECONDS,
    HEARTBEAT_TTL_MS,
    KEEP_LEASE,
    LEASE_TTL_MS,
    commands_key,
    events_channel,
    heartbeat_key,
    lease,
    lease_key,
)
from .protocol import Command, Event, Malformed, command, dump
from .room import Room

log = logging.getLogger(__name__)
AWAY_SECONDS = 15  # Redis is away when it is silent for so long; longer than a worker waits for a command
WAIT_SECONDS = 5
SILENT_ROUNDS = 20  # heartbeats in a row without a listening socket; then the person is gone


class Worker:
    """One media worker; any number of them share the rooms."""

    def __init__(self, redis_url: str, engine: Engine) -> None:
        self.id = uuid.uuid4().hex[:12]
        self.rooms: dict[str, Room] = {}
        self._redis = Redis.from_url(redis_url, socket_timeout=AWAY_SECONDS, socket_connect_timeout=WAIT_SECONDS)
        self._engine = engine
        self._tasks: set[asyncio.Task] = set()
        self._last: dict[tuple[str, str], asyncio.Task] = {}  # the newest task of each person: theirs stay in order

    async def run(self) -> None:
        """Work until cancelled; Redis may go and come back meanwhile."""
        log.info("media worker %s is ready", self.id)
        try:
            await asyncio.gather(self._forever(self._beat), self._forever(self._take))
        finally:
            await self._stop()

    async def _forever(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await step()
            except (RedisError, OSError) as error:
                log.warning("redis is away: %s", type(error).__name__)
                await asyncio.sleep(1)

    async def _beat(self) -> None:
        """Say that this worker lives and how loaded it is; keep the leases of its rooms; send ghosts home."""
        load = sum(len(room.people) for room in self.rooms.values())
        await self._redis.set(heartbeat_key(self.id), load, px=HEARTBEAT_TTL_MS)
        for name, room in list(self.rooms.items()):
            if room.is_over:
                del self.rooms[name]
                await self._redis.eval(DROP_LEASE, 1, lease_key(name), lease(self.id, room.generation))
            elif not await self._redis.eval(KEEP_LEASE, 1, lease_key(name), lease(self.id, room.generation), LEASE_TTL_MS):
                log.warning("room %s is held by somebody else now", name)
                del self.rooms[name]
                self._beside(room.end(Event("rejoin")))
        await self._send_ghosts_home()
        await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _send_ghosts_home(self) -> None:
        """A web process that died could not say goodbye: who has no listening socket any more has left."""
        everybody = [(name, person) for name, room in self.rooms.items() for person in room.people.values()]
        if not everybody:
            return
        heard = await self._redis.pubsub_numsub(*(events_channel(person.session) for _name, person in everybody))
        for (name, person), (_channel, listeners) in zip(everybody, heard, strict=True):
            person.silent_rounds = 0 if listeners else person.silent_rounds + 1
            if person.silent_rounds == SILENT_ROUNDS:
                log.info("room %s, person %s: no socket any more", name, person.id)
                room = self.rooms[name]
                self._queue(Command("leave", name, person.id, person.session, room.generation))

    async def _take(self) -> None:
        """Take one command and do it beside the others."""
        found = await self._redis.blpop([commands_key(self.id)], timeout=WAIT_SECONDS)
        if not found:
            return
        try:
            self._queue(command(found[1]))
        except Malformed as error:
            log.warning("command not understood: %s", error)

    def _queue(self, asked: Command) -> None:
        """What one person asks is done in order; people do not wait for each other."""
        key = (asked.room, asked.person)
        task = self._last[key] = asyncio.create_task(self._do(asked, self._last.get(key)))
        task.add_done_callback(partial(self._done, key))

    def _done(self, key: tuple[str, str], task: asyncio.Task) -> None:
        if self._last.get(key) is task:
            del self._last[key]

    async def _do(self, asked: Command, before: asyncio.Task | None) -> None:
        if before:
            await asyncio.wait([before])
        tell = partial(self._tell, asked.session)
        try:
            room = await self._room_for(asked)
            if room:
                await room.handle(asked, tell)
        except Exception as error:  # the border to what browsers send: one bad description must not end the others' visit
            log.warning("room %s, person %s: %s failed: %r", asked.room, asked.person, asked.kind, error)
            await tell(Event("rejoin"))

    async def _room_for(self, asked: Command) -> Room | None:
        """The room in the placing that the socket knows; a join of a newer placing makes it, anything else is too old."""
        room = self.rooms.get(asked.room)
        if room and room.generation == asked.generation:
            return room
        if asked.kind != "join":
            await self._tell(asked.session, Event("rejoin"))
            return None
        new = self.rooms[asked.room] = Room(asked.generation, self._engine.of_room())
        if room:
            self._beside(room.end(Event("rejoin")))
        return new

    def _beside(self, work: Coroutine) -> None:
        """Do something that must not keep the heartbeat waiting."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, session: str, event: Event) -> None:
        """Tell a socket; if Redis is away, the socket has lost its line too and comes back by itself."""
        with contextlib.suppress(RedisError, OSError):
            await self._redis.publish(events_channel(session), dump(event))

    async def _stop(self) -> None:
        """Go quietly: everybody is told to come back, and lands on another worker."""
        with contextlib.suppress(RedisError, OSError, TimeoutError):
            async with asyncio.timeout(WAIT_SECONDS):
                await self._redis.delete(heartbeat_key(self.id), commands_key(self.id))
                for name, room in self.rooms.items():
                    await self._redis.eval(DROP_LEASE, 1, lease_key(name), lease(self.id, room.generation))
        await asyncio.gather(*(room.end(Event("rejoin")) for room in self.rooms.values()))
        self._engine.close()
        await self._redis.aclose()

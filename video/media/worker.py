"""The media process: takes commands from Redis, holds rooms, says each second that it lives."""

import asyncio
import logging
import uuid

from redis.asyncio import Redis
from redis.exceptions import RedisError

from . import private
from .leases import HEARTBEAT_SECONDS, HEARTBEAT_TTL_MS, LEASE_TTL_MS, commands_key, events_channel, heartbeat_key, lease_key
from .protocol import Command, Event, Malformed, command, dump
from .room import Room

log = logging.getLogger(__name__)


class Worker:
    """One media worker; any number of them share the rooms."""

    def __init__(self, redis_url: str, ice_servers: list[dict], addresses: list[str]) -> None:
        self.id = uuid.uuid4().hex[:12]
        self.rooms: dict[str, Room] = {}
        self._redis = Redis.from_url(redis_url, socket_timeout=None, health_check_interval=10)
        self._configuration = private.configuration(ice_servers)
        self._tasks: set[asyncio.Task] = set()
        self._order: dict[tuple[str, str], asyncio.Lock] = {}
        private.offer_addresses(addresses)

    async def run(self) -> None:
        """Work until cancelled; Redis may go and come back meanwhile."""
        log.info("media worker %s is ready", self.id)
        try:
            await asyncio.gather(self._forever(self._beat), self._forever(self._take))
        finally:
            await self._stop()

    async def _forever(self, step) -> None:
        while True:
            try:
                await step()
            except (RedisError, OSError) as error:
                log.warning("redis is away: %s", type(error).__name__)
                await asyncio.sleep(1)

    async def _beat(self) -> None:
        """Say that this worker lives, how loaded it is, and which rooms it holds."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.set(heartbeat_key(self.id), sum(len(room.people) for room in self.rooms.values()), px=HEARTBEAT_TTL_MS)
            for name, room in list(self.rooms.items()):
                if room.people:
                    pipe.pexpire(lease_key(name), LEASE_TTL_MS)
                else:
                    del self.rooms[name]
            await pipe.execute()
        await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _take(self) -> None:
        """Take one command and do it beside the others; those of one person stay in order."""
        found = await self._redis.blpop([commands_key(self.id)], timeout=5)
        if not found:
            return
        try:
            asked = command(found[1])
        except Malformed as error:
            log.warning("command not understood: %s", error)
            return
        task = asyncio.create_task(self._do(asked))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, asked: Command) -> None:
        async def tell(event: Event) -> None:
            await self._redis.publish(events_channel(asked.session), dump(event))

        async with self._order.setdefault((asked.room, asked.person), asyncio.Lock()):
            try:
                room = self.rooms.setdefault(asked.room, Room(self._configuration))
                await room.handle(asked, tell)
            except Exception:  # the border to what browsers send: one bad description must not end the others' visit
                log.exception("room %s, person %s: %s failed", asked.room, asked.person, asked.kind)
                await tell(Event("failed", asked.line))

    async def _stop(self) -> None:
        for room in self.rooms.values():
            for person in list(room.people.values()):
                await person.close()
        await self._redis.delete(heartbeat_key(self.id))
        await self._redis.aclose()

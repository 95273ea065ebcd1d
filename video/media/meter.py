"""What a media worker tells of itself each second: how it goes with each person, and what it carried in all."""

import json
import time
from collections.abc import Iterable
from dataclasses import asdict, fields

from redis.asyncio import Redis

from .leases import events_channel
from .person import Person
from .protocol import Event, Heard, dump
from .room import Room

COUNTS = ("packets", "bytes", "repairs")  # of everything sent to people
STATS_TTL_MS = 5_000
KNOWN = {field.name for field in fields(Heard)}


def stats_key(worker: str) -> str:
    return f"naru:media:stats:{worker}"


class Meter:
    """Adds up what lines count, also of those that ended."""

    def __init__(self) -> None:
        self._totals = dict.fromkeys(COUNTS, 0)
        self._before: dict[Person, dict[str, int]] = {}

    async def tell(self, redis: Redis, worker: str, rooms: Iterable[Room]) -> None:
        """Each person's socket hears how it goes with them; the worker's sums are for whoever measures the house."""
        now = time.monotonic()
        rooms = list(rooms)
        qualities = {person: person.quality(now) for room in rooms for person in room.people.values()}
        stats = {**self.add(qualities), "rooms": len(rooms), **_sums(qualities.values())}
        async with redis.pipeline(transaction=False) as pipe:
            pipe.set(stats_key(worker), json.dumps(stats), px=STATS_TTL_MS)
            for person, quality in qualities.items():
                pipe.publish(events_channel(person.session), dump(Event("quality", heard=asdict(heard_of(quality)))))
            await pipe.execute()

    def add(self, qualities: dict[Person, dict]) -> dict[str, int]:
        """The counts of all time; a line that counts from zero again has begun anew."""
        for person, quality in qualities.items():
            before, now = self._before.get(person, {}), {name: quality.get(name, 0) for name in COUNTS}
            for name in COUNTS:
                more = now[name] - before.get(name, 0)
                self._totals[name] += more if more >= 0 else now[name]
            self._before[person] = now
        self._before = {person: counts for person, counts in self._before.items() if person in qualities}
        return self._totals


def heard_of(quality: dict) -> Heard:
    """What a socket is told of its person; what it does not know, since another version of Naru said it, is left out."""
    known = {name: value for name, value in quality.items() if name in KNOWN}
    return Heard(**{name: round(value, 2) if isinstance(value, float) else value for name, value in known.items()})  # type: ignore[arg-type]


def _sums(qualities: Iterable[dict]) -> dict[str, float]:
    qualities = list(qualities)
    rates = {name: round(sum(quality.get(name, 0.0) for quality in qualities), 1) for name in ("rate_up", "rate_down")}
    return {"people": len(qualities), "weak": sum(bool(quality.get("weak")) for quality in qualities), **rates}

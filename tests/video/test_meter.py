"""What a media worker tells of itself: how it goes with each person, and sums that never shrink."""

import asyncio
import json
import os
import uuid

import pytest
from redis.asyncio import Redis

from video.media.forwarder import Forwarder
from video.media.meter import Meter, heard_of, stats_key
from video.media.protocol import Heard
from video.media.worker import Worker

from .browser import Browser, until

URL = os.environ["REDIS_URL"]


def counts(packets):
    return {"packets": packets, "bytes": 10 * packets, "repairs": 0}


def test_sums_go_on_when_a_line_begins_anew_or_ends():
    meter, person = Meter(), object()
    assert meter.add({person: counts(5)})["packets"] == 5
    assert meter.add({person: counts(8)})["packets"] == 8
    assert meter.add({person: counts(2)})["packets"] == 10  # a new line counts from zero
    assert meter.add({})["packets"] == 10
    assert meter.add({person: counts(1)})["bytes"] == 110


def test_a_person_without_lines_is_known_to_be_unheard():
    assert heard_of({"connected": False, "heard": None, "packets": 7}) == Heard()


def is_well(told):
    return told.connected and told.heard < 2 and told.rate_up > 5


class Telling(Browser):
    """A browser that remembers how the worker says it goes."""

    heard = None

    async def listen(self, events):
        async def remembered():
            async for event in events:
                if event.kind == "quality":
                    self.heard = Heard(**event.heard)
                yield event

        await super().listen(remembered())


@pytest.mark.asyncio
@pytest.mark.once
async def test_each_second_a_worker_tells_how_it_goes():
    worker = Worker(URL, Forwarder(["127.0.0.1"], range(0, 1)))
    task = asyncio.create_task(worker.run())
    room = str(uuid.uuid4())
    try:
        async with Redis.from_url(URL) as redis:
            await until(lambda: redis.exists(stats_key(worker.id)))
            async with Telling(URL, room, "a") as a, Telling(URL, room, "b") as b:
                await until(lambda: a.heard == Heard())  # nothing has come yet
                await a.publish()
                await b.publish()
                await a.gets("b")
                for person in (a, b):
                    await until(
                        lambda person=person: person.heard.connected and person.heard.heard < 2 and person.heard.rate_up > 5
                    )

                async def counted():
                    stats = json.loads(await redis.get(stats_key(worker.id)))
                    return stats["rooms"] == 1 and stats["people"] == 2 and stats["packets"] > 50 and stats["rate_up"] > 10

                await until(counted)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

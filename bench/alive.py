"""How soon people see each other, first and after something broke, with real browsers: `python -m bench.alive [PART ...]`.

Two people send 640x480 and sound, and come back as the room page does. Time runs from the deed to the moment at which both have a
fresh picture.
"""

import asyncio
import json
import statistics
import sys
import time

from .house import spread
from .media_rig import Rig, stop

JOINS, BREAKS = 12, 10


async def join():
    """Two who come at the same moment, until both see the other."""
    took = []
    async with Rig() as rig:
        for number in range(JOINS):
            rig.room = f"join {number}"
            pair = [await rig.person(name, joins=False) for name in "ab"]
            began = time.monotonic()
            await asyncio.gather(*(_come(person) for person in pair))
            took.append(time.monotonic() - began)
            for person in pair:
                await person.close()
                await person.page.context.close()
    took.sort()
    return {"p50, s": round(statistics.median(took), 2), "p95, s": round(took[int(len(took) * 0.95)], 2), "times": JOINS}


async def killed(told):
    """A worker goes, another one is there: with a word to everybody (SIGTERM), or without (SIGKILL)."""
    took = []
    async with Rig() as rig:
        pair = await _both(rig)
        for _ in range(BREAKS):
            await rig.worker()
            old, joined = rig.processes.pop(0), [person.joined for person in pair]
            began = time.monotonic()
            if told:
                old.terminate()
            else:
                old.kill()
            await _until(lambda joined=joined: all(person.joined > before for person, before in zip(pair, joined, strict=True)))
            await asyncio.gather(*(person.sees() for person in pair))
            took.append(time.monotonic() - began)
            stop(old)
            await asyncio.sleep(1)
    return spread(took)


async def moved():
    """One of two gets another address."""
    took = []
    async with Rig() as rig:
        link = rig.link()
        link.set("both", delay=20)
        pair = await _both(rig, link)
        for _ in range(BREAKS):
            await asyncio.sleep(2)
            link.move()
            began = time.monotonic()
            await asyncio.sleep(0.3)  # what was under way has come
            frames = [await _frames(person) for person in pair]
            while not all([await _frames(person) > before + 2 for person, before in zip(pair, frames, strict=True)]):
                await asyncio.sleep(0.03)
            took.append(time.monotonic() - began)
    return spread(took)


async def _come(person):
    await person.join()
    await person.publish()
    await person.sees()


async def _both(rig, link=None):
    pair = [await rig.person("a", link), await rig.person("b")]
    for person in pair:
        await person.publish()
    await asyncio.gather(*(person.sees() for person in pair))
    return pair


async def _frames(person):
    return (await person.look()).get("video", {}).get("frames", 0)


async def _until(happened):
    while not happened():
        await asyncio.sleep(0.02)


PARTS = {
    "join to both first pictures": join,
    "worker killed, told": lambda: killed(told=True),
    "worker killed, by heartbeat alone": lambda: killed(told=False),
    "address change": moved,
}


def measure(parts=()):
    return {name: asyncio.run(PARTS[name]()) for name in parts or PARTS}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1:]), indent=1, ensure_ascii=False))

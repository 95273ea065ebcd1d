"""What a forwarded packet costs the server, beside Janus and stock aiortc in the same run: `python -m bench.load [PART ...]`.

The servers run at once, pinned to one core, and are played to in turn: what else this machine does disturbs all alike. Counted
is the processor time of the server's process for each packet that arrived at somebody.
"""

import asyncio
import gc
import json
import os
import statistics
import sys

from .callers import Caller, Reel, play
from .house import spread
from .servers import CORE, Janus, Ours

WARM, SECONDS, ROUNDS = 4, 4, 5
JOINS = 500


async def cost(reel) -> dict:
    """Six rooms of two: ours, ours when nobody reports arrivals (so the controller rests), Janus."""
    async with Ours() as ours, Ours() as unheard, Janus() as janus:
        players = {
            "ours": (ours, await rooms(ours, reel, 6)),
            "ours without controller": (unheard, await rooms(unheard, reel, 6, reports=False)),
            "janus": (janus, await rooms(janus, reel, 6)),
        }
        found = await in_turn(players)
    return {**shown(found), **ratios(found)}


async def fan_out(reel) -> dict:
    """One sends, twenty get it."""
    async with Ours() as ours, Ours() as unheard, Janus() as janus:
        players = {
            "ours": (ours, await one_to(ours, reel, 20)),
            "ours without controller": (unheard, await one_to(unheard, reel, 20, reports=False)),
            "janus": (janus, await one_to(janus, reel, 20)),
        }
        found = await in_turn(players)
    return {**shown(found), **ratios(found)}


async def relay(reel) -> dict:
    """One room of two: ours, and MediaRelay; processor time of both for the same sound and picture, packets do not count."""
    async with Ours() as ours, Ours("relay") as other:
        players = {server.name: (server, await rooms(server, reel, 1)) for server in (ours, other)}
        found = await in_turn(players)
    shares = {name: [round_["share"] for round_ in rounds] for name, rounds in found.items()}
    ratios = [b / a for a, b in zip(shares["ours"], shares["relay"], strict=True)]
    return {
        **{f"{name}, % of a core": round(100 * statistics.median(each), 1) for name, each in shares.items()},
        "relay to ours": spread(ratios),
    }


async def delay(reel) -> dict:
    """One room of two: from handing a packet to the system until it is there, with the way through the system itself."""
    async with Ours() as ours, Janus() as janus:
        players = {server.name: (server, await rooms(server, reel, 1, timed=True)) for server in (ours, janus)}
        await in_turn(players)
        result = {}
        for name, (_server, people) in players.items():
            times = sorted(each for person in people for each in person.delays)
            result[name] = {f"p{at}, ms": round(1000 * times[len(times) * at // 100], 2) for at in (50, 95)} | {
                "packets": len(times)
            }
    return result


async def memory(reel) -> dict:
    """People join, send and get for a moment, and leave, ten at a time in rooms of two."""
    async with Ours() as ours:
        marks = {}
        for joined in range(0, JOINS + 1, 10):
            if joined and joined % 100 == 0:
                marks[joined] = round(ours.memory(), 1)
            pairs = await asyncio.gather(*(rooms(ours, reel, 1, room=f"{joined} {place}") for place in range(5)))
            people = [person for pair in pairs for person in pair]
            await play(people, 0.3)
            await asyncio.gather(*(ours.leave(person) for person in people))
            gc.collect()
    return {"MB after joins": marks, "growth from 100 to 500, %": round(100 * (marks[500] / marks[100] - 1), 1)}


# --- rooms and rounds


async def rooms(server, reel, number, room="room", **how) -> list[Caller]:
    """So many rooms of two who send and get."""
    everybody = []
    for place in range(number):
        pair = [Caller(reel, **how) for _ in range(2)]
        for caller in pair:
            await server.enter(f"{room} {place}", caller)
            await caller.may_send()
        await server.connect(f"{room} {place}", pair)
        for caller in pair:
            await caller.may_get(2)
        everybody += pair
    return everybody


async def one_to(server, reel, number, **how) -> list[Caller]:
    """One who sends, and so many who get it."""
    speaker, audience = Caller(reel), [Caller(reel, **how) for _ in range(number)]
    await server.enter("hall", speaker)
    await speaker.may_send()
    for caller in audience:
        await server.enter("hall", caller, sends=False)
        await server.connect("hall", [caller])
        await caller.may_get(2)
    return [speaker, *audience]


async def in_turn(players) -> dict[str, list[dict]]:
    """Rounds of a few seconds for each, one after the other; the first warms up and is not counted."""
    found: dict[str, list[dict]] = {name: [] for name in players}
    for number in range(ROUNDS + 1):
        for name, (server, people) in players.items():
            senders = [person for person in people if person.sending]
            got, lost, used = sum(person.got for person in people), sum(person.lost for person in people), server.cpu()
            await play(senders, SECONDS if number else WARM)
            if not number:
                for person in people:
                    person.delays.clear()
            came = sum(person.got for person in people) - got
            used = server.cpu() - used
            lost = sum(person.lost for person in people) - lost
            if number:
                found[name].append({"us": 1e6 * used / max(1, came), "share": used / SECONDS, "came": came, "lost": lost})
    return found


def shown(found) -> dict:
    return {
        f"{name}, us for a packet": spread([each["us"] for each in rounds])
        + f"; {sum(each['came'] for each in rounds)} packets, {sum(each['lost'] for each in rounds)} lost"
        for name, rounds in found.items()
    }


def ratios(found) -> dict:
    """Round by round, so that what disturbed one disturbed the other."""
    ours, unheard, janus = ([each["us"] for each in found[name]] for name in ("ours", "ours without controller", "janus"))
    return {
        "ours to Janus": spread([a / b for a, b in zip(ours, janus, strict=True)]),
        "ours without controller to Janus": spread([a / b for a, b in zip(unheard, janus, strict=True)]),
        "controller, us for a packet": spread([a - b for a, b in zip(ours, unheard, strict=True)]),
    }


PARTS = {"cost": cost, "fan out": fan_out, "relay": relay, "delay": delay, "memory": memory}


def measure(parts=()) -> dict:
    if others := os.sched_getaffinity(0) - {CORE}:
        os.sched_setaffinity(0, others)
    reel = Reel()
    return {name: asyncio.run(PARTS[name](reel)) for name in parts or PARTS}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1:]), indent=1, ensure_ascii=False))

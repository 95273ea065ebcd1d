"""What a sudden weak link does to speech and picture: `python -m bench.narrow [CASE ...]`.

B sends picture (1 Mbit/s) and sound. A gets them over a link of 1.2 Mbit/s, 20 ms each way, a queue of 500 ms. After ten seconds
the link becomes worse, for twelve seconds; then it is as before, for fifteen.
"""

import asyncio
import json
import os
import sys

from .media_rig import Rig

SETTLE, WEAK, AFTER = 10, 12, 15
RATE = 48_000
GROUP = "300 kbit/s for one of three"
GOOD = {"delay": 20, "kbit": 1200}
CASES = {
    "300 kbit/s": {"delay": 20, "kbit": 300},
    "150 kbit/s": {"delay": 20, "kbit": 150},
    "64 kbit/s, 10 % lost": {"delay": 20, "kbit": 64, "loss": 10},
    "10 % lost": {"delay": 20, "kbit": 1200, "loss": 10},
    "200 ms longer": {"delay": 120, "kbit": 1200},
}
BOTH_WAYS = {
    "64 kbit/s, 10 % lost": {"delay": 20, "loss": 10},
    "10 % lost": {"delay": 20, "loss": 10},
    "200 ms longer": {"delay": 120},
}


async def one(case):
    """One run of a case."""
    async with Rig(os.environ.get("RIG", "manage.py")) as rig:
        link = rig.link()
        link.set("up", delay=20)
        link.set("down", **GOOD)
        b = await rig.person("b")
        await b.publish()
        a = await rig.person("a", link)
        await a.publish(picture=False)
        seconds = [await _second(a, b, None)]

        async def watch(count):
            for _ in range(count):
                await asyncio.sleep(max(0.0, seconds[0]["at"] + len(seconds) - asyncio.get_running_loop().time()))
                seconds.append(await _second(a, b, seconds[-1]))
                if os.environ.get("SHOW"):
                    print(
                        len(seconds) - 1 - SETTLE,
                        json.dumps({k: v for k, v in seconds[-1].items() if k not in ("raw", "at")}),
                        flush=True,
                    )

        await watch(SETTLE)
        link.set("down", **CASES[case])
        if case in BOTH_WAYS:
            link.set("up", **BOTH_WAYS[case])
        await watch(WEAK)
        link.set("down", **GOOD)
        link.set("up", delay=20)
        await watch(AFTER)
    return summary(seconds)


async def _second(a, b, before):
    raw, sender = await a.look(), await b.look()
    now = {"at": before["at"] if before else asyncio.get_running_loop().time(), "raw": raw, "sent": sender.get("sent", {})}
    if before is None or "audio" not in raw or "audio" not in before["raw"]:
        return {**now, "concealed": 0.0, "fps": 0.0, "frozen": 0.0, "kbit": 0.0, "keys": 0}
    old, passed = before["raw"], raw["at"] - before["raw"]["at"]
    video, old_video = raw.get("video", {}), old.get("video", {})

    def more(name, of=video, old_of=old_video):
        return of.get(name, 0) - old_of.get(name, 0)

    heard = raw["audio"]["concealed"] - old["audio"]["concealed"]
    return {
        **now,
        "concealed": round(heard / RATE, 3),
        "fps": round(more("frames") / passed, 1),
        "frozen": round(more("frozen"), 2),
        "kbit": round(more("bytes") * 8 / passed / 1000),
        "keys": more("keys"),
        "pub": round((sender.get("sent", {}).get("bytes", 0) - before["sent"].get("bytes", 0)) * 8 / passed / 1000),
        "estimate": round(sender.get("pair", {}).get("available", 0) / 1000),
        "plis": more("plis"),
        "nacks": more("nacks"),
    }


def summary(seconds):
    weak, after = seconds[SETTLE + 1 : SETTLE + WEAK + 1], seconds[SETTLE + WEAK + 1 :]
    windows = [sum(second["concealed"] for second in weak[at : at + 5]) / 5 for at in range(1, len(weak) - 4)]
    return {
        "sound lost, first second": weak[0]["concealed"],
        "sound lost, 12 s": round(sum(second["concealed"] for second in weak), 2),
        "sound lost from second 2 on, share": round(sum(second["concealed"] for second in weak[1:]) / (WEAK - 1), 3),
        "worst five seconds after the first, share": round(max(windows), 3),
        "pictures a second": round(sum(second["fps"] for second in weak) / WEAK, 1),
        "frozen": round(sum(second["frozen"] for second in weak), 1),
        "picture back after": _first(weak, lambda second: second["fps"] >= 10),
        "kbit/s at the end": weak[-1]["kbit"],
        "after: picture at once": _first(after, lambda second: second["fps"] >= 10),
        "after: 800 kbit/s": _first(after, lambda second: second["kbit"] >= 800),
    }


def _first(seconds, happened):
    return next((at for at, second in enumerate(seconds) if happened(second)), None)


async def group():
    """B sends, three get it; the link of one becomes 300 kbit/s. The others keep their picture."""
    async with Rig() as rig:
        link = rig.link()
        link.set("both", delay=20)
        await (await rig.person("b")).publish()
        people = [await rig.person(name, link if name == "weak" else None) for name in ("weak", "c", "d")]
        await asyncio.sleep(SETTLE)
        link.set("down", delay=20, kbit=300)
        before = [await person.look() for person in people]
        await asyncio.sleep(WEAK)
        after = [await person.look() for person in people]
    return {person.name: _kept(was, now) for person, was, now in zip(people, before, after, strict=True)}


def _kept(was, now):
    def more(kind, name):
        return now[kind][name] - was[kind][name]

    return (
        f"{more('video', 'frames') / WEAK:.1f} fps, {more('video', 'bytes') * 8 / WEAK / 1000:.0f} kbit/s, "
        f"{more('video', 'frozen'):.1f} s frozen, {more('audio', 'concealed') / RATE:.2f} s of sound lost"
    )


def measure(cases=(), times=1):
    """Each case so often, in turn."""
    found = {case: [] for case in cases or [*CASES, GROUP]}
    for _ in range(times):
        for case, runs in found.items():
            runs.append(asyncio.run(group() if case == GROUP else one(case)))
    return {case: {name: [run[name] for run in runs] for name in runs[0]} for case, runs in found.items()}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1:]), indent=1, ensure_ascii=False))

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


async def measure(case):
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
        "concealed": round(heard / 48000, 3),
        "fps": round(more("frames") / passed, 1),
        "frozen": round(more("frozen"), 2),
        "kbit": round(more("bytes") * 8 / passed / 1000),
        "keys": more("keys"),
        "pub": round((sender.get("sent", {}).get("bytes", 0) - before["sent"].get("bytes", 0)) * 8 / passed / 1000),
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


def main():
    for case in sys.argv[1:] or CASES:
        print(case, json.dumps(asyncio.run(measure(case)), indent=1, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()

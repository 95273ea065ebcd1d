"""Faults of a video visit, as the facts that reach the server: what a browser says, what the media worker hears, who is inside.

Each maker draws one case at random: the fault itself, some seconds after it began, in a house where reports are late, links lose
a little, people mute themselves and put pages away. The classifier never sees the name of the maker.
"""

from dataclasses import replace

from video.media.protocol import Heard, Quality
from video.quality import Cause, Facts

WELL = Quality(
    round_trip=40, lost_up=0, lost_down=0, concealed=0, freezes=0, rate_up=600, rate_down=600, path="direct", transport="udp",
    up="connected", down="connected", met=True, looking=0, joined=0, camera="on", microphone="on", problem="", visible=True,
    leaving=False,
)  # fmt: skip
HEARD = Heard(heard=0.02, connected=True, round_trip=40, rate_up=600, rate_down=600, target=1500)
NO_WAY = {"round_trip": 0, "rate_up": 0, "rate_down": 0, "path": "", "transport": ""}


def usual(dice) -> Facts:
    """A visit that goes well, with the little things that always happen."""
    report = replace(
        WELL, round_trip=dice.uniform(10, 500), lost_up=dice.uniform(0, 6), lost_down=dice.uniform(0, 6),
        concealed=dice.uniform(0, 8), freezes=dice.choice([0, 0, 0, 1]), camera=dice.choice(["on", "on", "off"]),
        microphone=dice.choice(["on", "on", "off"]), visible=dice.random() < 0.9, rate_up=dice.uniform(30, 900),
    )  # fmt: skip
    heard = replace(
        HEARD,
        heard=dice.uniform(0, 1.4),
        lost_up=dice.uniform(0, 6),
        lost_down=dice.uniform(0, 6),
        unanswered=dice.uniform(0, 0.8),
    )
    alone = dice.random() < 0.1  # nobody else is there yet, so there is nothing to get
    if alone:
        report, heard = replace(report, down="none", rate_down=0), replace(heard, rate_down=0)
    doctor = dice.random() < 0.4
    return Facts(doctor=doctor, report=report, age=dice.uniform(0, 3), heard=heard if dice.random() < 0.97 else None)


def changed(facts: Facts, report=None, heard=None, **more) -> Facts:
    new_report = replace(facts.report, **report) if report else facts.report
    return replace(facts, report=new_report, heard=replace(facts.heard or HEARD, **heard) if heard else facts.heard, **more)


def weak(dice):
    how = dice.choice(["narrow", "up", "down", "slow"])
    heard = {"narrow": {"weak": True}, "up": {"lost_up": dice.uniform(12, 40)}, "down": {"lost_down": dice.uniform(12, 40)}}
    report = {"round_trip": dice.uniform(1100, 4000)} if how == "slow" else {"concealed": dice.uniform(0, 50)}
    return changed(usual(dice), report, heard.get(how, {"lost_up": 1.0}))


def denied(dice):
    facts = usual(dice)
    if dice.random() < 0.2:  # the camera alone
        return changed(facts, {"problem": "denied", "camera": "none"})
    down = dice.choice(["none", "connected"])
    report = {"problem": "denied", "camera": "none", "microphone": "none", "up": "none", "down": down, "rate_up": 0}
    heard = {"heard": dice.uniform(0, 5.5), "rate_up": 0} if down == "connected" else {"heard": None, "connected": False}
    return changed(facts, {**report, **({} if down == "connected" else NO_WAY)}, heard)


def device(dice):
    problem = dice.choice(["absent", "busy", "nothing", "nosound", "other"])
    report = {"problem": problem, "camera": "none"}
    if problem == "nosound":
        report = {"problem": problem, "microphone": "none"}
    if problem == "nothing":
        report |= {"microphone": "none", "up": "none", "rate_up": 0}
    return changed(usual(dice), report, {"heard": dice.uniform(0, 2)})


def blocked(dice):
    facts = usual(dice)
    if dice.random() < 0.25:  # a relay helps
        return changed(facts, {"path": dice.choice(["relayed", "direct"]), "transport": "tcp"}, {"lost_up": 1.0})
    report = {**NO_WAY, "met": False, "looking": dice.uniform(4, 60), "down": "none"}
    report["up"] = dice.choice(["looking", "looking", "lost", "none"])  # none: it hung up to try again
    again = dice.random() < 0.15  # between two tries the page is out of the room for a moment
    return changed(facts, report, {"heard": None, "connected": False}, inside=not again, cut=True, away=0.5 if again else 0.0)


def uplink(dice):
    facts, seconds = replace(usual(dice), doctor=False), dice.uniform(3, 60)
    how = dice.choice(["media", "all", "socket"])
    line = dice.choice(["lost", "looking"]) if seconds > 6 else "connected"
    lost = {"up": line, "down": line, "looking": max(0, seconds - 5) if line != "connected" else 0, "visible": True}
    if how == "media":  # the socket still lives
        again = seconds > 16 and dice.random() < 0.5  # it has joined anew, and nothing came on the new lines
        return changed(facts, lost, {"heard": None if again else seconds, "connected": not again, "lost_up": 0.0})
    if how == "all":  # nothing comes any more, and the server does not know yet that the socket is dead
        return changed(facts, {"visible": True}, {"heard": seconds}, age=seconds)
    return replace(
        facts, report=replace(facts.report, visible=True), inside=False, cut=True, heard=None, away=seconds, age=seconds
    )


def downlink(dice):
    facts, seconds = usual(dice), dice.uniform(3, 40)
    line = "lost" if seconds > 6 else "connected"
    report = {"up": line, "down": line, "looking": max(0, seconds - 4) if line == "lost" else 0, "rate_down": 0, "problem": ""}
    return changed(facts, report, {"heard": dice.uniform(0, 1.5), "unanswered": seconds})


def doctor_gone(dice):
    facts, seconds = replace(usual(dice), doctor=True), dice.uniform(1, 200)
    how = dice.choice(["left", "silent", "cut", "never"])
    if how == "left":
        return replace(facts, inside=False, cut=False, heard=None, away=seconds, age=seconds)
    if how == "silent":
        return changed(facts, {"visible": True}, {"heard": seconds + 2}, age=dice.uniform(0, 5))
    if how == "cut":
        return replace(facts, inside=False, cut=True, heard=None, away=seconds, age=seconds)
    return Facts(doctor=True, inside=False, came=False, away=seconds + 4)


def patient_gone(dice):
    facts, seconds = replace(usual(dice), doctor=False), dice.uniform(1, 200)
    how = dice.choice(["left", "away", "never"])
    if how == "left":
        return replace(facts, inside=False, cut=False, heard=None, away=seconds, age=seconds)
    if how == "away":  # the phone was put into a pocket
        return changed(facts, {"visible": False}, {"heard": seconds + 2.5}, age=seconds)
    return Facts(inside=False, came=False, away=seconds + 30)


def browser(dice):
    report = {**NO_WAY, "problem": "browser", "camera": "none", "microphone": "none", "up": "none", "down": "none", "met": False}
    return changed(usual(dice), report, {"heard": None, "connected": False})


FAULTS = {
    Cause.FINE: usual, Cause.WEAK: weak, Cause.DENIED: denied, Cause.DEVICE: device, Cause.BLOCKED: blocked, Cause.UPLINK: uplink,
    Cause.DOWNLINK: downlink, Cause.DOCTOR_GONE: doctor_gone, Cause.PATIENT_GONE: patient_gone, Cause.BROWSER: browser,
}  # fmt: skip

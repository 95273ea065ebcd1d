"""What is wrong with somebody's line in a visit, and how bad it is. Pure; docs/rescue.md has the same as a table.

A fault has one name, so that the coordinator does one thing. It is found in what the person's browser said last, in what the
media worker hears of them, and in whether their page is in the room.
"""

from dataclasses import dataclass
from enum import StrEnum

from .media.protocol import Heard, Quality

LOOKING_SECONDS = 4.0  # joining takes 1.5 s; a way that is looked for longer is no way
SILENT_SECONDS = 2.5  # sound comes at least twice a second
QUIET_SECONDS = 8.0  # who has no microphone is heard less often: their browser only reports and knocks
COMING_SECONDS = 30.0  # a patient who was called has this long to come; the doctor's page comes by itself
DOCTOR_COMING_SECONDS = 4.0
BAD_PERCENT = 10.0  # lost on one way; speech is repaired up to about here
SLOW_MS = 1_000.0  # a round trip at which people talk into each other
DEAF_PERCENT = 20.0  # of the sound is invented: nobody understands it
RED_SECONDS = 15.0  # a broken line mends itself within seconds, or not at all
GONE_RED_SECONDS = 30.0


class Cause(StrEnum):
    """The name of what is wrong."""

    FINE = "fine"
    WEAK = "weak"  # the link carries little: sound goes first
    DENIED = "denied"  # camera and microphone are not allowed
    DEVICE = "device"  # absent, or another program has it
    BLOCKED = "blocked"  # UDP does not pass, or only by a relay or TCP
    UPLINK = "uplink"  # nothing is heard from them any more
    DOWNLINK = "downlink"  # they are heard, and hear nothing
    DOCTOR_GONE = "doctor-gone"
    PATIENT_GONE = "patient-gone"
    BROWSER = "browser"  # too old, or inside another app


class Level(StrEnum):
    """How bad it is; said in words and by shape, not by colour alone."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True)
class Facts:
    """What is known of one person of a live visit."""

    doctor: bool = False
    inside: bool = True  # their page is in the room
    came: bool = True  # it has been there before
    cut: bool = False  # it went without a word
    away: float = 0.0  # seconds since it went, or since they were called
    report: Quality | None = None  # what the browser said last
    age: float = 0.0  # seconds since
    heard: Heard | None = None  # what the media worker said last

    @property
    def looking(self) -> float:
        """Seconds for which the browser has had no way; it goes on looking while it cannot say so."""
        report = self.report
        return report.looking + self.age if report and report.looking else 0.0

    @property
    def silent(self) -> float | None:
        """Seconds since something came from them; None: nothing ever on their present lines."""
        return self.heard.heard if self.heard else None

    @property
    def is_heard(self) -> bool:
        """Something came from them a moment ago."""
        return self.inside and self.silent is not None and self.silent < self._patience

    @property
    def fell_silent(self) -> bool:
        """Something used to come from them, and comes no more."""
        return (self.silent is not None and self.silent >= self._patience) or (not self.inside and self.cut)

    @property
    def _patience(self) -> float:
        return QUIET_SECONDS if self.report and self.report.microphone == "none" else SILENT_SECONDS


def cause_of(facts: Facts) -> Cause:
    """The one thing that is wrong with this person's part of the visit."""
    report = facts.report
    if _is_gone(facts):
        return Cause.DOCTOR_GONE if facts.doctor else Cause.PATIENT_GONE
    if report and report.problem == "browser":
        return Cause.BROWSER
    if report and not report.met and facts.looking >= LOOKING_SECONDS:
        return Cause.BLOCKED
    if (broken := _broken(facts)) is not None:
        return broken
    if report and report.problem:
        return Cause.DENIED if report.problem == "denied" else Cause.DEVICE
    if _is_weak(facts):
        return Cause.WEAK
    if report and (report.path == "relayed" or report.transport == "tcp"):
        return Cause.BLOCKED
    return Cause.FINE


def level_of(facts: Facts) -> Level:
    """How bad it is: red when it does not mend itself, or nobody can be understood."""
    cause, report = cause_of(facts), facts.report
    match cause:
        case Cause.FINE:
            return Level.GREEN
        case Cause.BLOCKED if not facts.looking:
            return Level.GREEN  # the relay carries it
        case Cause.BROWSER:
            return Level.RED
        case Cause.DENIED | Cause.DEVICE:
            red = report is not None and report.microphone == "none"
        case Cause.WEAK:
            red = report is not None and report.concealed > DEAF_PERCENT
        case Cause.DOCTOR_GONE | Cause.PATIENT_GONE:
            red = max(facts.away, facts.silent or 0.0) > GONE_RED_SECONDS
        case _:
            red = max(facts.looking, facts.silent or 0.0, facts.heard.unanswered if facts.heard else 0.0) > RED_SECONDS
    return Level.RED if red else Level.AMBER


def is_weak(report: Quality, heard: Heard | None) -> bool:
    """The line carries too little, or loses too much, on this person's own ways.

    What a browser misses may have been lost on the other's way to us; so the worker's word counts, if there is one.
    """
    ways = heard if heard and heard.connected else report
    lossy = ways.lost_up > BAD_PERCENT or ways.lost_down > BAD_PERCENT
    return lossy or report.round_trip > SLOW_MS or bool(heard and heard.weak)


def _is_gone(facts: Facts) -> bool:
    """Out of the room by their own wish, or never come; a page that was put away and fell silent is out too."""
    if not facts.inside and not facts.came:
        return facts.away >= (DOCTOR_COMING_SECONDS if facts.doctor else COMING_SECONDS)
    put_away = facts.report is not None and not facts.report.visible and facts.fell_silent
    return (not facts.inside and not facts.cut) or put_away


def _broken(facts: Facts) -> Cause | None:
    """A line that stood, and stands no more. A silent doctor leaves the patient alone, whatever the reason."""
    report = facts.report
    lost = report is not None and report.met and facts.looking >= LOOKING_SECONDS
    if facts.is_heard:
        deaf = facts.heard is not None and facts.heard.unanswered >= SILENT_SECONDS
        return Cause.DOWNLINK if lost or deaf else None
    if lost or facts.fell_silent:
        return Cause.DOCTOR_GONE if facts.doctor else Cause.UPLINK
    return None


def _is_weak(facts: Facts) -> bool:
    return facts.report is not None and is_weak(facts.report, facts.heard)

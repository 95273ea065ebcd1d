"""Every message between a browser, the web process and the media worker; docs/signalling.md explains them."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

LONGEST_SDP = 64_000  # characters
LONGEST_TEXT = 4_000  # of a chat message; the rule that keeps it is stricter and explains itself
LONGEST_MESSAGE = 80_000  # characters, before it is read at all


class Malformed(ValueError):
    """The message is not one of ours."""


@dataclass(frozen=True)
class Offer:
    """The browser wants to send its sound and picture; or, on a line of its own, its screen."""

    sdp: str
    screen: bool = False


@dataclass(frozen=True)
class Unshare:
    """The browser shows its screen no more."""


@dataclass(frozen=True)
class Answer:
    """The browser accepts the server's offer of this number."""

    number: int
    sdp: str


@dataclass(frozen=True)
class Restart:
    """The browser has another address, or hears nothing: it wants a new way on which it gets the others."""


@dataclass(frozen=True)
class Picture:
    """The browser wants the others' pictures, or their sound only."""

    wanted: bool


@dataclass(frozen=True)
class State:
    """Muted, or without picture: the others are told."""

    muted: bool
    camera: bool


@dataclass(frozen=True)
class Chat:
    """A written line."""

    text: str


LINES = ("none", "looking", "connected", "lost")
TRACKS = ("none", "off", "on")
PROBLEMS = ("", "denied", "absent", "busy", "browser", "nothing", "nosound", "other")
WORDS = {"path": ("", "direct", "relayed"), "transport": ("", "udp", "tcp"), "up": LINES, "down": LINES, "problem": PROBLEMS}
WORDS |= {"camera": TRACKS, "microphone": TRACKS}
MOST = {"round_trip": 60_000, "lost_up": 100, "lost_down": 100, "concealed": 100, "freezes": 1_000}
MOST |= {"rate_up": 100_000, "rate_down": 100_000, "looking": 86_400, "joined": 600}


@dataclass(frozen=True)
class Quality:
    """How it goes in one browser, since it last said so (every two seconds). A number it does not know is 0."""

    round_trip: float  # milliseconds
    lost_up: float  # per cent, as are the next two
    lost_down: float
    concealed: float  # of the sound: invented, since it did not come
    freezes: float  # times that the picture stood still
    rate_up: float  # kbit/s
    rate_down: float
    path: str  # direct, or relayed by a TURN server
    transport: str
    up: str  # the line on which this person sends
    down: str  # the line on which they get the others
    met: bool  # a line has stood before, on this page
    looking: float  # seconds for which a line has been looked for
    joined: float  # seconds from wanting in until the lines stood; 0: not yet, or said before
    camera: str
    microphone: str
    problem: str  # with the devices (static/js/devices.js)
    visible: bool  # the page is in front
    leaving: bool  # the person goes by their own wish


@dataclass(frozen=True)
class Heard:
    """How it goes with one person, as their media worker sees it: told each second."""

    heard: float | None = None  # seconds since anything came from them; None: nothing ever on these lines
    connected: bool = False  # some line stands
    unanswered: float = 0.0  # seconds for which nothing of what was sent to them is known to have come
    weak: bool = False  # the picture to them is left out
    lost_up: float = 0.0  # per cent
    lost_down: float = 0.0
    round_trip: float = 0.0  # milliseconds
    rate_up: float = 0.0  # kbit/s, as are the next two
    rate_down: float = 0.0
    target: float = 0.0  # what the way to them is believed to carry


@dataclass(frozen=True)
class Command:
    """From the web process to the media worker that holds the room.

    kind: join | offer | answer | unshare | restart | picture | leave | record.
    session: the socket that speaks; an older one is not heard.
    generation: the placing of the room that the socket knows; commands for an older one are not heard either.
    """

    kind: str
    room: str
    person: str
    session: str
    generation: int
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """From the media worker to one socket.

    kind: answer | offer (number, and whose stream each media section carries) | rejoin | replaced |
    silent (nothing comes from the browser: it should look for its way again) | weak (the line carries no picture, or does again)
    | unseen, seen (nobody can take this person's picture now: the camera may rest; somebody can) | quality (how it goes)
    | recording (the recorder writes, or has a problem) | stored (what it wrote is finished).
    """

    kind: str
    sdp: str = ""
    number: int = 0
    fresh: bool = False  # the receive connection begins anew
    streams: dict[str, str] = field(default_factory=dict)  # media section (mid) -> person, or person/screen
    weak: bool = False  # the picture is left out
    screen: bool = False  # this answers the offer of a screen
    recording: str = ""  # its id
    problem: str = ""  # why it cannot go on: off | disk | engine
    heard: dict[str, Any] = field(default_factory=dict)  # the fields of Heard


COMMANDS = ("join", "offer", "answer", "unshare", "restart", "picture", "leave", "record")
EVENTS = ("answer", "offer", "rejoin", "replaced", "silent", "weak", "unseen", "seen", "quality", "recording", "stored")


def dump(message: Command | Event) -> str:
    """One message as JSON."""
    return json.dumps(asdict(message))


def command(text: str | bytes) -> Command:
    """Read a command that the web process wrote."""
    found = _built(Command, text)
    if found.kind not in COMMANDS:
        raise Malformed("unknown command")
    return found


def event(text: str | bytes) -> Event:
    """Read an event that a media worker wrote."""
    found = _built(Event, text)
    if found.kind not in EVENTS:
        raise Malformed("unknown event")
    return found


def from_browser(content: Any) -> Offer | Answer | Unshare | Restart | Picture | State | Chat | Quality:
    """What a browser says, or Malformed: only known kinds, fields, types and sizes pass."""
    if not isinstance(content, dict) or not isinstance(content.get("type"), str):
        raise Malformed("no type")
    said = {name: value for name, value in content.items() if name != "type"}
    match content["type"]:
        case "offer":
            said.setdefault("screen", False)
            _fields(said, sdp=str, screen=bool)
            return Offer(_description(said["sdp"]), said["screen"])
        case "unshare":
            _fields(said)
            return Unshare()
        case "answer":
            _fields(said, number=int, sdp=str)
            return Answer(said["number"], _description(said["sdp"]))
        case "restart":
            _fields(said)
            return Restart()
        case "picture":
            _fields(said, wanted=bool)
            return Picture(**said)
        case "state":
            _fields(said, muted=bool, camera=bool)
            return State(**said)
        case "chat":
            _fields(said, text=str)
            return Chat(_short(said["text"], LONGEST_TEXT))
        case "quality":
            return _quality(said)
    raise Malformed("unknown type")


def _fields(said: dict[str, Any], **kinds: Any) -> None:
    """Exactly these fields, each of exactly its type."""
    if said.keys() != kinds.keys():
        raise Malformed("strange or missing fields")
    for name, kind in kinds.items():
        if type(said[name]) not in (kind if isinstance(kind, tuple) else (kind,)):
            raise Malformed(f"{name} has the wrong type")


def _quality(said: dict[str, Any]) -> Quality:
    """Only known words, and numbers within their range."""
    flags = dict.fromkeys(("met", "visible", "leaving"), bool)
    _fields(said, **dict.fromkeys(MOST, (int, float)), **dict.fromkeys(WORDS, str), **flags)
    for name, most in MOST.items():
        if not 0 <= said[name] <= most:
            raise Malformed(f"{name} is out of range")
    for name, words in WORDS.items():
        if said[name] not in words:
            raise Malformed(f"{name} is no word of ours")
    return Quality(**said)


def _description(sdp: str) -> str:
    if not sdp.startswith("v=0"):
        raise Malformed("no session description")
    return _short(sdp, LONGEST_SDP)


def _short(text: str, longest: int) -> str:
    if len(text) > longest:
        raise Malformed("too long")
    return text


def _built(kind: type, text: str | bytes) -> Any:
    try:
        return kind(**json.loads(text))
    except (TypeError, ValueError) as error:
        raise Malformed(str(error)) from error

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
    | unseen, seen (nobody can take this person's picture now: the camera may rest; somebody can)
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


COMMANDS = ("join", "offer", "answer", "unshare", "restart", "picture", "leave", "record")
EVENTS = ("answer", "offer", "rejoin", "replaced", "silent", "weak", "unseen", "seen", "recording", "stored")


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


def from_browser(content: Any) -> Offer | Answer | Unshare | Restart | Picture | State | Chat:
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
    raise Malformed("unknown type")


def _fields(said: dict[str, Any], **kinds: Any) -> None:
    """Exactly these fields, each of exactly its type."""
    if said.keys() != kinds.keys():
        raise Malformed("strange or missing fields")
    for name, kind in kinds.items():
        if type(said[name]) not in (kind if isinstance(kind, tuple) else (kind,)):
            raise Malformed(f"{name} has the wrong type")


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

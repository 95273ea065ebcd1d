"""Every message between a browser, the web process and the media worker; docs/signalling.md explains them."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

LONGEST_SDP = 64_000  # characters
LONGEST_CANDIDATE = 2_000
PUBLISH = "publish"  # the connection on which a person sends; the others are named after the person who is seen


class Malformed(ValueError):
    """The message is not one of ours."""


@dataclass(frozen=True)
class Command:
    """From the web process to the media worker that holds the room.

    kind: join | offer | answer | candidate | leave.
    session: the socket that speaks; an older one is not heard.
    line: PUBLISH, or the id of the person who is received.
    """

    kind: str
    room: str
    person: str
    session: str
    line: str = PUBLISH
    sdp: str = ""
    candidate: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """From the media worker to one person's socket.

    kind: joined | answer | offer | gone | failed.  line: as in Command.
    """

    kind: str
    line: str = PUBLISH
    sdp: str = ""


def dump(message: Command | Event) -> str:
    """One message as JSON."""
    return json.dumps(asdict(message))


def command(text: str | bytes) -> Command:
    """Read a command that the web process wrote."""
    return _read(Command, text)


def event(text: str | bytes) -> Event:
    """Read an event that a media worker wrote."""
    return _read(Event, text)


def from_browser(content: Any, *, room: str, person: str, session: str) -> Command:
    """A browser's signalling message as a command, or Malformed: only known kinds, sizes and types pass."""
    if not isinstance(content, dict) or content.get("type") not in ("offer", "answer", "candidate"):
        raise Malformed("unknown type")
    line, sdp, candidate = content.get("line", PUBLISH), content.get("sdp", ""), content.get("candidate") or {}
    if not (isinstance(line, str) and len(line) <= 40 and isinstance(sdp, str) and isinstance(candidate, dict)):
        raise Malformed("a field has the wrong type")
    if len(sdp) > LONGEST_SDP or len(json.dumps(candidate)) > LONGEST_CANDIDATE:
        raise Malformed("too long")
    if content["type"] != "candidate" and not sdp.startswith("v=0"):
        raise Malformed("no session description")
    return Command(content["type"], room, person, session, line, sdp, candidate)


def _read(kind: type, text: str | bytes) -> Any:
    try:
        return kind(**json.loads(text))
    except (TypeError, ValueError) as error:
        raise Malformed(str(error)) from error

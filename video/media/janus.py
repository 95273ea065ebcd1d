"""Janus as the engine: an existing server, written in C, carries sound and picture; we tell it who gets whom.

For those who outgrow one machine (docs/engines.md says when). It forwards as ours does, but looks after no link: no sound first,
no pauses, no word when a link is weak. Its `nat` section has to say `ice_lite = true`, since browsers tell us no addresses.
"""

import asyncio
import contextlib
import logging
import re
import secrets
import time
from dataclasses import dataclass, field

from .engine import Say
from .janus_api import Handle, JanusError, Json, Session
from .private import fingerprints
from .protocol import Event

log = logging.getLogger(__name__)
LARGEST_ID = 2**53  # Janus writes numbers into JSON
UP_SECONDS = 6.0  # a sender whose line does not stand by then is left out
ROOM: Json = {
    "publishers": 12,
    "bitrate": 1_200_000,
    "bitrate_cap": True,
    "audiocodec": "opus",
    "videocodec": "vp8,h264",
    "opus_fec": True,
    "opus_dtx": True,
    "is_private": True,
    "notify_joining": False,
}
SECTION = re.compile(r"^m=(audio|video) (\d+).*?^a=mid:(\S+)", re.MULTILINE | re.DOTALL)


class Janus:
    """The engine of a worker: one session with Janus, one of its rooms for each of ours."""

    def __init__(self, url: str, secret: str = "") -> None:
        self._url, self._secret = url, secret
        self._session: Session | None = None
        self._lines: set[_Line] = set()
        self._beginning = asyncio.Lock()

    def of_room(self) -> "JanusRoom":
        return JanusRoom(self)

    async def attach(self, line: "_Line") -> Handle:
        """A handle for one line; the session is begun when it is first needed, and again after Janus was away."""
        async with self._beginning:
            if self._session is None:
                session = Session(self._url, self._secret, self._lost)
                await session.begin()
                self._session = session
        self._lines.add(line)
        return await self._session.attach(line.heard)

    def forget(self, line: "_Line") -> None:
        self._lines.discard(line)

    def close(self) -> None:
        if self._session:
            asyncio.ensure_future(self._session.end())

    def _lost(self) -> None:
        """Janus died or forgot us: everybody joins again."""
        self.close()
        self._session = None
        for line in list(self._lines):
            line.say(Event("rejoin"))


class JanusRoom:
    """One of Janus's rooms, made with its first line and destroyed with its last."""

    def __init__(self, engine: Janus) -> None:
        self.engine = engine
        self.id = secrets.randbelow(LARGEST_ID)
        self._made = asyncio.Lock()
        self._lines = 0

    def of_room(self) -> "JanusRoom":
        return self

    def sending(self, person: str, say: Say) -> "SendingLine":
        return SendingLine(self, say, person)

    def getting(self, say: Say) -> "GettingLine":
        return GettingLine(self, say)

    async def enter(self, handle: Handle) -> None:
        async with self._made:
            if self._lines == 0:
                await handle.ask(request="create", room=self.id, **ROOM)
            self._lines += 1

    async def leave(self, handle: Handle) -> None:
        async with self._made:
            self._lines -= 1
            if self._lines == 0:
                await handle.ask(request="destroy", room=self.id)

    def close(self) -> None:
        """Its lines end it."""


@dataclass(eq=False)
class Feed:
    """What one person sends of one kind, as Janus names it."""

    person: str
    kind: str
    number: int  # of the sender in the room
    mid: str
    is_up: asyncio.Event = field(repr=False)

    def named(self) -> Json:
        return {"feed": self.number, "mid": self.mid}


class _Line:
    """A browser's connection to Janus."""

    def __init__(self, room: JanusRoom, say: Say) -> None:
        self.room, self.say = room, say
        self.is_up = asyncio.Event()
        self.handle: Handle | None = None
        self._quiet_since: dict[str, float] = {}  # audio, video: when Janus missed it; 0: it flows

    async def attached(self) -> Handle:
        if self.handle is None:
            self.handle = await self.room.engine.attach(self)
            await self.room.enter(self.handle)
        return self.handle

    def heard(self, event: Json) -> None:
        if event["janus"] == "webrtcup":
            self.is_up.set()
        elif event["janus"] == "hangup":
            self.say(Event("rejoin"))
        elif event["janus"] == "media":
            self._quiet_since[event["type"]] = 0.0 if event["receiving"] else time.monotonic()
        elif event["janus"] == "slowlink":
            log.info("janus: a link loses packets")

    def quality(self, now: float) -> dict:
        """Janus tells no more than whether the line stands."""
        return {"connected": self.is_up.is_set(), "heard": None}

    async def close(self) -> None:
        handle, self.handle = self.handle, None
        self.room.engine.forget(self)
        if handle:
            with contextlib.suppress(JanusError):  # it is gone already
                await self.room.leave(handle)
                await handle.detach()


class SendingLine(_Line):
    """A person sends."""

    def __init__(self, room: JanusRoom, say: Say, person: str) -> None:
        super().__init__(room, say)
        self.person = person
        self.sources: list[Feed] = []
        self._number = secrets.randbelow(LARGEST_ID)
        self._certificates: set[str] = set()

    def is_same(self, sdp: str) -> bool:
        return fingerprints(sdp) == self._certificates

    def quality(self, now: float) -> dict:
        """What flows is heard now; what flows no more was heard when the last of it was missed."""
        quiet = self._quiet_since.values()
        heard = now - max(quiet) if quiet and all(quiet) else 0.0
        return {"connected": self.is_up.is_set(), "heard": heard if self.is_up.is_set() else None}

    async def answer(self, sdp: str) -> str:
        self._certificates = fingerprints(sdp)
        handle = await self.attached()
        if not self.sources:
            await handle.ask(request="join", ptype="publisher", room=self.room.id, id=self._number)
        said = await handle.ask({"type": "offer", "sdp": sdp}, request="configure")
        answer = said["jsep"]["sdp"]
        self.sources = self.sources or [
            Feed(self.person, kind, self._number, mid, self.is_up) for kind, port, mid in SECTION.findall(answer) if port != "0"
        ]
        return answer


class GettingLine(_Line):
    """A person gets the others."""

    def __init__(self, room: JanusRoom, say: Say) -> None:
        super().__init__(room, say)
        self._wanted: list[Feed] = []
        self._given: list[Feed] = []
        self._streams: list[Json] = []  # as Janus sees them: mid, whose
        self._pictures, self._joined = True, False

    def give(self, source: Feed) -> None:
        self._wanted.append(source)

    def end(self, source: Feed) -> None:
        self._wanted.remove(source)

    def sections(self) -> int:
        return len(self._streams)

    def renew(self) -> None:
        """An offer that changes nothing looks for the way again."""

    def want_pictures(self, wanted: bool) -> None:
        self._pictures = wanted
        if self._given:
            asyncio.ensure_future(self._pause())

    async def offer(self) -> tuple[str, dict[str, str]]:
        handle = await self.attached()
        more = [feed for feed in self._wanted if feed not in self._given and await self._stands(feed)]
        less = [feed for feed in self._given if feed not in self._wanted]
        said = await handle.ask(**self._changes(more, less))
        if said["jsep"] is None:  # whoever left had taken their streams along
            said = await handle.ask(request="configure", restart=True)
        self._joined = True
        self._given = [feed for feed in self._given if feed not in less] + more
        self._streams = said.get("streams", self._streams)
        whose = {feed.number: feed.person for feed in self._given}
        streams = {stream["mid"]: whose[stream["feed_id"]] for stream in self._active() if stream.get("feed_id") in whose}
        return said["jsep"]["sdp"], streams

    def _changes(self, more: list[Feed], less: list[Feed]) -> Json:
        """What to ask of Janus so that it makes the next offer."""
        added = [feed.named() for feed in more]
        if not self._joined:
            return {"request": "join", "ptype": "subscriber", "room": self.room.id, "streams": added, "autoupdate": False}
        gone = {(feed.number, feed.mid) for feed in less}
        mids = [s["mid"] for s in self._active() if (s.get("feed_id"), s.get("feed_mid")) in gone]
        changes = {"subscribe": added, "unsubscribe": [{"sub_mid": mid} for mid in mids]}
        if not added and not mids:
            return {"request": "configure", "restart": True}
        return {"request": "update", **{name: which for name, which in changes.items() if which}}

    def _active(self) -> list[Json]:
        return [stream for stream in self._streams if stream.get("active")]

    async def accept(self, sdp: str) -> None:
        if self.handle:
            await self.handle.ask({"type": "answer", "sdp": sdp}, request="start")
            await self._pause()

    async def _pause(self) -> None:
        """Pictures flow, or rest."""
        pictures = [stream["mid"] for stream in self._active() if stream.get("type") == "video"]
        if self.handle and pictures:
            with contextlib.suppress(JanusError):
                await self.handle.ask(request="configure", streams=[{"mid": mid, "send": self._pictures} for mid in pictures])

    @staticmethod
    async def _stands(feed: Feed) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(UP_SECONDS):
                await feed.is_up.wait()
        return feed.is_up.is_set()

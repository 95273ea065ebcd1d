"""One person in a room: a line on which they send, and a line on which they get all the others."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable

from .engine import Engine, Getting, Sending, Source
from .protocol import Answer, Event, Malformed, Offer

log = logging.getLogger(__name__)
Tell = Callable[[Event], Awaitable[None]]
MOST_TRACKS = 2  # one sound, one picture; a screen is one picture more, on a line of its own
SCREEN = "/screen"  # a person's screen is a source of this name behind theirs
MOST_SECTIONS = 24  # sections of a description are never removed; beyond this the receive line begins anew
ANSWER_SECONDS = 10.0
CLOSE_SECONDS = 5.0
SILENT_AGAIN_SECONDS = 2.0  # looking for a way anew in the middle of looking would only begin it again


class Person:
    """A seat as the media worker knows it. Streams go one way and the sender offers, so nobody offers against anybody."""

    def __init__(self, person_id: str, session: str, tell: Tell, engine: Engine) -> None:
        self.id = person_id
        self.session = session
        self.tell = tell
        self.silent_rounds = 0  # how often in a row nobody listened at the other end of `tell`
        self._engine = engine
        self._sending: Sending | None = None
        self._screen: Sending | None = None
        self._getting: Getting | None = None
        self._wanted: list[Source] = []
        self._given: list[Source] = []
        self._number = 0  # of the last offer
        self._open = 0  # the offer that has no answer yet; 0 if none
        self._fresh = True
        self._pictures = True
        self._is_gone = False
        self._lock = asyncio.Lock()
        self._patience: asyncio.TimerHandle | None = None
        self._silent_at = -SILENT_AGAIN_SECONDS

    @property
    def sources(self) -> list[Source]:
        """What this person sends."""
        return [source for line in (self._sending, self._screen) if line for source in line.sources]

    def quality(self, now: float) -> dict:
        """How it goes with this person, on both lines; whoever is heard on one of them is heard."""
        up, down = (line.quality(now) if line else {} for line in (self._sending, self._getting))
        heard = [line["heard"] for line in (up, down) if line.get("heard") is not None]
        stands = any(line.get("connected") for line in (up, down))
        return {**up, **down, "connected": stands, "heard": min(heard, default=None)}

    async def publish(self, said: Offer) -> None:
        """Take the person's sound and picture, or screen; the browser offers. The same browser again is at another address."""
        if said.sdp.count("\nm=") > (1 if said.screen else MOST_TRACKS) or said.screen and "\nm=audio" in said.sdp:
            raise Malformed("more than one sound and one picture, or more than one screen")
        async with self._lock:
            line = self._screen if said.screen else self._sending
            if line is None or not line.is_same(said.sdp):
                await self._hang_up(said.screen)
                line = self._begin(said.screen)
            await self.tell(Event("answer", await line.answer(said.sdp), screen=said.screen))

    async def unshare(self) -> None:
        """The screen is not shown any more."""
        async with self._lock:
            await self._hang_up(screen=True)

    async def see(self, sources: Iterable[Source]) -> None:
        """From now on this person gets these. One offer at a time: what changes meanwhile comes after the answer."""
        self._wanted = list(sources)
        async with self._lock:
            if not self._open and not self._is_gone:
                await self._offer()

    async def answer(self, said: Answer) -> None:
        """The browser accepts what was offered; an answer to an older offer is not heard."""
        async with self._lock:
            if said.number != self._open:
                return
            if self._getting:
                await self._getting.accept(said.sdp)
            self._settled()
            await self._offer()

    async def restart(self) -> None:
        """The browser is at another address: the others come to it on a new way, over the same connection."""
        async with self._lock:
            if self._getting and not self._open:
                self._getting.renew()
                await self._offer(anyway=True)

    def want_pictures(self, wanted: bool) -> None:
        """This person wants the others' pictures, or their sound only."""
        self._pictures = wanted
        if self._getting:
            self._getting.want_pictures(wanted)

    async def close(self) -> None:
        """End all lines. A line that does not end in time is left to the collector of garbage."""
        self._is_gone = True  # whoever waits for the lock meanwhile opens no line any more
        self._settled()
        try:
            async with asyncio.timeout(CLOSE_SECONDS), self._lock:
                await self._hang_up(screen=False)
                await self._hang_up(screen=True)
                if self._getting:
                    getting, self._getting = self._getting, None
                    await getting.close()
        except TimeoutError:
            log.warning("person %s: a line did not end in time", self.id)

    async def _offer(self, anyway: bool = False) -> None:
        gone = [source for source in self._given if source not in self._wanted]
        new = [source for source in self._wanted if source not in self._given]
        if not gone and not new and not anyway:
            return
        line = await self._line_for(len(new))
        for source in [source for source in gone if source in self._given]:
            self._given.remove(source)
            line.end(source)
        for source in [source for source in self._wanted if source not in self._given]:
            self._given.append(source)
            line.give(source)
        sdp, streams = await line.offer()
        self._number += 1
        self._open = self._number
        self._patience = asyncio.get_running_loop().call_later(ANSWER_SECONDS, self._give_up)
        fresh, self._fresh = self._fresh, False
        await self.tell(Event("offer", sdp, self._number, fresh, streams))

    async def _line_for(self, more: int) -> Getting:
        """The line on which the person gets the others; a new one when the old one's description would grow too long."""
        before = self._getting
        if before and before.sections() + more <= MOST_SECTIONS:
            return before
        self._getting = self._engine.getting(self._say)
        self._getting.want_pictures(self._pictures)
        self._given, self._fresh = [], True
        if before:
            await before.close()
        return self._getting

    def _give_up(self) -> None:
        """The offer or its answer was lost on the way: joining again mends it."""
        self._say(Event("rejoin"))

    def _say(self, event: Event) -> None:
        """Both lines fall silent at once when an address changes: that is told once."""
        now = time.monotonic()
        if event.kind == "silent":
            if now - self._silent_at < SILENT_AGAIN_SECONDS:
                return
            self._silent_at = now
        asyncio.ensure_future(self.tell(event))

    def _settled(self) -> None:
        self._open = 0
        if self._patience:
            self._patience.cancel()

    def _begin(self, screen: bool) -> Sending:
        if screen:  # a browser sees by itself when its screen does not get through
            self._screen = self._engine.sending(self.id + SCREEN, _to_nobody)
            return self._screen
        self._sending = self._engine.sending(self.id, self._say)
        return self._sending

    async def _hang_up(self, screen: bool) -> None:
        if screen:
            line, self._screen = self._screen, None
        else:
            line, self._sending = self._sending, None
        if line:
            await line.close()


def _to_nobody(event: Event) -> None:
    """What nobody has to hear."""

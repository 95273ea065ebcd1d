"""The socket of the device check: a room of one on a media worker, which sends back what it gets."""

import asyncio
import contextlib
import json
import uuid
from dataclasses import asdict
from typing import NamedTuple

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.core import signing

from .media.protocol import LONGEST_MESSAGE, Answer, Malformed, Offer, from_browser
from .reach import ice_servers
from .switchboard import AWAY, NoWorker, Switchboard

SALT = "video.check"
PAGE_SECONDS = 60 * 60  # so long a page of the check may lie open
ECHO_SECONDS = 60  # a check is short; nobody keeps a worker busy with their own echo
MOST_MESSAGES = 50
STRANGER, DONE = 4404, 4410


class Trial(NamedTuple):
    """Whose check it is: a visit's, an appointment's, an invitation's."""

    pk: str


def address(pk) -> str:
    """The address of a socket that gives back, for a page whose reader was checked a moment ago."""
    return f"/ws/check/{signing.dumps(str(pk), salt=SALT)}/"


class EchoSocket(AsyncJsonWebsocketConsumer):
    """Somebody who hears and sees themselves by way of the server: whoever succeeds here will succeed in the room."""

    line = echo = None
    count = 0

    async def connect(self):
        await self.accept()
        try:
            trial = Trial(signing.loads(self.scope["url_route"]["kwargs"]["token"], salt=SALT, max_age=PAGE_SECONDS))
        except signing.BadSignature:
            return await self.close(code=STRANGER)
        self.switchboard, self.session = Switchboard(), uuid.uuid4().hex
        await self.send_json({"type": "welcome", "iceServers": ice_servers(trial)})
        self.echo = asyncio.create_task(self.give_back())

    async def give_back(self):
        """Pass on what the worker says, for as long as a check takes."""
        with contextlib.suppress(NoWorker, TimeoutError, *AWAY):
            async with asyncio.timeout(ECHO_SECONDS), self.switchboard.events(self.session) as events:
                self.line = await self.switchboard.join(f"echo-{self.session}", "self", self.session, echo=True)
                await self.send_json({"type": "joined"})
                async for event in events:
                    if event.kind in ("replaced", "rejoin"):
                        break
                    await self.send_json({**asdict(event), "type": event.kind})
        with contextlib.suppress(RuntimeError, OSError):
            await self.close(code=DONE)

    async def receive(self, text_data=None, bytes_data=None, **kwargs):
        """Only what a line needs; anything else ends the check."""
        self.count += 1
        try:
            if self.count > MOST_MESSAGES or text_data is None or len(text_data) > LONGEST_MESSAGE:
                raise Malformed("not text, too long or too much")
            said = from_browser(json.loads(text_data))
        except (ValueError, RecursionError):
            return await self.close(code=STRANGER)
        with contextlib.suppress(*AWAY):
            if self.line and isinstance(said, Offer):
                await self.switchboard.offer(self.line, said)
            elif self.line and isinstance(said, Answer):
                await self.switchboard.answer(self.line, said)

    async def disconnect(self, code):
        if self.echo is None:
            return
        self.echo.cancel()
        with contextlib.suppress(*AWAY):
            if self.line:
                await self.switchboard.leave(self.line)
            await self.switchboard.close()

"""Janus's HTTP API: requests go out, what happens comes in by a long poll (janus.conf.meetecho.com/docs/rest.html)."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Any

import httpx

log = logging.getLogger(__name__)
PLUGIN = "janus.plugin.videoroom"
PATIENCE_SECONDS = 8.0
POLL_SECONDS = 40.0  # Janus says at least every 30 s that nothing happened
Json = dict[str, Any]


class JanusError(ConnectionError):
    """Janus refuses, or cannot be reached."""


class Handle:
    """One connection of a browser, as Janus knows it."""

    def __init__(self, session: "Session", number: int, heard: Callable[[Json], None]) -> None:
        self.session, self.number, self.heard = session, number, heard

    async def ask(self, jsep: Json | None = None, **body: Any) -> Json:
        """Ask the plugin; what it answers, with its `jsep` (description) if there is one. Raises JanusError."""
        return await self.session.ask(self.number, {"body": body, **({"jsep": jsep} if jsep else {})})

    async def detach(self) -> None:
        await self.session.detach(self.number)


class Session:
    """One session for all handles of a worker; `lost` is called once when Janus no longer knows it."""

    def __init__(self, url: str, secret: str, lost: Callable[[], None]) -> None:
        self._http = httpx.AsyncClient(timeout=httpx.Timeout(PATIENCE_SECONDS, read=POLL_SECONDS), trust_env=False)
        self._base, self._secret, self._lost = url.rstrip("/"), secret, lost
        self._number = 0
        self._handles: dict[int, Handle] = {}
        self._open: dict[str, asyncio.Future[Json]] = {}
        self._poll: asyncio.Task | None = None

    async def begin(self) -> None:
        self._number = (await self._post("", {"janus": "create"}))["data"]["id"]
        self._poll = asyncio.create_task(self._listen())

    async def attach(self, heard: Callable[[Json], None]) -> Handle:
        """A new handle; `heard` gets what happens to it (`webrtcup`, `hangup`, ...)."""
        number = (await self._post(f"/{self._number}", {"janus": "attach", "plugin": PLUGIN}))["data"]["id"]
        handle = self._handles[number] = Handle(self, number, heard)
        return handle

    async def ask(self, handle: int, message: Json) -> Json:
        """One message to the plugin, and its answer, now or by the long poll."""
        name = secrets.token_hex(8)
        answer = self._open[name] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                first = await self._post(f"/{self._number}/{handle}", {"janus": "message", "transaction": name, **message})
                found = first if first["janus"] == "success" else await answer
        except TimeoutError as error:
            raise JanusError("no answer") from error
        finally:
            self._open.pop(name, None)
        if found.get("janus") == "error":
            raise JanusError(found["error"].get("reason", "refused"))
        said = {**found["plugindata"]["data"], "jsep": found.get("jsep")}
        if "error" in said:
            raise JanusError(said["error"])
        return said

    async def detach(self, handle: int) -> None:
        if self._handles.pop(handle, None):
            await self._post(f"/{self._number}/{handle}", {"janus": "detach"})

    async def end(self) -> None:
        if self._poll:
            self._poll.cancel()
        await self._http.aclose()

    async def _post(self, path: str, message: Json) -> Json:
        body = {"transaction": secrets.token_hex(8), "apisecret": self._secret, **message}
        try:
            found = (await self._http.post(self._base + path, json=body)).json()
        except (httpx.HTTPError, ValueError) as error:
            raise JanusError(f"{self._base}: {type(error).__name__}") from error
        if found["janus"] == "error":
            raise JanusError(found["error"].get("reason", "refused"))
        return found

    async def _listen(self) -> None:
        asked = {"maxev": "20", **({"apisecret": self._secret} if self._secret else {})}
        try:
            while True:
                found = (await self._http.get(f"{self._base}/{self._number}", params=asked)).json()
                for event in found if isinstance(found, list) else [found]:
                    self._heard(event)
        except (httpx.HTTPError, ValueError, JanusError) as error:
            log.warning("janus is away: %r", error)
            self._lost()

    def _heard(self, event: Json) -> None:
        waiting = self._open.get(event.get("transaction", ""))
        if waiting and not waiting.done() and event["janus"] in ("event", "error"):
            waiting.set_result(event)
        elif event["janus"] in ("error", "timeout"):
            raise JanusError(str(event.get("error", "the session is over")))
        elif handle := self._handles.get(event.get("sender", 0)):
            handle.heard(event)

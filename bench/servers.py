"""The servers that the load bench compares: ours, stock aiortc behind our worker, and Janus. Each is pinned to one core."""

import asyncio
import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import uuid
from pathlib import Path

from redis.asyncio import Redis

from telehealth.embedded import free_port
from tests import services
from tests.product import ROOT
from video.media import leases
from video.media.protocol import Answer, Offer
from video.switchboard import Switchboard

from .callers import HERE

CORE = max(os.sched_getaffinity(0))  # the servers' core; the load runs on the others
PLUGINS = ("/usr/lib/x86_64-linux-gnu/janus", "/usr/lib/aarch64-linux-gnu/janus", "/usr/lib/janus")


class Server:
    """A process whose processor time and memory are read, and into which people come."""

    name = ""

    def __init__(self) -> None:
        self.closing = contextlib.AsyncExitStack()

    def start(self, command, **options) -> None:
        pinned = ["taskset", "-c", str(CORE), *map(str, command)]
        self.process = subprocess.Popen(pinned, cwd=ROOT, stdin=subprocess.DEVNULL, **options)
        self.closing.callback(self._stop)

    def _stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def cpu(self) -> float:
        """Seconds of processor time used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """MB in use."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    async def __aexit__(self, *why):
        await self.closing.aclose()


class Ours(Server):
    """Our worker, or stock aiortc under the same worker."""

    def __init__(self, which="ours") -> None:
        super().__init__()
        self.name = which
        self.seats: dict = {}

    async def __aenter__(self):
        self.url = self.closing.enter_context(services.redis())
        self.start([sys.executable, "-m", "bench.media_worker", self.name, HERE], env={**os.environ, "REDIS_URL": self.url})
        async with Redis.from_url(self.url) as redis:
            while not [key async for key in redis.scan_iter(leases.heartbeat_key("*"))]:
                await asyncio.sleep(0.1)
        return self

    async def enter(self, room, caller, sends=True) -> None:
        """The person joins, sends (or not), and gets whoever sends."""
        board, session = Switchboard(self.url), uuid.uuid4().hex
        stack = contextlib.AsyncExitStack()
        stack.push_async_callback(board.close)
        events = await stack.enter_async_context(board.events(session))
        line = await board.join(room, str(id(caller)), session)

        async def listen():
            async for event in events:
                if event.kind == "answer":
                    await caller.answered(event.sdp)
                if event.kind == "offer":
                    await board.answer(line, Answer(event.number, await caller.accept(event.sdp, event.fresh)))

        self.seats[caller] = board, line, asyncio.create_task(listen()), stack
        if sends:
            await board.offer(line, Offer(await caller.offer()))

    async def connect(self, _room, _callers) -> None:
        """Everybody is offered the others as they come."""

    async def leave(self, caller) -> None:
        board, line, task, stack = self.seats.pop(caller)
        await board.leave(line)
        task.cancel()
        await caller.close()
        await asyncio.gather(task, return_exceptions=True)
        await stack.aclose()


class Janus(Server):
    """Debian's Janus as it comes, with its videoroom, driven over HTTP."""

    name = "janus"

    async def __aenter__(self):
        if not shutil.which("janus"):
            raise services.Missing("The media bench compares with Janus: apt-get install janus (Debian).")
        folder = Path(self.closing.enter_context(tempfile.TemporaryDirectory(prefix="naru-janus-")))
        port, plugins = free_port(), next(path for path in PLUGINS if Path(path).exists())
        (folder / "janus.jcfg").write_text(
            f'general: {{ configs_folder = "{folder}"\nplugins_folder = "{plugins}/plugins"\n'
            f'transports_folder = "{plugins}/transports"\ndebug_level = 2 }}\n'
        )
        (folder / "janus.transport.http.jcfg").write_text(f'general: {{ http = true\nport = {port}\nip = "127.0.0.1" }}\n')
        (folder / "janus.plugin.videoroom.jcfg").write_text("general: {}\n")
        log = self.closing.enter_context((folder / "log").open("w"))
        self.start(["janus", "-F", folder, "-C", folder / "janus.jcfg"], stdout=log, stderr=log)
        self.url, self.feeds, self.waiting = f"http://127.0.0.1:{port}/janus", {}, {}
        self.numbers, self.rooms, self.handles = itertools.count(1000), {}, {}
        await self._until_it_answers()
        self.session = (await self._post("", janus="create"))["data"]["id"]
        poll = asyncio.create_task(self._poll())
        self.closing.callback(poll.cancel)
        return self

    async def enter(self, room, caller, sends=True) -> None:
        handle = await self._attach()
        if room not in self.rooms:
            self.rooms[room] = next(self.numbers)
            await self._say(
                handle, request="create", room=self.rooms[room], publishers=32, bitrate=2_500_000, notify_joining=False
            )
        self.handles[caller] = [handle]
        if not sends:
            return
        joined = await self._ask(handle, request="join", ptype="publisher", room=self.rooms[room])
        self.feeds.setdefault(room, {})[caller] = joined["plugindata"]["data"]["id"]
        offer = {"type": "offer", "sdp": await caller.offer()}
        event = await self._ask(handle, jsep=offer, request="configure", audio=True, video=True)
        await caller.answered(event["jsep"]["sdp"])

    async def connect(self, room, callers) -> None:
        """Everybody gets whoever else sends."""
        for caller in callers:
            others = [feed for who, feed in self.feeds[room].items() if who is not caller]
            if not others:
                continue
            handle = await self._attach()
            self.handles[caller].append(handle)
            streams = [{"feed": feed} for feed in others]
            event = await self._ask(handle, request="join", ptype="subscriber", room=self.rooms[room], streams=streams)
            answer = {"type": "answer", "sdp": await caller.accept(event["jsep"]["sdp"], True)}
            await self._ask(handle, jsep=answer, request="start")

    async def leave(self, caller) -> None:
        for feeds in self.feeds.values():
            feeds.pop(caller, None)
        for handle in self.handles.pop(caller):
            await self._post(f"/{self.session}/{handle}", janus="detach")
        await caller.close()

    async def _attach(self) -> int:
        return (await self._post(f"/{self.session}", janus="attach", plugin="janus.plugin.videoroom"))["data"]["id"]

    async def _say(self, handle, jsep=None, **body):
        more = {"jsep": jsep} if jsep else {}
        return await self._post(f"/{self.session}/{handle}", janus="message", body=body, **more)

    async def _ask(self, handle, jsep=None, **body):
        """Say it, and wait for the event that answers it."""
        self.waiting[handle] = asyncio.get_running_loop().create_future()
        await self._say(handle, jsep, **body)
        return await asyncio.wait_for(self.waiting[handle], 10)

    async def _poll(self) -> None:
        while True:
            for event in await asyncio.to_thread(self._http, f"/{self.session}?maxev=10"):
                waiting = self.waiting.get(event.get("sender"))
                if event["janus"] == "event" and waiting and not waiting.done():
                    waiting.set_result(event)

    async def _post(self, path, **body):
        return await asyncio.to_thread(self._http, path, {**body, "transaction": uuid.uuid4().hex})

    def _http(self, path, body=None):
        data = json.dumps(body).encode() if body else None
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data), timeout=60) as answer:
            return json.load(answer)

    async def _until_it_answers(self) -> None:
        for _ in range(100):
            with contextlib.suppress(OSError):
                return await asyncio.to_thread(self._http, "/info")
            await asyncio.sleep(0.1)
        raise services.Missing("Janus did not start.")

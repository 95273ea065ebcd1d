"""A media process, real browsers, and weak links between them."""

import asyncio
import contextlib
import os
import random
import re
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

from playwright.async_api import async_playwright
from redis.asyncio import Redis

from tests import services
from tests.product import ROOT
from tests.weak_link import WeakLink, free_port
from video.media import leases
from video.media.protocol import Answer, Offer
from video.switchboard import Switchboard

from . import film

PAGE = (ROOT / "bench" / "media_page.js").read_text(encoding="utf-8")
WATCH_SECONDS, FIRST_WAIT = 0.5, 0.5  # as video/consumers.py and static/js/room.js do
ADDRESS = "http://localhost:9/bench"  # nothing listens there: the page is given by us, and counts as safe


class Person:
    """One browser window in a room, over a link of its own or directly; it comes back as the room page does."""

    def __init__(self, redis_url, room, name, page, link=None):
        self.redis_url, self.room, self.name, self.page, self.link = redis_url, room, name, page, link
        self.told = []
        self.tasks = []
        self.joined = 0  # how often
        self.sends = None  # picture, bitrate
        self.rejoining = None

    async def join(self):
        self.switchboard, self.session = Switchboard(self.redis_url), uuid.uuid4().hex
        self.closing = contextlib.AsyncExitStack()
        events = await self.closing.enter_async_context(self.switchboard.events(self.session))
        self.line = await self.switchboard.join(self.room, self.name, self.session)
        self.joined += 1
        self.tasks = [asyncio.create_task(self._listen(events)), asyncio.create_task(self._watch_worker())]

    async def publish(self, picture=True, bitrate=1_000_000):
        self.sends = picture, bitrate
        await self._offer(f"publish({str(picture).lower()}, {bitrate})")

    async def look(self):
        return await self.page.evaluate("look()")

    async def sees(self):
        """Waits for a picture on the line of now."""
        await self.page.evaluate("sees()")

    async def close(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.closing.aclose()
        await self.switchboard.close()

    async def _offer(self, how):
        await self.switchboard.offer(self.line, Offer(await self.page.evaluate(how)))

    async def _listen(self, events):
        async for event in events:
            self.told.append(event.kind)
            match event.kind:
                case "answer":
                    await self.page.evaluate("sdp => answered(sdp)", self._through_link(event.sdp))
                case "unseen" | "seen":
                    await self.page.evaluate(f"rest({str(event.kind == 'unseen').lower()})")
                case "offer":
                    sdp = [self._through_link(event.sdp), event.fresh]
                    answer = await self.page.evaluate("([sdp, fresh]) => accept(sdp, fresh)", sdp)
                    await self.switchboard.answer(self.line, Answer(event.number, answer))
                case "silent":
                    await self.switchboard.restart(self.line)
                    if self.sends and await self.page.evaluate("isStable()"):
                        await self._offer("restart()")
                case "rejoin":
                    self._come_back()

    async def _watch_worker(self):
        while await self.switchboard.is_alive(self.line):
            await asyncio.sleep(WATCH_SECONDS)
        self._come_back()

    def _come_back(self):
        """Once, whoever says it first."""
        if self.rejoining is None or self.rejoining.done():
            self.rejoining = asyncio.create_task(self._rejoin())

    async def _rejoin(self):
        await self.page.evaluate("hangUp()")
        await self.close()
        await asyncio.sleep(random.uniform(FIRST_WAIT / 2, FIRST_WAIT))
        await self.join()
        if self.sends:
            await self.publish(*self.sends)

    def _through_link(self, sdp):
        """The server is reached by the link: another port of the same machine."""
        return re.sub(r"(a=candidate:\S+ 1 udp \d+ \S+ )\d+", rf"\g<1>{self.link.port}", sdp) if self.link else sdp


class Rig:
    """Redis, one media process and a browser program."""

    def __init__(self, module="manage.py", env=None):
        self.command = [sys.executable, *module.split(), "runmedia"] if module == "manage.py" else [sys.executable, module]
        self.env = env or {}
        self.room = str(uuid.uuid4())
        self.people = []
        self.links = []
        self.processes = []

    async def __aenter__(self):
        self.closing = contextlib.AsyncExitStack()
        self.redis_url = self.closing.enter_context(services.redis())
        self.closing.callback(lambda: [stop(process) for process in self.processes])
        await self.worker()
        playwright = await self.closing.enter_async_context(async_playwright())
        folder = Path(self.closing.enter_context(tempfile.TemporaryDirectory(prefix="naru-film-")))
        shown = [
            f"--use-file-for-fake-video-capture={film.film(folder / 'film.y4m')}",
            f"--use-file-for-fake-audio-capture={film.voice(folder / 'voice.wav')}",
        ]
        self.browser = await playwright.chromium.launch(
            executable_path=services.browser(), args=[*services.BROWSER_FLAGS, *shown]
        )
        self.closing.push_async_callback(self.browser.close)
        return self

    async def __aexit__(self, *why):
        for person in self.people:
            await person.close()
        for link in self.links:
            link.close()
        await self.closing.aclose()

    async def worker(self):
        """One more media process, once it says that it lives."""
        async with Redis.from_url(self.redis_url) as redis:
            before = {key async for key in redis.scan_iter(leases.heartbeat_key("*"))}
            port = free_port()
            env = {"REDIS_URL": self.redis_url, "MEDIA_ADDRESSES": "127.0.0.1", "MEDIA_PORTS": str(port), **self.env}
            process = subprocess.Popen(self.command, cwd=ROOT, env={**os.environ, **env}, stdin=subprocess.DEVNULL)
            self.processes.append(process)
            self.media_port = port
            while not {key async for key in redis.scan_iter(leases.heartbeat_key("*"))} - before:
                await asyncio.sleep(0.1)
        return process

    def link(self):
        link = WeakLink(self.media_port)
        self.links.append(link)
        return link

    async def person(self, name, link=None, joins=True):
        context = await self.browser.new_context(permissions=["camera", "microphone"])
        page = await context.new_page()
        await page.route(
            "**/bench", lambda route: route.fulfill(body="<!doctype html><title>bench</title>", content_type="text/html")
        )
        await page.goto(ADDRESS)
        await page.evaluate(PAGE)
        person = Person(self.redis_url, self.room, name, page, link)
        if joins:
            self.people.append(person)
            await person.join()
        return person


def stop(process):
    process.kill()
    process.wait()

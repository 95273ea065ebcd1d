"""A media process, real browsers, and weak links between them."""

import asyncio
import contextlib
import os
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
ADDRESS = "http://localhost:9/bench"  # nothing listens there: the page is given by us, and counts as safe


class Person:
    """One browser window in a room, over a link of its own or directly."""

    def __init__(self, redis_url, room, name, page, link=None):
        self.redis_url, self.room, self.name, self.page, self.link = redis_url, room, name, page, link
        self.told = []
        self.tasks = []

    async def join(self):
        self.switchboard, self.session = Switchboard(self.redis_url), uuid.uuid4().hex
        self.closing = contextlib.AsyncExitStack()
        events = await self.closing.enter_async_context(self.switchboard.events(self.session))
        self.line = await self.switchboard.join(self.room, self.name, self.session)
        self.tasks.append(asyncio.create_task(self._listen(events)))

    async def publish(self, picture=True, bitrate=1_000_000):
        await self.switchboard.offer(self.line, Offer(await self.page.evaluate(f"publish({str(picture).lower()}, {bitrate})")))

    async def look(self):
        return await self.page.evaluate("look()")

    async def close(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.closing.aclose()
        await self.switchboard.close()

    async def _listen(self, events):
        async for event in events:
            self.told.append(event.kind)
            if event.kind == "answer":
                await self.page.evaluate("sdp => answered(sdp)", self._through_link(event.sdp))
            if event.kind in ("unseen", "seen"):
                await self.page.evaluate(f"rest({str(event.kind == 'unseen').lower()})")
            if event.kind == "offer":
                sdp = await self.page.evaluate(
                    "([sdp, fresh]) => accept(sdp, fresh)", [self._through_link(event.sdp), event.fresh]
                )
                await self.switchboard.answer(self.line, Answer(event.number, sdp))

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

    async def __aenter__(self):
        self.closing = contextlib.AsyncExitStack()
        self.redis_url = self.closing.enter_context(services.redis())
        port = free_port()
        env = {**os.environ, "REDIS_URL": self.redis_url, "MEDIA_ADDRESSES": "127.0.0.1", "MEDIA_PORTS": str(port), **self.env}
        self.media_port = port
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
        self.closing.callback(self._stop)
        async with Redis.from_url(self.redis_url) as redis:
            while not [key async for key in redis.scan_iter(leases.heartbeat_key("*"))]:
                await asyncio.sleep(0.1)
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

    def _stop(self):
        self.process.kill()
        self.process.wait()

    def link(self):
        link = WeakLink(self.media_port)
        self.links.append(link)
        return link

    async def person(self, name, link=None):
        context = await self.browser.new_context(permissions=["camera", "microphone"])
        page = await context.new_page()
        await page.route(
            "**/bench", lambda route: route.fulfill(body="<!doctype html><title>bench</title>", content_type="text/html")
        )
        await page.goto(ADDRESS)
        await page.evaluate(PAGE)
        person = Person(self.redis_url, self.room, name, page, link)
        self.people.append(person)
        await person.join()
        return person

    def cpu(self):
        """Seconds of processor time that the media process has used."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

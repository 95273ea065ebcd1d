"""Claim: a change of level is seen on 200 open doctors' pages within 500 ms (p99); and what an open page costs.

`python -m bench.watchers [PAGES]` starts a product on a PostgreSQL of its own, opens that many pages of as many doctors (their
sockets, and what a page asks by itself), changes levels, and adds the figures to bench/results-queue.json.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import websockets

from telehealth.embedded import redis_url, secret_in
from tests import services
from tests.product import ROOT, running

from .house import Visitor, percentiles

RESULTS = ROOT / "bench" / "results-queue.json"
CHANGES, BETWEEN_SECONDS = 12, 4.0
IDLE_SECONDS = 30
ASKS = {"/desk/duty/": 15, "/desk/queue/now/": 30}  # seconds between the questions of a page to which nothing happens

PEOPLE = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.models import Clinic, Practitioner, User
clinics, keys = Clinic.objects.all(), []
Store = import_module(settings.SESSION_ENGINE).SessionStore
for number in range(PAGES):
    user = User.objects.create(email=f"watcher{number}@naru.example", role="doctor")
    Practitioner.objects.create(user=user, name=f"W{number}").clinics.set(clinics)
    session = Store()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.save()
    keys.append(session.session_key)
print("RESULT" + json.dumps(keys))
"""


class Page:
    """A doctor's open page: it hears a hint, asks for the list by its line, and knows when each came."""

    def __init__(self, product, key):
        self.product, self.cookie = product, f"sessionid={key}; csrftoken={'x' * 32}"
        self.heard, self.read = [], []

    async def open(self):
        address = self.product.url.replace("http", "ws") + "/ws/list/"
        headers = {"Cookie": self.cookie}
        self.socket = await websockets.connect(address, additional_headers=headers, origin=self.product.url, compression=None)
        self.task = asyncio.create_task(self.live())

    async def live(self):
        async for said in self.socket:
            if said.startswith('{"list"'):
                self.read.append(time.perf_counter())
            else:
                self.heard.append(time.perf_counter())
                await self.socket.send("list")

    async def get(self, path):
        """As cheap as can be: it is the server that is measured."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.product.port)
        head = f"GET {path} HTTP/1.1\r\nHost: localhost:{self.product.port}\r\nCookie: {self.cookie}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        answer = await reader.read()
        writer.close()
        assert answer.startswith(b"HTTP/1.1 200"), answer[:200]

    async def close(self):
        self.task.cancel()
        await self.socket.close()


class Web:
    """The process of the pages."""

    def __init__(self, product):
        self.pid = product.pid("web")

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """MB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


def sessions(product, settings, pages):
    ours = {"NARU_STATE": str(product.state), "SECRET_KEY": secret_in(product.state / "secret-key")}
    environment = {**os.environ, **settings, **ours, "REDIS_URL": redis_url(product.state)}
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", PEOPLE.replace("PAGES", str(pages))]
    out = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return json.loads(out.stdout.split("RESULT")[1])


async def measure(product, keys) -> dict:
    web, who = Web(product), Visitor(product.url).become("김서연")
    line, _size = who.get("/desk/queue/now/")
    visit = line.split('data-visit="')[1][:36]
    pages = [Page(product, key) for key in keys]
    for page in pages:
        await page.get("/desk/queue/now/")
    before = web.memory()
    for page in pages:
        await page.open()
    await asyncio.sleep(2)
    memory = web.memory() - before
    heard, read, cpu = [], [], 0.0
    for number in range(CHANGES):
        for page in pages:
            page.heard, page.read = [], []
        spent, began = web.cpu(), time.perf_counter()
        await asyncio.to_thread(who.post, f"/visit/{visit}/level/", level=2 + number % 2, reason="bench")
        await asyncio.sleep(BETWEEN_SECONDS)
        heard += [page.heard[0] - began for page in pages if page.heard]
        read += [page.read[0] - began for page in pages if page.read]
        cpu += web.cpu() - spent
    idle = await idle_cpu(web, pages)
    for page in pages:
        await page.close()
    expected = CHANGES * len(pages)
    return {
        "pages": len(pages),
        "changes": CHANGES,
        "heard of expected": f"{len(heard)} of {expected}",
        "heard": percentiles(heard),
        "list is there": percentiles(read),
        "ms of processor time for each page and change": round(1000 * cpu / expected, 2),
        "kB of memory for each open page": round(1024 * memory / len(pages), 1),
        "share of a core for each page to which nothing happens": round(idle / len(pages), 5),
    }


async def idle_cpu(web, pages) -> float:
    """Share of a core while every page asks by itself, spread over time."""

    async def ask(page, number, path, every):
        await asyncio.sleep(every * number / len(pages))
        while True:
            await page.get(path)
            await asyncio.sleep(every)

    asking = [asyncio.create_task(ask(page, number, *one)) for number, page in enumerate(pages) for one in ASKS.items()]
    await asyncio.sleep(max(ASKS.values()))
    spent = web.cpu()
    await asyncio.sleep(IDLE_SECONDS)
    used = (web.cpu() - spent) / IDLE_SECONDS
    for task in asking:
        task.cancel()
    return used


def main(pages: int) -> None:
    with services.postgres() as url, tempfile.TemporaryDirectory(prefix="naru-bench-") as folder:
        settings = {"DATABASE_URL": url}
        with running(Path(folder) / "state", **settings) as product:
            found = asyncio.run(measure(product, sessions(product, settings, pages)))
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    results[f"{pages} open pages"] = found
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 200)

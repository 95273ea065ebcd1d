"""Claim: a story that is sent shows its level on an open doctor's page within 300 ms (p99), at ten stories a second."""

import asyncio
import contextlib
import json
import re
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import websockets

from .house import Visitor, percentiles, tokens_and_patients

PER_SECOND = 10
READER = ThreadPoolExecutor(1)  # the doctor's page does not wait for those who send
SENDERS = ThreadPoolExecutor(20)
STORIES = 100
WORDS = [
    "I have had a runny nose for two days",
    "가슴이 조이고 식은땀이 나요",
    "어제부터 배가 아프고 설사를 해요",
    "my ankle hurts",
]


def measure(product, settings) -> dict:
    token, clinic, patients = tokens_and_patients(product, settings, STORIES)
    return asyncio.run(_measure(product, token, clinic, patients[:STORIES]))


async def _measure(product, token, clinic, patients):
    doctor = await asyncio.to_thread(Visitor(product.url).become, "김서연")
    await asyncio.to_thread(doctor.get, "/desk/queue/")
    sent, seen = {}, {}
    watcher = asyncio.create_task(_watch(product, doctor, sent, seen))
    await asyncio.sleep(1)
    posts = []
    for number, patient in enumerate(patients):
        words = WORDS[number % len(WORDS)]
        posts.append(asyncio.get_running_loop().run_in_executor(SENDERS, _send, product, token, clinic, patient, words, sent))
        await asyncio.sleep(1 / PER_SECOND)
    await asyncio.gather(*posts)
    deadline = time.perf_counter() + 30
    while set(sent) - set(seen) and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)
    watcher.cancel()
    page, _size = await asyncio.to_thread(doctor.get, "/desk/queue/now/")
    unhinted = len(set(sent) & _judged(page) - set(seen))  # judged, but the open page was not told within 30 s
    waits = [max(0.0, seen[visit] - sent[visit]) for visit in seen if visit in sent]
    return {"sent": len(sent), "seen": len(waits), "unhinted": unhinted, "per_second": PER_SECOND, **percentiles(waits)}


def _send(product, token, clinic, patient, words, sent):
    body = {
        "patient": patient,
        "clinic": clinic,
        "language": "ko",
        "words": words,
        "consents": ["video-visit", "health-data", "ai-advice"],
    }
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{product.url}/api/v1/intakes/", json.dumps(body).encode(), headers)
    started = time.perf_counter()
    with urllib.request.urlopen(request, timeout=30) as answer:
        sent[json.load(answer)["visit"]] = started


async def _watch(product, doctor, sent, seen):
    """The doctor's open page: a hint comes, the fragment is read again; hints that come meanwhile count as one."""
    address = product.url.replace("http", "ws") + "/ws/queue/"
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in doctor.jar)
    async with websockets.connect(address, additional_headers={"Cookie": cookies}, origin=product.url) as socket:
        while True:
            await socket.recv()
            with contextlib.suppress(TimeoutError):
                while True:
                    await asyncio.wait_for(socket.recv(), 0.001)
            page, _size = await asyncio.get_running_loop().run_in_executor(READER, doctor.get, "/desk/queue/now/")
            now = time.perf_counter()
            for visit in _judged(page):
                seen.setdefault(visit, now)


def _judged(page):
    """The visits of a queue page whose level somebody has judged."""
    rows = page.split("data-visit=")[1:]
    return {re.match(r'"([0-9a-f-]{36})"', row).group(1) for row in rows if "naru-acuity--open" not in row}

"""The recorder of a room, with real workers and lines: what is written, and above all what is not."""

import asyncio
import contextlib
import io
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from types import SimpleNamespace

import av
import pytest
from redis.asyncio import Redis

from video.media import leases
from video.media.forwarder import Forwarder
from video.media.recorder import DONE, Deck, Recorder
from video.media.vault import Opened, keys, measure
from video.media.webm import Webm
from video.media.worker import Worker

from .browser import Browser, until

pytestmark = [pytest.mark.asyncio, pytest.mark.once]
ROOT = Path(__file__).resolve().parent.parent.parent
URL = os.environ["REDIS_URL"]
SECRET = "a secret of the clinic"


@contextlib.asynccontextmanager
async def working(folder, secret=SECRET):
    worker = Worker(URL, Forwarder(["127.0.0.1"], range(0, 1)), Recorder(folder, secret))
    task = asyncio.create_task(worker.run())
    async with Redis.from_url(URL) as redis:
        await until(lambda: redis.exists(leases.heartbeat_key(worker.id)))
    try:
        yield worker
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def two():
    """Two people who see and hear each other."""
    name, first, second = (str(uuid.uuid4()) for _ in range(3))
    async with Browser(URL, name, first) as a, Browser(URL, name, second) as b:
        await a.publish()
        await b.publish()
        await a.gets(second)
        await b.gets(first)
        yield a, b


class Wish:
    """What the web process wishes, each time newer than before."""

    def __init__(self, *agreed):
        self.name, self.agreed, self.revision = str(uuid.uuid4()), [browser.person for browser in agreed], 0

    async def say(self, browser, on=True, *, revision=None):
        self.revision += 1
        wish = {"recording": self.name if on else "", "revision": revision or self.revision, "people": self.agreed}
        await browser.switchboard.record(browser.line, wish)


def files(folder):
    return sorted(path for path in folder.rglob("*.enc"))


def decoded(data):
    """Frames of picture and of sound, and the length in seconds."""
    with av.open(io.BytesIO(data)) as file:
        found = {stream.type: 0 for stream in file.streams}
        for frame in file.decode(*file.streams):
            found["video" if isinstance(frame, av.VideoFrame) else "audio"] += 1
        return found, (file.duration or 0) / 1_000_000


def played(path):
    return decoded(b"".join(Opened(path, keys(SECRET)).read()))


async def grown(folder, least=30_000):
    """Wait until something of everybody is on the disk."""
    await until(lambda: sum(path.stat().st_size > least for path in files(folder)) == 2, 20, "it is written")


async def test_everybody_who_agreed_is_recorded_in_a_file_that_plays_and_can_be_sought(tmp_path):
    async with working(tmp_path), two() as (a, b):
        wish = Wish(a, b)
        await wish.say(a)
        await wish.say(b, revision=wish.revision)  # said by everybody, done once
        await until(lambda: "recording" in a.told and "recording" in b.told, what="everybody is told")
        await grown(tmp_path)
        await wish.say(b, False)
        await until(lambda: "stored" in a.told, what="it is finished")
        told = json.loads((tmp_path / wish.name / DONE).read_text())
        assert {part["name"].split(".")[0] for part in told} == {a.person, b.person}
        for part in told:
            path = tmp_path / wish.name / part["name"]
            assert (part["bytes"], part["sha256"]) == measure(path)
            found, seconds = played(path)
            assert found["video"] > 20
            assert abs(found["audio"] * 0.02 - seconds) < 0.3
            assert abs(seconds * 1000 - part["duration_ms"]) < 2
        await a.gets(b.person)  # and the visit goes on


async def test_without_the_consent_of_one_nothing_is_written(tmp_path):
    async with working(tmp_path) as worker, two() as (a, b):
        wish = Wish(a)
        await wish.say(a)
        await a.gets(b.person)
        assert worker.rooms[a.room].deck._tape is None
        assert "recording" not in a.told
        assert list(tmp_path.iterdir()) == []


async def test_a_newcomer_who_did_not_agree_stops_it_at_once(tmp_path):
    async with working(tmp_path) as worker, two() as (a, b):
        wish = Wish(a, b)
        await wish.say(a)
        await grown(tmp_path, 20_000)
        async with Browser(URL, a.room, str(uuid.uuid4())) as c:
            await until(lambda: c.person in worker.rooms[a.room].people)
            assert worker.rooms[a.room].deck._tape is None
            await until(lambda: "stored" in a.told)
            before = [path.stat().st_size for path in files(tmp_path)]
            await c.publish()
            await a.gets(c.person)
            assert [path.stat().st_size for path in files(tmp_path)] == before
            wish.agreed.append(c.person)
            wish.name = str(uuid.uuid4())
            await wish.say(c)  # now everybody agreed: another recording
            await until(lambda: len(files(tmp_path / wish.name)) == 3, 20, "all three are recorded")


async def test_an_older_wish_that_comes_late_is_not_obeyed(tmp_path):
    async with working(tmp_path) as worker, two() as (a, b):
        wish = Wish(a, b)
        await wish.say(a, False, revision=5)
        await wish.say(b, revision=4)
        await a.gets(b.person)
        assert worker.rooms[a.room].deck._tape is None
        assert list(tmp_path.iterdir()) == []


async def test_a_reload_begins_another_file_of_the_same_recording(tmp_path):
    async with working(tmp_path), two() as (a, b):
        wish = Wish(a, b)
        await wish.say(a)
        await grown(tmp_path, 20_000)
        await b.sending.close()
        await b.publish()
        await until(lambda: len(files(tmp_path)) == 3, 20, "the new line is recorded too")
        await wish.say(a, False)
        await until(lambda: "stored" in a.told)
        assert len(json.loads((tmp_path / wish.name / DONE).read_text())) == 3


async def test_when_everybody_left_it_ends(tmp_path):
    async with working(tmp_path):
        async with two() as (a, b):
            wish = Wish(a, b)
            await wish.say(a)
            await grown(tmp_path, 20_000)
            await a.switchboard.leave(a.line)
            await b.switchboard.leave(b.line)
        await until(lambda: (tmp_path / wish.name / DONE).exists(), what="it is finished without anybody")


async def test_where_nothing_can_be_written_everybody_is_told_and_the_visit_goes_on(tmp_path):
    (tmp_path / "file").write_text("no folder")
    async with working(tmp_path / "file"), two() as (a, b):
        await Wish(a, b).say(a)
        await until(lambda: "recording" in b.told)
        await a.gets(b.person)
        assert "stored" not in a.told


async def test_a_disk_that_is_full_ends_the_recording_and_not_the_visit(tmp_path):
    async with working(tmp_path) as worker, two() as (a, b):
        wish = Wish(a, b)
        await wish.say(a)
        await grown(tmp_path, 20_000)
        for file in worker.rooms[a.room].deck._tape._files.values():
            full = os.open("/dev/full", os.O_WRONLY)
            os.dup2(full, file._vault._file)
            os.close(full)
        await until(lambda: a.told.count("recording") == 2, what="everybody is told")
        await a.gets(b.person)
        assert worker.rooms[a.room].deck._tape is None
        assert not (tmp_path / wish.name / DONE).exists()


async def test_without_a_key_nothing_is_recorded(tmp_path):
    async with working(tmp_path, ""), two() as (a, b):
        await Wish(a, b).say(a)
        await until(lambda: "recording" in a.told)
        assert list(tmp_path.iterdir()) == []


async def test_when_nobody_can_be_heard_it_stops(tmp_path):
    async with working(tmp_path) as worker, two() as (a, b):
        wish = Wish(a, b)
        await wish.say(a)
        await grown(tmp_path, 20_000)
        worker.rooms[a.room].deck.unheard()  # as when Redis is away
        assert worker.rooms[a.room].deck._tape is None
        await until(lambda: (tmp_path / wish.name / DONE).exists())
        await wish.say(a, revision=wish.revision)  # they joined again and say the same
        await until(lambda: len(files(tmp_path)) == 4, 20, "it goes on")
        await wish.say(a, False)
        await until(lambda: a.told.count("stored") == 2)
        assert len(json.loads((tmp_path / wish.name / DONE).read_text())) == 4


async def test_whose_web_process_died_cannot_take_their_consent_back_so_it_stops(tmp_path):
    async with working(tmp_path) as worker, two() as (a, b):
        await Wish(a, b).say(a)
        await grown(tmp_path, 20_000)
        b.tasks[0].cancel()
        await b.closing.aclose()  # nobody listens for them any more
        await until(lambda: worker.rooms[a.room].deck._tape is None, 5, "it stops")
        assert b.person in worker.rooms[a.room].people  # though picture and sound go on
        async with Browser(URL, a.room, b.person):
            await until(lambda: worker.rooms[a.room].deck._tape, what="they are back, and it goes on")


async def test_an_engine_whose_packets_cannot_be_had_says_so(tmp_path):
    told = []
    deck = Deck(Recorder(tmp_path, SECRET), 1, told.append)
    elsewhere = SimpleNamespace(sources=[SimpleNamespace(kind="audio")], silent_rounds=0)
    deck.obey({"recording": "r", "revision": 1, "people": ["a"]}, {"a": elsewhere})
    assert [event.problem for event in told] == ["engine"]
    assert list(tmp_path.iterdir()) == []


async def test_a_killed_worker_leaves_files_that_play_and_can_be_finished(tmp_path):
    async with Redis.from_url(URL) as redis:
        await until(lambda: _nobody(redis))
        env = {**os.environ, "MEDIA_ADDRESSES": "127.0.0.1", "RECORDINGS_ROOT": str(tmp_path), "RECORDING_KEY": SECRET}
        started = subprocess.Popen([sys.executable, "manage.py", "runmedia"], cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
        try:
            await until(lambda: _somebody(redis), 20, "the worker starts")
            async with two() as (a, b):
                wish = Wish(a, b)
                await wish.say(a)
                await grown(tmp_path)
                started.kill()
                started.wait()
        finally:
            started.kill()
            started.wait()
    assert not (tmp_path / wish.name / DONE).exists()
    for path in files(tmp_path):
        cut = b"".join(Opened(path, keys(SECRET)).whole())
        assert decoded(cut)[0]["video"] > 5
        webm, end = Webm.of([cut])
        rest = webm.finish()
        found, seconds = decoded(webm.header() + cut[1024:end] + rest)
        assert found["video"] > 5
        assert seconds > 0.5


async def _somebody(redis):
    return [key async for key in redis.scan_iter(leases.heartbeat_key("*"))]


async def _nobody(redis):
    return not await _somebody(redis)

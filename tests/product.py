"""The whole product, started as `make run` starts it, with data of its own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from telehealth import embedded
from video.media.port import own_addresses

from . import services

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 90
BACK_SECONDS = 45
STOP_SECONDS = 12
EVERYWHERE = ",".join(dict.fromkeys(["127.0.0.1", *own_addresses()]))  # Chromium is told to use loopback; Firefox never does
INHERITED = ("REDIS_URL", "DATABASE_URL", "SECRET_KEY", "NARU_STATE", "NARU_PORT", "NARU_DEMO", "STATIC_ROOT")


class Product:
    """A running Naru, and hands to disturb it."""

    def __init__(self, state: Path, *arguments: str, port: int = 0, **env: str) -> None:
        self.state, self.port = state, port or embedded.free_port()
        self.url = f"http://localhost:{self.port}"
        self.said = state.with_name(f"{state.name}-said.txt")
        kept = {name: value for name, value in os.environ.items() if name not in INHERITED}
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run", "--state", str(state), "--port", str(self.port), *arguments],
                cwd=ROOT,
                env={**kept, "MEDIA_ADDRESSES": EVERYWHERE, **env},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's "&" would have it ignored
            )

    def wait_until_ready(self) -> "Product":
        """The supervisor says so once every part has answered."""
        self._until(lambda: self._ready(), START_SECONDS, "does not start")
        return self

    def pid(self, name: str) -> int | None:
        """The process id of a child: redis, web, worker, beat, media; or of the supervisor."""
        with contextlib.suppress(FileNotFoundError):
            return json.loads((self.state / "run.json").read_text()).get(name)

    def pids(self) -> dict[str, int]:
        return json.loads((self.state / "run.json").read_text())

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> int:
        """Kill a child; returns the process id it had."""
        pid = self.pid(name)
        os.kill(pid, how)
        return pid

    def wait_until_back(self, name: str, was: int) -> int:
        """Wait for the child's successor; returns its process id."""
        self._until(lambda: self.pid(name) not in (None, was), BACK_SECONDS, f"has no new {name}")
        if name == "web":
            self._until(self.answers, BACK_SECONDS, "answers no page")
        return self.pid(name)

    @contextlib.contextmanager
    def without(self, name: str):
        """Nobody does this work for a while: the child is there, but stands still."""
        pid = self.kill(name, signal.SIGSTOP)
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):  # it may have been killed while it stood still
                os.kill(pid, signal.SIGCONT)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=3) as page:
                return page.status == 200
        except OSError:
            return False

    def log(self, name: str) -> str:
        return (self.state / "logs" / f"{name}.log").read_text(errors="replace")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask the supervisor to stop; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(STOP_SECONDS)

    def _ready(self):
        path = self.state / "ready"
        return path.exists() and path.read_text().strip() == str(self.process.pid)

    def _until(self, happened, seconds, complaint):
        give_up_at = time.monotonic() + seconds
        while not happened():
            if self.process.poll() is not None or time.monotonic() > give_up_at:
                raise AssertionError(f"Naru {complaint}. It said:\n{self.said.read_text()[-4000:]}")
            time.sleep(0.05)


@contextlib.contextmanager
def running(state: Path, *arguments: str, **options):
    """A product for the length of a block."""
    product = Product(state, *arguments, **options)
    try:
        yield product.wait_until_ready()
    finally:
        product.stop()


@pytest.fixture(scope="session")
def product():
    """One demo morning for all tests that need the whole product."""
    with tempfile.TemporaryDirectory(prefix="naru-product-") as folder:
        env = {}
        if url := os.environ.get("DATABASE_URL"):
            env["DATABASE_URL"] = services.fresh_database(url, "naru_product")
        with running(Path(folder) / "state", **env) as started:
            yield started

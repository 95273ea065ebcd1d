"""One child process: started, logged, restarted when it dies, stopped with all of its own children."""

import asyncio
import contextlib
import ctypes
import logging
import logging.handlers
import os
import re
import signal
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path

BACK_OFF_SECONDS = (1, 2, 4, 8, 16, 30)
LONG_LIFE_SECONDS = 60  # a child that lived that long starts again with the shortest pause
LINE_LIMIT = 1_000_000
LOG_BYTES = 5_000_000
SERIOUS = re.compile(r"\b(ERROR|CRITICAL)\b")

_prctl = getattr(ctypes.CDLL(None), "prctl", None) if sys.platform == "linux" else None
PR_SET_PDEATHSIG = 1


class Child:
    """A program that must run as long as Naru does."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        is_ready: Callable[["Child"], Awaitable[bool]],
        env: dict[str, str],
        cwd: Path,
        log: Path,
        say: Callable[[str], None],
        moved: Callable[[], None] = lambda: None,
    ) -> None:
        self.name, self.command, self.env, self.cwd, self.log = name, command, env, cwd, log
        self.is_ready, self.say, self.moved = is_ready, say, moved
        self.deaths = 0
        self.last_lines: deque[str] = deque(maxlen=40)
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False
        self._journal = _journal(name, log)

    @property
    def pid(self) -> int | None:
        running = self._process and self._process.returncode is None
        return self._process.pid if running else None

    async def keep(self) -> None:
        """Run the program, and run it again when it dies, until told to stop."""
        in_a_row = 0
        while not self._stopping:
            started_at = time.monotonic()
            code = await self._live()
            if self._stopping:
                return
            self.deaths += 1
            in_a_row = 0 if time.monotonic() - started_at > LONG_LIFE_SECONDS else in_a_row
            pause = BACK_OFF_SECONDS[min(in_a_row, len(BACK_OFF_SECONDS) - 1)]
            in_a_row += 1
            self.say(f"{self.name} stopped ({_why(code)}); it starts again in {pause} s. Its log: {self.log}")
            await asyncio.sleep(pause)

    async def stop(self, seconds: float) -> None:
        """Ask the child to finish; after some seconds end it. Nothing of its process group stays."""
        self._stopping = True
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(process.wait(), seconds)
        self._end_group(process.pid)
        await process.wait()

    async def _live(self) -> int:
        self.last_lines.clear()
        self._process = process = await asyncio.create_subprocess_exec(
            *self.command,
            env=self.env,
            cwd=self.cwd,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LINE_LIMIT,
            start_new_session=True,
            preexec_fn=die_with(os.getpid()),
        )
        if self._stopping:
            self._end_group(process.pid)
        self.moved()
        listening = asyncio.create_task(self._listen(process.stdout))
        code = await process.wait()
        self._end_group(process.pid)
        await listening
        return code

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        """Write down what the child says, and repeat what is serious."""
        while line := await _line(stream):
            text = line.decode(errors="replace").rstrip()
            self.last_lines.append(text)
            self._journal.info("%s", text)
            if SERIOUS.search(text):
                self.say(f"{self.name}: {text}")

    @staticmethod
    def _end_group(group: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


async def _line(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:  # longer than any line we would want to read
        return b"(a line too long to keep)"


def die_with(parent: int) -> Callable[[], None]:
    """Even if this process is killed outright, its children must not stay behind (Linux)."""

    def in_the_child() -> None:
        if _prctl is not None:
            _prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return in_the_child


def _why(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _journal(name: str, path: Path) -> logging.Logger:
    """A log file that never grows without end."""
    journal = logging.getLogger(f"naru.child.{name}")
    journal.propagate = False
    journal.setLevel(logging.INFO)
    journal.handlers = [logging.handlers.RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=2)]
    return journal

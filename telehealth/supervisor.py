"""Start everything Naru consists of, wait until each part answers, keep it running, and stop it together."""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from . import embedded
from .children import Child, die_with

READY_SECONDS = 60
DEATHS_AT_START = 3
STOP_SECONDS = 4  # for everybody at once; Redis, which they all need, has its own two seconds after them
REDIS_STOP_SECONDS = 2


class CannotStart(Exception):
    """Naru cannot start; the text says what to do next."""


class Supervisor:
    """Keeps a handful of children alive."""

    def __init__(self, state: Path, env: dict[str, str], cwd: Path, say: Callable[[str], None]) -> None:
        self.state, self.env, self.cwd, self.say = state, env, cwd, say
        self.children: dict[str, Child] = {}
        self._keeping: list[asyncio.Task] = []
        self._stop = asyncio.Event()
        self.logs = embedded.private_directory(state / "logs")

    def start(self, name: str, command: list[str], is_ready: Callable[[Child], Awaitable[bool]]) -> Child:
        """Start a child and keep it running from now on."""
        child = Child(
            name,
            command,
            is_ready=is_ready,
            env=self.env,
            cwd=self.cwd,
            log=self.logs / f"{name}.log",
            say=self.say,
            moved=self._write_pids,
        )
        self.children[name] = child
        self._keeping.append(asyncio.create_task(child.keep(), name=name))
        return child

    async def until_ready(self, *children: Child) -> None:
        await asyncio.gather(*(self._until_ready(child) for child in children))

    async def run_once(self, name: str, command: list[str]) -> None:
        """Run a program to its end; its failure is ours."""
        self._end_if_asked()
        log = self.logs / f"{name}.log"
        with log.open("ab") as file:
            process = await asyncio.create_subprocess_exec(
                *command,
                env=self.env,
                cwd=self.cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
                preexec_fn=die_with(os.getpid()),
            )
        try:
            code = await process.wait()
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        if code:
            raise CannotStart(f"`{name}` failed:\n{_tail(log)}\nThe whole log: {log}")

    def stop_on_signals(self, task: asyncio.Task) -> None:
        """Ctrl-C and SIGTERM end the start, or the running."""

        def stop() -> None:
            first = not self._stop.is_set()
            self._stop.set()
            if first and not self.is_up:
                task.cancel()

        self.is_up = False
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(name) != signal.SIG_IGN:  # nohup wants us to stay
                asyncio.get_running_loop().add_signal_handler(name, stop)

    def _end_if_asked(self) -> None:
        """A cancellation can be lost inside a library that waits; the wish to stop is not."""
        if self._stop.is_set():
            raise asyncio.CancelledError

    async def run(self) -> None:
        """Stay until somebody says stop."""
        self.is_up = True
        (self.state / "ready").write_text(f"{os.getpid()}\n")
        await self._stop.wait()

    async def stop(self) -> None:
        """Stop everybody, Redis last."""
        (self.state / "ready").unlink(missing_ok=True)
        others = [child for child in self.children.values() if child.name != "redis"]
        await asyncio.gather(*(child.stop(STOP_SECONDS) for child in others))
        if "redis" in self.children:
            await self.children["redis"].stop(REDIS_STOP_SECONDS)
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        (self.state / "run.json").unlink(missing_ok=True)

    async def _until_ready(self, child: Child) -> None:
        give_up_at = time.monotonic() + READY_SECONDS
        while not (child.pid and await child.is_ready(child)):
            self._end_if_asked()
            if child.deaths >= DEATHS_AT_START or time.monotonic() > give_up_at:
                tail = "\n".join(list(child.last_lines)[-8:]) or _tail(child.log)
                raise CannotStart(f"{child.name} does not start. It said:\n{tail}\nThe whole log: {child.log}")
            await asyncio.sleep(0.1)

    def _write_pids(self) -> None:
        pids = {name: child.pid for name, child in self.children.items() if child.pid}
        embedded.write_private(self.state / "run.json", json.dumps({"supervisor": os.getpid(), **pids}))


@contextlib.contextmanager
def alone_in(state: Path):
    """One Naru per state directory; the lock ends with the process, however it ends."""
    with (state / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise CannotStart(
                f"Naru runs already with the data in {state} (process {lock.read().strip() or '?'}). "
                "Stop it first, or give this one its own data: --state DIRECTORY --port PORT."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _tail(log: Path, lines: int = 8) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])

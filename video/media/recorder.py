"""The recorder of a room. It gets what people send like anybody else, and writes it as it comes: nothing is decoded.

One file for each line of each person, since a browser plays only the first picture and the first sound of a file. A line that is
made anew (a reload, another device, another worker) begins another file.
"""

import asyncio
import contextlib
import itertools
import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from .engine import Source
from .incoming import Incoming
from .protocol import Event
from .tape import Part
from .vault import Sealed, Vault
from .webm import Webm

log = logging.getLogger(__name__)
TICK_SECONDS = 0.25
UNHEARD_ROUNDS = 2
DISK_SECONDS = 10.0
DONE = "done.json"  # stands beside the files once all of them are finished
ENDING = ".webm.enc"


class Seated(Protocol):
    """Somebody in the room."""

    silent_rounds: int  # heartbeats in a row in which nobody listened for them

    @property
    def sources(self) -> list[Source]: ...


def is_heard(person: Seated) -> bool:
    """Whether we would hear them take their consent back."""
    return person.silent_rounds < UNHEARD_ROUNDS


class Recorder:
    """What the recorders of all rooms share: where to write, with which key, and one thread that waits for the disk."""

    def __init__(self, folder: Path, secret: str) -> None:
        self.folder = folder
        self.secret = secret
        self.disk = ThreadPoolExecutor(1, "recorder")


class Deck:
    """The recorder of one room. It obeys the newest wish, and runs only while everybody in the room has agreed."""

    def __init__(self, recorder: Recorder | None, generation: int, tell: Callable[[Event], None]) -> None:
        self._recorder = recorder
        self._generation = generation
        self._tell = tell
        self._revision = -1
        self._wished = ""
        self._agreed: frozenset[str] = frozenset()
        self._tape: Tape | None = None
        self._ending: set[asyncio.Task] = set()

    def obey(self, wish: Mapping[str, Any], people: Mapping[str, Seated]) -> None:
        """Record from now on (`recording`: its id), or no more (""). Of two wishes the one with the higher revision counts."""
        if wish["revision"] <= self._revision:
            return
        self._revision, self._agreed = wish["revision"], frozenset(wish["people"])
        if wish["recording"] != self._wished:
            self._stop()
        self._wished = wish["recording"]
        self.look(people)

    def look(self, people: Mapping[str, Seated]) -> None:
        """People or their streams changed, or one of them can be heard no more, or again."""
        if not self._wished or not people or not self._agreed.issuperset(people) or not all(map(is_heard, people.values())):
            return self._stop()
        sources = {name: person.sources for name, person in people.items()}
        if not all(isinstance(source, Incoming) for found in sources.values() for source in found):
            return self._fail("engine")
        if self._tape is None:
            self._start()
        if self._tape:
            self._tape.look(sources)

    def unheard(self) -> None:
        """Redis is away, so nobody can tell us to stop: we stop. The same wish, said again, is obeyed again."""
        self._stop()
        self._revision, self._wished = self._revision - 1, ""

    async def end(self) -> None:
        """The room ends here; what was recorded is finished."""
        self._stop()
        await asyncio.gather(*self._ending)

    def _start(self) -> None:
        if self._recorder is None or not self._recorder.secret:
            return self._fail("off")
        try:
            self._tape = Tape(self._recorder, self._wished, self._generation, self._lose)
        except OSError as error:
            log.error("recording %s cannot be written: %s", self._wished, error)
            return self._fail("disk")
        self._tell(Event("recording", recording=self._wished))

    def _stop(self) -> None:
        tape, self._tape = self._tape, None
        if tape:
            task = asyncio.create_task(self._finish(tape))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def _finish(self, tape: "Tape") -> None:
        if await tape.finish():
            self._tell(Event("stored", recording=tape.name))

    def _fail(self, problem: str) -> None:
        """It cannot go on, and the visit does."""
        self._tell(Event("recording", recording=self._wished, problem=problem))
        self._wished = ""
        self._stop()

    def _lose(self, tape: "Tape") -> None:
        """The disk takes no more of this tape; it may be one that ended before."""
        if tape is self._tape:
            return self._fail("disk")
        self._tell(Event("recording", recording=tape.name, problem="disk"))


class Tape:
    """One recording, from its start to its end on this worker."""

    def __init__(self, recorder: Recorder, name: str, generation: int, lose: Callable[["Tape"], None]) -> None:
        """Raises OSError where nothing can be written."""
        self.name = name
        self._recorder = recorder
        self._generation = generation
        self._lose = lose
        self._folder = recorder.folder / name
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._before = done(self._folder) or []
        (self._folder / DONE).unlink(missing_ok=True)
        self._numbers = itertools.count(1)
        self._files: dict[frozenset[Source], File] = {}
        self._over: list[File] = []
        self._lost = False
        self._ended = asyncio.Event()
        self._work = asyncio.create_task(self._run())

    def look(self, people: Mapping[str, list[Source]]) -> None:
        """Everything that is sent now is recorded, each line in a file of its own."""
        wanted = {frozenset(group): (person, group) for person, sources in people.items() for group in _groups(sources)}
        for gone in self._files.keys() - wanted.keys():
            self._over.append(self._files.pop(gone))
            self._over[-1].part.detach()
        for new in wanted.keys() - self._files.keys():
            person, group = wanted[new]
            name = f"{person}.{self._generation}.{int(time.time() * 1000)}.{next(self._numbers)}{ENDING}"
            self._files[new] = File(self._folder / name, self._recorder.secret, Part(group, time.monotonic()))

    async def finish(self) -> bool:
        """Stop at once, and write down what is held back. False: it could not be written."""
        self.look({})
        self._ended.set()
        await self._work
        return not self._lost

    async def _run(self) -> None:
        last = False
        while not last and not self._lost:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), TICK_SECONDS)
            last = self._ended.is_set()
            await self._write(last)

    async def _write(self, last: bool) -> None:
        """Everybody's newest second goes to the disk, in another thread. A disk that hangs is as good as full."""
        parts = [file for file in [*self._over, *self._files.values()] if not file.is_done]
        work = [(file, file.part.take(time.monotonic()), file.part.webm.header()) for file in parts]
        try:
            job = asyncio.get_running_loop().run_in_executor(self._recorder.disk, self._on_disk, work, last)
            await asyncio.wait_for(asyncio.shield(job), DISK_SECONDS)
        except OSError as error:
            log.error("recording %s can be written no more: %r", self.name, error)
            self._lost = True
            for file in parts:
                file.part.detach()
                self._recorder.disk.submit(file.give_up)
            self._lose(self)

    def _on_disk(self, work: "list[tuple[File, bytes, bytes]]", last: bool) -> None:
        for file, data, header in work:
            file.write(data, header)
        if last:
            found = [*self._before, *(file.facts() for file in self._over if file.sealed)]
            fresh = self._folder / f"{DONE}.new"
            fresh.write_text(json.dumps(found))
            fresh.replace(self._folder / DONE)


class File:
    """One part as a file; its methods wait for the disk."""

    def __init__(self, path: Path, secret: str, part: Part) -> None:
        self.path, self.part = path, part
        self.sealed: Sealed | None = None
        self.is_done = False
        self._secret = secret
        self._began_ms = int(time.time() * 1000)
        self._vault: Vault | None = None
        self._header = b""

    def write(self, data: bytes, header: bytes) -> None:
        """What came since the last time. There is no file before there is something to write."""
        self.is_done = self.part.is_over
        if self._vault is None:
            if not self.part.webm.duration_ms:
                return
            self._vault = Vault(self.path, self._secret, self._began_ms)
            self._vault.append(header)
        elif header != self._header:
            self._vault.begin_with(header)
        self._header = header
        self._vault.append(data)
        self._vault.flush()
        if self.is_done:
            self.sealed = self._vault.close()

    def give_up(self) -> None:
        if self._vault and not self.sealed:
            self._vault.abandon()

    def facts(self) -> dict[str, Any]:
        assert self.sealed
        return facts(self.path.name, self._began_ms, self.part.webm, self.sealed)


def facts(name: str, began_ms: int, webm: Webm, sealed: Sealed) -> dict[str, Any]:
    """What is told about a finished file; whose it is stands in its name."""
    about = {"name": name, "began_ms": began_ms, "duration_ms": webm.duration_ms, "mime": webm.mime}
    return {**about, "bytes": sealed.bytes, "sha256": sealed.sha256}


def done(folder: Path) -> list[dict[str, Any]] | None:
    """The files that the worker finished; None until it says so."""
    try:
        return json.loads((folder / DONE).read_text())
    except FileNotFoundError:
        return None


def _groups(sources: Iterable[Source]) -> Iterable[list[Source]]:
    """What belongs into one file: a sound and a picture. A second picture (a shared screen) has a file of its own."""
    sources = list(sources)
    pictures = [source for source in sources if source.kind == "video"]
    sounds = [source for source in sources if source.kind == "audio"]
    first = sounds[:1] + pictures[:1]
    return [group for group in (first, *([picture] for picture in pictures[1:])) if group]

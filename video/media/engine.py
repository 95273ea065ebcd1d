"""What a room asks of an engine: lines on which people send, lines on which they get the others."""

from collections.abc import Callable
from typing import Protocol

from .protocol import Event

Say = Callable[[Event], None]


class Source(Protocol):
    """One thing that a person sends: their sound or their picture."""

    person: str
    kind: str  # audio | video


class Sending(Protocol):
    """The line on which a person sends; the browser offers."""

    sources: list[Source]

    def is_same(self, sdp: str) -> bool:
        """This offer comes from the browser that the line belongs to already."""
        ...

    async def answer(self, sdp: str) -> str:
        """Take what the browser offers. Called again, the same line is looked for at another address."""
        ...

    async def close(self) -> None: ...


class Getting(Protocol):
    """The line on which a person gets the others; the server offers."""

    def give(self, source: Source) -> None:
        """Send a source on it; the next offer says so."""
        ...

    def end(self, source: Source) -> None:
        """Send it no more; the next offer says so."""
        ...

    def sections(self) -> int:
        """How many media sections the description has; they are never removed."""
        ...

    async def offer(self) -> tuple[str, dict[str, str]]:
        """The description, and whose stream each media section (mid) carries."""
        ...

    async def accept(self, sdp: str) -> None:
        """The browser's answer to the newest offer."""
        ...

    def renew(self) -> None:
        """The next offer lets the browser look for its way again."""
        ...

    def want_pictures(self, wanted: bool) -> None:
        """Send pictures, or sound only."""
        ...

    async def close(self) -> None: ...


class Engine(Protocol):
    """How one person's sound and picture reach the others."""

    def of_room(self) -> "Engine":
        """What one room uses of it."""
        ...

    def sending(self, person: str, say: Say) -> Sending:
        """A line for a person's own sound and picture; what happens to it is said (`rejoin`, `silent`)."""
        ...

    def getting(self, say: Say) -> Getting:
        """A line on which somebody gets the others; what happens to it is said (`rejoin`, `silent`, `weak`)."""
        ...

    def close(self) -> None: ...

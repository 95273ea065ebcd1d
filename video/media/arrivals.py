"""When packets arrived, as the sender wants to hear it: so it finds out how much its link carries (transport-wide feedback)."""

from . import rtcp

MOST = 1000  # packets in one report; a longer gap is a new beginning


class Arrivals:
    """What came since the last report."""

    def __init__(self) -> None:
        self.came: dict[int, float] = {}  # transport-wide number -> second; whoever gets packets writes here
        self._next: int | None = None  # the first number that was not yet reported
        self._reports = 0

    def report(self, ssrc: int) -> bytes | None:
        """The next report, about one of the sender's streams; None if nothing came."""
        came, self.came = self.came, {}
        if self._next is None:
            self._next = next(iter(came), None)
        base = self._next or 0
        ahead = [steps for number in came if (steps := (number - base) & 0xFFFF) < 0x8000]
        if not ahead:
            return None
        if max(ahead) > MOST:
            self._next = None
            return None
        self._next = (base + max(ahead) + 1) & 0xFFFF
        self._reports += 1
        ticks = {number: int(at / rtcp.TICK) for number, at in came.items()}
        return rtcp.transport_feedback(ssrc, base, max(ahead) + 1, self._reports, ticks)

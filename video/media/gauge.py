"""What a link tells about itself: when the packets sent to somebody arrived, and what follows from it.

Times are seconds of any monotonic clock, sizes are bytes on the wire. The receiver's clock need not agree with ours: only how the
delay *changes* is used. Its minimum over ten to twenty seconds is taken for the empty link; what is above waits in a queue.
"""

from array import array
from collections import deque
from collections.abc import Iterator

RING = 2048  # packets remembered; a power of two, more than can be under way
CLOCK_WRAP = 2**24 * 0.064  # the receiver's reference time begins anew
BASE_SECONDS = 10.0
MISSED = 2
WAITED = 0.030  # delay above the empty link's: the packet stood in a queue
STEEP = 0.3  # seconds a second: no jitter rises so fast
STEP = 0.040  # a rise this large between two packets is a new route, no queue
LOSS_SECONDS = 0.3
LONGEST_GAP = 0.2  # between reports; longer is a silence


class Gauge:
    """Measures one link by transport-wide feedback."""

    def __init__(self) -> None:
        self.queue = 0.0  # seconds that packets wait now, beyond what the empty link takes
        self.loss = 0.0  # share lost in the last second
        self.loss_now = 0.0  # share lost in the last 300 ms
        self.acked = 0.0  # bits a second that arrived in the last second
        self.round_trip = 0.1
        self.shortest_round_trip = 0.1
        self.in_flight = 0  # bytes sent and not yet reported
        self.ahead = 0  # bytes that were under way when the packet left that was reported last
        self.gap = 0.06  # seconds between two reports: up at once, down slowly
        self.last_report: float | None = None  # when the receiver spoke last
        self.missed: list[int] = []  # what the last report says was lost: as it was named when it was sent
        self._times = array("d", bytes(8 * RING))  # flat arrays: what is written once is read once, a moment later
        self._sizes, self._numbers = array("i", bytes(4 * RING)), array("i", bytes(4 * RING))
        self._upto = array("q", bytes(8 * RING))  # bytes sent when this one left
        self._ahead = array("i", bytes(4 * RING))  # bytes under way then
        self._names = array("q", bytes(8 * RING))
        self._awaited = bytearray(RING)  # 1: on its way; MISSED: reported as lost, and may come late
        self._sent = 0
        self._came: deque[tuple[list[tuple[float, int, float]], int]] = deque()  # reports of the last second, and their bytes
        self._came_bytes = 0
        self._lost: deque[tuple[float, int, int]] = deque()  # when reported, lost, all
        self._lost_of = [0, 0]  # in all of these
        self._arrival: float | None = None
        self._wraps = 0.0
        self._base: float | None = None
        self._base_before = 0.0
        self._base_at = self._shortest_at = 0.0

    def sent(self, seq: int, size: int, now: float, name: int = 0) -> None:
        """A packet with this transport-wide number leaves now; `name` is how we hear of it if it is missed (0: never)."""
        place = seq & (RING - 1)
        self._sent += size
        self._times[place], self._sizes[place], self._numbers[place], self._names[place] = now, size, seq, name
        self._upto[place], self._ahead[place], self._awaited[place] = self._sent, self.in_flight, 1
        self.in_flight += size
        if self.last_report is None:
            self.last_report = now

    def report(self, base: int, arrivals: list[float | None], now: float) -> bool:
        """The receiver reports arrivals from number `base` on. False: nothing of it was new."""
        awaited, numbers, times, sizes = self._awaited, self._numbers, self._times, self._sizes
        fresh: list[tuple[float, int, float]] = []
        lost, last, total = 0, -1, 0
        self.missed = []
        for step, arrival in enumerate(arrivals, base):
            place = step & (RING - 1)
            if not awaited[place] or numbers[place] != step & 0xFFFF:
                continue
            if arrival is None:
                lost += 1
                if awaited[place] == 1 and self._names[place]:
                    self.missed.append(self._names[place])
                awaited[place] = MISSED
                continue
            awaited[place], last, size = 0, place, sizes[place]
            if not fresh:
                self._follow_clock(arrival)
            arrival += self._wraps
            fresh.append((arrival, size, arrival - times[place]))
            total += size
        if fresh or lost:
            self._count_lost(lost, lost + len(fresh), now)
        if not fresh:
            return False
        self._came.append((fresh, total))
        gap = min(LONGEST_GAP, now - (self.last_report or now))
        self.gap = max(gap, self.gap + 0.05 * (gap - self.gap))
        self._arrival, self.last_report = fresh[-1][0], now
        self.in_flight, self.ahead = min(self.in_flight, self._sent - self._upto[last]), self._ahead[last]
        self._measure_round_trip(now - times[last], now)
        self._measure_rate(total)
        self._measure_base(min(delay for _arrival, _size, delay in fresh), now)
        # A receiver that stalled and stamps all at once looks like no queue.
        self.queue = min(delay for _arrival, _size, delay in fresh[-4:]) - self.base
        return True

    @property
    def base(self) -> float:
        """The delay of the empty link, in the receiver's clock."""
        return min(self._base or 0.0, self._base_before)

    def take_as_base(self, now: float) -> None:
        """What looks like a queue is a longer way: from now on this is the empty link."""
        self._base = self._base_before = self.base + self.queue
        self._base_at = self._shortest_at = now
        self.shortest_round_trip = self.round_trip
        self.queue = 0.0

    def forget_losses(self) -> None:
        """What was lost in a queue that is gone says nothing about the link."""
        self._lost.clear()
        self._lost_of = [0, 0]

    def rate(self, seconds: float) -> float:
        """Bits a second that arrived lately."""
        total, since = 0, (self._arrival or 0.0) - seconds
        for arrival, size, _delay in self._lately():
            if arrival < since:
                break
            total += size
        return total * 8 / seconds

    def _lately(self) -> Iterator[tuple[float, int, float]]:
        """Arrival, size, delay of what came in the last second, the newest first."""
        for fresh, _total in reversed(self._came):
            yield from reversed(fresh)

    def full_rate(self) -> float | None:
        """Bits a second of packets that had waited in the queue: what the link carries when full. None while too few."""
        if not self._came:
            return None
        end, floor = self._arrival or 0.0, self.base + WAITED
        first, total, count, size = end, 0, 0, 0
        for arrival, size_, delay in self._lately():
            if delay < floor or arrival < end - 0.6:
                break
            first, size, total, count = arrival, size_, total + size_, count + 1
        return (total - size) * 8 / (end - first) if count >= 4 and end - first > 0.05 else None

    def slope(self) -> float:
        """How fast the delay rises, in seconds a second, over the last 250 ms (5 to 30 packets).

        A queue rises packet by packet. If one step makes up most of the rise, only what came after it counts, if it is steep.
        """
        end = self._arrival or 0.0
        points: list[tuple[float, float]] = []
        for arrival, _size, delay in self._lately():
            if (arrival < end - 0.25 and len(points) >= 5) or len(points) >= 30:
                break
            points.append((arrival - end, delay))
        whole, points = points, _after_step(points)
        count = len(points)
        if count < 3:
            return 0.0
        middle = sum(at for at, _ in points) / count
        mean = sum(delay for _, delay in points) / count
        spread = sum((at - middle) ** 2 for at, _ in points)
        slope = sum((at - middle) * (delay - mean) for at, delay in points) / spread if spread > 1e-7 else 0.0
        return slope if points is whole or slope > STEEP else 0.0

    def burst_rate(self, first: int, count: int) -> float | None:
        """Bits a second at which all that left between the first and the last of these packets arrived; None: not yet known."""
        began, ended = (self._times[(first + step) & (RING - 1)] for step in (0, count - 1))
        arrived = [(at, size) for at, size, delay in self._lately() if began - 1e-6 <= at - delay <= ended + 1e-6][::-1]
        if len(arrived) < max(2, 0.7 * count):
            return None
        return sum(size for _, size in arrived[1:]) * 8 / max(0.001, arrived[-1][0] - arrived[0][0])

    def _follow_clock(self, arrival: float) -> None:
        """The receiver's clock begins anew now and then."""
        if self._arrival is not None and arrival + self._wraps < self._arrival - CLOCK_WRAP / 2:
            self._wraps += CLOCK_WRAP

    def _count_lost(self, lost: int, number: int, now: float) -> None:
        self._lost.append((now, lost, number))
        self._lost_of[0] += lost
        self._lost_of[1] += number
        while self._lost[0][0] < now - 1.0:
            _at, lost, number = self._lost.popleft()
            self._lost_of[0] -= lost
            self._lost_of[1] -= number
        lost = number = 0
        for at, some, of in reversed(self._lost):
            if at <= now - LOSS_SECONDS:
                break
            lost, number = lost + some, number + of
        self.loss_now = lost / number if number >= 8 else 0.0
        lost, number = self._lost_of
        self.loss = lost / number if number >= 15 else 0.0

    def _measure_rate(self, size: int) -> None:
        came, end = self._came, self._arrival or 0.0
        self._came_bytes += size
        while came[0][0][-1][0] < end - 1.0:
            self._came_bytes -= came.popleft()[1]
        self.acked = self._came_bytes * 8 / max(0.5, end - came[0][0][0][0])

    def _measure_round_trip(self, seconds: float, now: float) -> None:
        self.round_trip += 0.2 * (seconds - self.round_trip)
        if seconds < self.shortest_round_trip or now - self._shortest_at > BASE_SECONDS:
            self.shortest_round_trip, self._shortest_at = seconds, now

    def _measure_base(self, lowest: float, now: float) -> None:
        if self._base is None:
            self._base = self._base_before = lowest
            self._base_at = now
        elif now - self._base_at > BASE_SECONDS:
            self._base_before, self._base, self._base_at = self._base, lowest, now
        else:
            self._base = min(self._base, lowest)


def _after_step(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points (newest first) since a step that makes up more than half of the rise; too few of them say nothing."""
    if len(points) < 4:
        return points
    rise, at = max((points[place][1] - points[place + 1][1], place) for place in range(len(points) - 1))
    newest, oldest = points[: at + 1], points[at + 1 :]
    whole = max(delay for _, delay in newest) - min(delay for _, delay in oldest)
    if rise <= STEP or rise <= 0.5 * whole:
        return points
    return newest if len(newest) >= 6 and newest[0][0] - newest[-1][0] > 0.1 else []

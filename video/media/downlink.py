"""How much may be sent to one person, so that sound always arrives (method and figures: docs/media.md).

Judged by what the receiver reports of arrivals (gauge.py). A queue that grows is overuse; while it is full, the rate of arrival
*is* what the link carries. Then picture waits until the queue is gone, and goes on with 85 % of that rate. A rise in one
step that stays flat is a longer way, not a queue. Short bursts of padding find out whether the link carries more.

Rates are bits a second, times seconds of any monotonic clock, sizes bytes on the wire. Sound never asks here.
"""

from collections.abc import Callable

from .gauge import Gauge

FLOOR, CEILING, START = 40_000, 2_500_000, 1_000_000
PICTURE_OFF, PICTURE_ON = 150_000, 180_000
EMPTY, GROWING, FULL = 0.030, 0.060, 0.120  # seconds of queue: counts as empty; overuse if it grows; picture stops at once
RISING = 0.05  # seconds a second
LOST = 0.20  # share lost in 300 ms, beyond what the radio loses anyway, which with a queue is sure overuse
LOSS_BORNE = 0.18  # loss alone, without a queue, is the radio's and no reason to send less
SHARE = 0.85  # of what a full link carries
MILD = 0.6  # of what arrived before: after a cut to no less, picture goes on slowly while the queue drains
SLACK = 0.03  # seconds of sending that may be under way beyond the shortest round trip and the gap between two reports
FLAT = 0.15  # seconds that a delay keeps still before it looks like a longer way
GROWTH_NEAR, GROWTH = 0.08, 0.40  # a second: near the limit met last, and beyond it
SILENCE = 0.5
PROBE_SECONDS, PROBE_READ, PROBE_LONGEST_WAIT = 0.05, 0.4, 4.0
PROBE_FACTOR = 2.0
FEW = 4  # packets of padding at once, to see whether a link that carries no picture has become wider; more would delay speech


class Downlink:
    """Decides for one link. After each input, read `target`, `pacing`, `window`, `picture`, `stopped`."""

    def __init__(self, changed: Callable[[], None] | None = None) -> None:
        self.gauge = Gauge()
        self.target = float(START)  # for everything sent to that person
        self.window = 30_000.0  # bytes that may be under way before picture waits
        self.picture = True  # the link carries a picture
        self.stopped = False  # a full queue drains: no picture is kept waiting for it
        self.pacing = 0.0  # bits a second at which picture may leave now; 0 while a queue drains
        self._changed = changed or (lambda: None)  # called when the target fell or the picture was switched
        self._draining = self._waiting = False
        self._drain_at = self._cut_at = self._suspect_at = self._loss_at = self._silent_at = -9.0
        self._before = self.target  # the cut can be undone if it was a new route
        self._limit: float | None = None  # what the link carried at the last overuse, until outgrown
        self._limit_before: float | None = None
        self._measured: float | None = None  # what it carried during this drain
        self._fullest = 0.0  # the most that arrived in this drain
        self._radio = 0.0  # share lost while there was no queue
        self._hold = 1.0
        self._grown_at: float | None = None
        self._flat: tuple[float, float] | None = None
        self._probe: tuple[int, int] | None = None  # first number and count of a burst under way
        self._probe_at = 0.0
        self._probe_wait = 1.0
        self._pace()

    def sent(self, seq: int, size: int, now: float) -> None:
        """A packet leaves; every one counts, sound and padding too."""
        self.gauge.sent(seq, size, now)

    def report(self, base: int, arrivals: list[float | None], now: float) -> None:
        """The receiver tells what came."""
        gauge = self.gauge
        if not gauge.report(base, arrivals, now):
            return
        self._silent_at = -9.0
        self._judge(now)
        flat = self._flat is not None and now - self._flat[0] > FLAT
        known = self.target if self._limit is None else min(self.target, max(1.15 * gauge.acked + 30_000, 300_000))
        self._pace()
        round_trip = gauge.round_trip if flat else gauge.shortest_round_trip
        self.window = max(3000.0, known * (round_trip + gauge.gap + SLACK) / 8)

    def tick(self, now: float) -> None:
        """Every 100 ms or more often: whoever says nothing cannot be heard."""
        gauge = self.gauge
        if gauge.last_report is None or gauge.in_flight < 600:
            return
        limit = SILENCE + gauge.shortest_round_trip
        if now - gauge.last_report > limit and now - self._silent_at > limit:
            self._silent_at = now
            self._set(self.target * 0.5)
            self._drain(now, stop=True)
            self._pace()

    def burst(self, now: float) -> float:
        """Bits a second of padding that should be sent for PROBE_SECONDS from now, to see what the link carries; 0: none.

        While the link carries no picture, FEW packets at once are enough.
        """
        if self._probe or self._draining or self.gauge.queue > EMPTY or now < self._probe_at or self.target >= CEILING:
            return 0.0
        if self.picture and now - self._cut_at < self._hold:
            return 0.0
        if self.gauge.last_report is None or now - self.gauge.last_report > SILENCE:
            return 0.0
        self._probe_at = now + 1.0  # until the burst says that it began
        return PROBE_FACTOR * self.target

    def burst_sent(self, first: int, count: int, now: float) -> None:
        """The burst has left, under these transport-wide numbers."""
        self._probe, self._probe_at = (first, count), now

    # --- decisions

    def _pace(self) -> None:
        if not self.picture or self.stopped or self._waiting:
            self.pacing = 0.0
        elif self._draining:
            self.pacing = 0.4 * self.target
        else:
            self.pacing = self.target * (1.25 if self.target < 500_000 else 1.5)

    def _judge(self, now: float) -> None:
        gauge = self.gauge
        slope = gauge.slope() if gauge.queue > GROWING else 0.0
        if gauge.queue < EMPTY:
            self._radio += 0.02 * (gauge.loss_now - self._radio)
        over = gauge.queue > GROWING and (slope > RISING or self._loses_more)
        if self._is_new_route(now):
            over = False
        if self._draining:
            self._drain_on(now, slope)
        elif over and now - self._cut_at > 0.25 and (gauge.queue > FULL or not self._probe):
            self._overused(now)
        elif gauge.loss > LOSS_BORNE and now - self._loss_at > 1.0:
            self._loss_at = now
            self._set(min(self.target, gauge.acked * 1.1) * (1 - 0.5 * gauge.loss))
        else:
            self._grow(now)
        if self._probe:
            self._read_burst(now)

    @property
    def _loses_more(self) -> bool:
        return self.gauge.loss_now > LOST + self._radio

    def _is_new_route(self, now: float) -> bool:
        """A delay that rose and then stays flat is a longer way; a cut made because of it is undone.

        So is a delay with too few bytes under way: a queue of so many seconds holds as much as the link carries in them.
        """
        gauge = self.gauge
        flat = hollow = False
        if gauge.queue <= 0.7 * GROWING:
            self._flat = None
        elif self._flat is None or abs(gauge.queue - self._flat[1]) > 0.02:
            self._flat = (now, gauge.queue)
        else:
            flat = now - self._flat[0] > (0.6 if self._draining else 1.0)
            self._fullest = max(self._fullest, gauge.full_rate() or 0.0) if self._draining else 0.0
            hollow = now - self._drain_at > FLAT and gauge.ahead * 8 < 0.4 * gauge.queue * self._fullest
        if (flat or hollow) and not self._loses_more:
            self._flat = None
            gauge.take_as_base(now)
            if self._draining:
                self._set(max(self.target, self._before))
            return True
        return False

    def _overused(self, now: float) -> None:
        """The first sign lets picture wait for one report; a second one, a full queue or loss makes it sure."""
        gauge = self.gauge
        carried, lately = gauge.full_rate(), gauge.rate(0.5)
        sure = gauge.queue > FULL or self._loses_more
        again, self._suspect_at = now - self._suspect_at < 1.0, now
        self._before = self.target
        if sure:
            self._cut(carried or 0.6 * lately, 0.3, now)
        elif again:
            self._cut(max(carried or 0.0, lately), 0.5, now)
        self._drain(now, stop=sure and self.target < MILD * gauge.acked)
        self._waiting = True

    def _cut(self, carried: float, least: float, now: float) -> None:
        """Send what a full link carries. The same limit met again is left alone for longer."""
        same = self._limit_before is not None and abs(carried / self._limit_before - 1) < 0.2 if carried else False
        self._hold = min(8.0, self._hold * 2) if same else 1.0
        self._cut_at, self._measured = now, carried
        self._limit = self._limit_before = carried
        self._set(min(self.target, max(SHARE * carried, least * self.target)))

    def _drain(self, now: float, stop: bool) -> None:
        if not self._draining:
            self._drain_at = now
        self._draining, self.stopped, self._flat, self._probe = True, stop, None, None

    def _drain_on(self, now: float, slope: float) -> None:
        """The queue empties; meanwhile its rate of arrival says what the link carries."""
        gauge, since = self.gauge, now - self._drain_at
        self._waiting = False
        if self._measured is None and not self.stopped and slope <= RISING and gauge.queue <= FULL and not self._loses_more:
            self._draining, self._grown_at = False, now  # it was jitter, or a longer way
            return
        if gauge.queue > GROWING:
            if gauge.queue > FULL and (slope > RISING or self._loses_more):
                self.stopped = True
            carried = gauge.full_rate()
            if carried and 0.04 < since < 1.0:
                if not self.stopped:
                    carried = max(carried, 0.5 * gauge.rate(0.5))
                if self._measured is None:
                    self._cut(carried, 0.3, now)
                elif since > 0.15:
                    self._measured = self._limit = self._limit_before = carried
                    self._set(min(self._before, SHARE * carried))
        if gauge.queue < EMPTY or since > 6.0:
            self._draining = self.stopped = False
            self._grown_at = now
            gauge.forget_losses()
            if self._measured is not None:
                self._cut_at = now
            self._measured = None
            self._probe_wait = 1.0
            self._probe_at = now + self._probe_wait

    def _grow(self, now: float) -> None:
        gauge = self.gauge
        passed, self._grown_at = min(0.2, now - (self._grown_at or now)), now
        if gauge.queue > EMPTY or now - self._cut_at < self._hold or not self.picture:
            return
        if self.target > 1.5 * gauge.acked + 20_000:
            return
        if self._limit and self.target > 1.15 * self._limit:
            self._limit = None
        self.target = min(CEILING, self.target * (1 + (GROWTH_NEAR if self._limit else GROWTH) * passed))

    def _read_burst(self, now: float) -> None:
        """What arrived of a burst is what the link carries; a queue says that it was too much."""
        first, count = self._probe or (0, 0)
        carried = self.gauge.burst_rate(first, count)
        if now - self._probe_at < PROBE_READ and (carried is None or self.gauge.queue > EMPTY):
            return
        self._probe = None
        if carried and carried * SHARE > max(self.target, PICTURE_ON) and self.gauge.queue < GROWING:
            self._probe_wait = 0.25
            self._limit, self._hold = None, 1.0
            self._set(carried * SHARE if self.picture else min(carried * SHARE, 1.5 * PICTURE_ON))
        else:
            self._probe_wait = min(PROBE_LONGEST_WAIT, max(1.0, self._probe_wait * 2))
        self._probe_at = now + self._probe_wait

    def _set(self, target: float) -> None:
        target = max(FLOOR, min(CEILING, target))
        fell, self.target = target < 0.97 * self.target, target
        before = self.picture
        if target < PICTURE_OFF:
            self.picture = False
        elif target >= PICTURE_ON:
            self.picture = True
        if fell or self.picture != before:
            self._changed()

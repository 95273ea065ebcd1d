"""The controller on a link of numbers: its own clock, a queue, losses. What it must reach on real links is measured in bench/."""

import heapq
import random

from django.test import SimpleTestCase

from video.media.downlink import CEILING, FEW, FLOOR, PROBE_SECONDS, Downlink

SOUND_EVERY, SOUND = 0.02, 135  # 54 kbit/s
PICTURE_EVERY, PACKET = 1 / 30, 1100
FEEDBACK_EVERY = 0.06


class Link:
    """A drop-tail queue before a narrow link; sound is sent always, picture as the controller allows and the camera follows."""

    def __init__(self, rate, delay=0.02, queue=0.5, loss=0.0):
        self.rate, self.delay, self.queue, self.loss = rate, delay, queue, loss
        self.random = random.Random(3)
        self.downlink = Downlink()
        self.now = self.free_at = 0.0
        self.seq = 0
        self.under_way = []  # (arrival, seq)
        self.arrived = {}
        self.reported = 0
        self.events = []
        self.camera = 900_000.0
        self.credit = 0.0
        self.sound = []  # (sent at, arrived or lost, late)
        self.pictures = []  # bytes of picture that left, and when
        self.hears = True
        self._next = {"sound": 0.0, "picture": 0.0, "feedback": 0.0, "tick": 0.0}

    def run(self, seconds):
        end = self.now + seconds
        while self.now < end:
            name = min(self._next, key=self._next.get)
            self.now = self._next[name]
            getattr(self, f"_{name}")()
        return self

    def lost_sound(self, since):
        return sum(state != "came" for at, state in self.sound if at >= since)

    def picture_rate(self, since):
        return sum(size for at, size in self.pictures if at >= since) * 8 / max(0.001, self.now - since)

    def _sound(self):
        self._next["sound"] += SOUND_EVERY
        self.sound.append((self.now, "came" if self._send(SOUND) else "lost"))

    def _picture(self):
        self._next["picture"] += PICTURE_EVERY
        downlink = self.downlink
        allowed = max(50_000.0, downlink.target - 54_000) if downlink.picture else 50_000.0
        self.camera += max(-self.camera, min(0.4 * self.camera * PICTURE_EVERY, min(allowed, 1_000_000) - self.camera))
        self.credit = min(0.03 * downlink.pacing / 8 + 1500, self.credit + downlink.pacing * PICTURE_EVERY / 8)
        for _ in range(max(1, round(self.camera * PICTURE_EVERY / 8 / PACKET))):
            size = min(PACKET, self.camera * PICTURE_EVERY / 8)
            if self.credit > 0 and downlink.pacing and downlink.gauge.in_flight + size <= downlink.window:
                self.credit -= size
                self._send(int(size))
                self.pictures.append((self.now, size))

    def _feedback(self):
        self._next["feedback"] += FEEDBACK_EVERY
        while self.under_way and self.under_way[0][0] <= self.now - self.delay:
            arrival, seq = heapq.heappop(self.under_way)
            self.arrived[seq] = arrival
        if not self.arrived or not self.hears:
            return
        last = max(self.arrived)
        times = [self.arrived.get(seq) for seq in range(self.reported, last + 1)]
        base, self.reported, self.arrived = self.reported & 0xFFFF, last + 1, {}
        self.downlink.report(base, times, self.now)

    def _tick(self):
        self._next["tick"] += 0.05
        self.downlink.tick(self.now)
        if rate := self.downlink.burst(self.now):
            count = FEW if not self.downlink.picture else int(rate * PROBE_SECONDS / 8 / 300)
            first = self.seq
            for _ in range(count):
                self._send(300)
            self.downlink.burst_sent(first & 0xFFFF, count, self.now)

    def _send(self, size):
        self.downlink.sent(self.seq & 0xFFFF, size, self.now)
        seq, self.seq = self.seq, self.seq + 1
        begins = max(self.now, self.free_at)
        if begins - self.now > self.queue or self.random.random() < self.loss:
            return False
        self.free_at = begins + size * 8 / self.rate
        heapq.heappush(self.under_way, (self.free_at + self.delay, seq))
        return True


class DownlinkTest(SimpleTestCase):
    def test_a_sudden_narrow_link_loses_little_sound_and_keeps_the_picture(self):
        link = Link(1_200_000).run(10)
        self.assertGreater(link.picture_rate(5), 700_000)
        step = link.now
        link.rate = 300_000
        link.run(1)
        self.assertLess(link.downlink.target, 300_000)
        link.run(11)
        self.assertLess(link.lost_sound(step) * SOUND_EVERY, 0.4)
        self.assertEqual(link.lost_sound(step + 1), 0)
        self.assertTrue(link.downlink.picture)
        self.assertGreater(link.picture_rate(step + 3), 120_000)

    def test_when_the_link_is_wide_again_the_picture_grows(self):
        link = Link(1_200_000).run(8)
        link.rate = 300_000
        link.run(12)
        link.rate, wide = 1_200_000, link.now
        link.run(8)
        self.assertGreater(link.downlink.target, 800_000)
        self.assertEqual(link.lost_sound(wide + 1), 0)

    def test_a_link_for_sound_alone_carries_sound_alone(self):
        link = Link(1_200_000).run(8)
        link.rate, link.loss, step = 64_000, 0.1, link.now
        link.run(1)
        self.assertFalse(link.downlink.picture)
        link.run(11)
        sent = sum(at >= step + 2 for at, _ in link.sound)
        self.assertLess(link.lost_sound(step + 2) / sent, 0.15)  # the radio's own ten in a hundred
        self.assertEqual(link.picture_rate(step + 2), 0)
        link.rate, link.loss = 1_200_000, 0.0
        link.run(5)
        self.assertTrue(link.downlink.picture)

    def test_random_loss_is_no_reason_to_send_less(self):
        link = Link(1_200_000, loss=0.1).run(20)
        self.assertGreater(link.picture_rate(10), 600_000)

    def test_random_loss_on_an_almost_full_link_never_stops_the_picture(self):
        link = Link(1_200_000).run(10)
        link.rate, link.loss = 1_100_000, 0.1
        for _ in range(200):
            link.run(0.1)
            self.assertFalse(link.downlink.stopped)
        self.assertGreater(link.picture_rate(10), 800_000)

    def test_a_longer_way_is_not_a_queue(self):
        link = Link(1_200_000).run(10)
        link.delay, step = 0.12, link.now
        link.run(10)
        self.assertGreater(link.picture_rate(step + 2), 600_000)
        self.assertEqual(link.lost_sound(step), 0)

    def test_whoever_says_nothing_gets_sound_alone_and_comes_back(self):
        link = Link(1_200_000).run(5)
        link.hears = False
        link.run(6)
        self.assertEqual(link.downlink.pacing, 0)
        self.assertGreaterEqual(link.downlink.target, FLOOR)
        link.hears = True
        link.run(8)
        self.assertTrue(link.downlink.picture)

    def test_a_wide_link_is_never_filled_beyond_the_ceiling(self):
        link = Link(50_000_000).run(20)
        self.assertLessEqual(link.downlink.target, CEILING)
        self.assertEqual(link.lost_sound(0), 0)

    def test_noise_in_reports_breaks_nothing(self):
        link, noise = Link(1_200_000).run(2), random.Random(5)
        for _ in range(500):
            times = [noise.choice([None, noise.uniform(-10, 1e6)]) for _ in range(noise.randrange(40))]
            link.downlink.report(noise.randrange(65536), times, link.now)
            self.assertTrue(FLOOR <= link.downlink.target <= CEILING)
        link.run(1)

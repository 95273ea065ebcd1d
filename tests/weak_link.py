"""A weak link between a browser and the media process: loss, delay, a narrow rate with a queue that drops what does not fit.

`python -m tests.weak_link SERVER_PORT` forwards UDP from a port of its own (printed) to the server on this machine, each browser
socket by a socket of its own. Lines on standard input set the link, both ways or one:
`down|up|both LOSS% DELAY_MS KBIT/S QUEUE_MS` (0 kbit/s: as fast as it goes). `move`: all browsers get new addresses.
"""

import contextlib
import heapq
import os
import random
import selectors
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = "127.0.0.1"
HEADERS = 28  # bytes of IP and UDP that a link carries besides


class WeakLink:
    """Such a link, running; changed while it carries."""

    def __init__(self, server_port: int) -> None:
        command = [sys.executable, "-m", "tests.weak_link", str(server_port)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def set(self, which: str = "both", *, loss: float = 0, delay: float = 0, kbit: float = 0, queue: float = 500) -> None:
        """Per cent, milliseconds, kbit/s, milliseconds; what is not named is perfect."""
        self._say(f"{which} {loss} {delay} {kbit} {queue}")

    def move(self) -> None:
        """From now on the server sees the browsers at other addresses."""
        self._say("move")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()

    def _say(self, line: str) -> None:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()


class Way:
    """One direction of one link, shared by all sockets of a browser."""

    def __init__(self) -> None:
        self.loss, self.delay, self.rate, self.queue = 0.0, 0.0, 0.0, 0.5
        self.free_at = self.last = 0.0

    def set(self, loss: float, delay: float, rate: float, queue: float) -> None:
        self.loss, self.delay, self.rate, self.queue = loss / 100, delay / 1000, rate * 1000, queue / 1000

    def leaves_at(self, size: int, now: float) -> float | None:
        """When a packet comes out at the other end; None: it does not."""
        if random.random() < self.loss:
            return None
        begins = max(now, self.free_at)
        if self.rate:
            if begins - now > self.queue:
                return None
            begins += (size + HEADERS) * 8 / self.rate
            self.free_at = begins
        self.last = max(self.last, begins + self.delay)  # a link does not change the order
        return self.last


def main(server: int) -> None:
    front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    front.bind((HERE, 0))
    front.setblocking(False)
    os.set_blocking(0, False)
    print(front.getsockname()[1], flush=True)
    up, down = Way(), Way()
    ways = {"up": [up], "down": [down], "both": [up, down]}
    select = selectors.DefaultSelector()
    select.register(front, selectors.EVENT_READ)
    select.register(0, selectors.EVENT_READ)
    backs: dict[tuple, socket.socket] = {}
    waiting: list = []
    count = 0
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _at, _count, sock, address, data = heapq.heappop(waiting)
            with contextlib.suppress(OSError):  # closed meanwhile
                sock.sendto(data, address)
        timeout = max(0.0, waiting[0][0] - now) if waiting else None
        for key, _events in select.select(timeout):
            if key.fd == 0:
                text = os.read(0, 4096)
                if not text:
                    return
                for line in text.decode().splitlines():
                    if line == "move":
                        for back in backs.values():
                            select.unregister(back)
                            back.close()
                        backs.clear()
                        continue
                    which, *numbers = line.split()
                    for way in ways[which]:
                        way.set(*map(float, numbers))
                continue
            sock = key.fileobj
            for _ in range(64):
                try:
                    data, address = sock.recvfrom(2048)
                except OSError:
                    break
                if sock is front:
                    back = backs.get(address)
                    if back is None:
                        back = backs[address] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                        back.bind((HERE, 0))
                        back.setblocking(False)
                        select.register(back, selectors.EVENT_READ, address)
                    way, out, to = up, back, (HERE, server)
                else:
                    way, out, to = down, front, key.data
                at = way.leaves_at(len(data), time.monotonic())
                if at is not None:
                    count += 1
                    heapq.heappush(waiting, (at, count, out, to, data))


def free_port() -> int:
    """A UDP port that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HERE, 0))
        return sock.getsockname()[1]


if __name__ == "__main__":
    main(int(sys.argv[1]))

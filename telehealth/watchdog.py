"""A worker that lost Redis sometimes comes back deaf: alive, connected, and taking nothing. Then it ends, and is started anew.

Known of Celery with Redis since version 5 (celery issues 8030, 8091, 9054). Naru's supervisor or systemd starts the next one,
and acks_late together with the sweeper sees to it that no story is lost.
"""

import logging
import os
import signal
import threading
import time

from celery import signals
from celery.worker import state
from redis import Redis, RedisError

log = logging.getLogger(__name__)
LOOK_SECONDS = 5
PATIENCE_SECONDS = 15  # work waited that long, and none was taken or in hand
QUEUE = "celery"


class Watchdog:
    """Notes when work was taken, and says when work is left lying."""

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self.patience, self.taken_at = patience, time.monotonic()

    def note(self, **kwargs) -> None:
        self.taken_at = time.monotonic()

    def is_deaf(self, waiting: int, in_hand: int) -> bool:
        """Whether tasks wait although this worker has had none, and done none, for too long."""
        if not waiting or in_hand:
            self.note()
        return time.monotonic() - self.taken_at > self.patience


def watch(dog: Watchdog, address: str) -> None:
    """Look every few seconds; while Redis is away there is nothing to hear."""
    redis = Redis.from_url(address, socket_timeout=3, socket_connect_timeout=1)
    while True:
        time.sleep(LOOK_SECONDS)
        try:
            waiting = redis.llen(QUEUE)
        except RedisError:
            dog.note()
            continue
        if dog.is_deaf(waiting, len(state.active_requests)):
            log.error("%s tasks wait and none is taken: this worker ends, so that another can start", waiting)
            os.kill(os.getpid(), signal.SIGKILL)


@signals.worker_ready.connect
def begin(sender, **kwargs) -> None:
    dog = Watchdog()
    signals.task_received.connect(dog.note, weak=False)
    threading.Thread(target=watch, args=(dog, sender.app.conf.broker_url), name="watchdog", daemon=True).start()

"""What is known of each person of a live visit: kept in Redis by their socket, read by the rescue board. Ids and numbers only."""

import contextlib
import json
import logging
import time
from dataclasses import asdict, dataclass, replace
from functools import cache

from channels.db import database_sync_to_async
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from visits.hints import push

from . import metrics, stays
from .media.leases import heartbeat_key
from .media.meter import heard_of
from .media.protocol import Heard, Quality
from .quality import Facts, cause_of, level_of
from .switchboard import AWAY

log = logging.getLogger(__name__)
LEAST_SECONDS = 0.9  # between two reports of one browser; more often is not listened to
KEEP_SECONDS = 30.0  # between two times that the sums go to the database
RECORD_SECONDS = 600  # a record nobody renews is forgotten
STALE_SECONDS = 10.0  # what a media worker said longer ago says nothing about now
GOING_AWAY = 1001  # a browser's code for a page that is closed or left


def rescue_group(clinic_id) -> str:
    """Who hears that somebody in this clinic may need help with the line."""
    return f"rescue.{clinic_id}"


@dataclass
class Record:
    """What a socket knows of its person, and when it learnt that."""

    report: Quality | None = None
    report_at: float = 0.0
    heard: Heard | None = None
    heard_at: float = 0.0
    cut: bool = True  # were the socket to end now, it would be without a word
    verdict: str = ""  # cause and level
    since: float = 0.0  # of the cause

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> "Record":
        """Read what another version of Naru may have written: then it is as if nothing was known."""
        try:
            found = cls(**json.loads(text))
            found.report = Quality(**found.report) if found.report else None  # type: ignore[arg-type]
            found.heard = Heard(**found.heard) if found.heard else None  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return cls()
        return found

    def facts(self, now: float, **more) -> Facts:
        """What follows from it now."""
        heard, ago = self.heard, now - self.heard_at
        if heard and ago > STALE_SECONDS:
            heard = None
        elif heard and heard.heard is not None:
            heard = replace(heard, heard=heard.heard + ago)
        return Facts(report=self.report, age=max(0.0, now - self.report_at), heard=heard, cut=self.cut, **more)


def record_key(participant_id) -> str:
    return f"naru:quality:{participant_id}"


class Watch:
    """One socket's view of its person; says so when something else is wrong with them than before."""

    def __init__(self, participant, redis) -> None:
        self._participant, self._redis = participant, redis
        self._doctor = participant.role == participant.Role.PRACTITIONER
        self._group = rescue_group(participant.room.visit.clinic_id)
        self._record: Record | None = None
        self._tally = stays.Tally()
        self._said_at = 0.0  # when the browser spoke last, on this socket
        self._kept_at = time.time()

    async def report(self, said: Quality) -> None:
        """The browser says how it goes."""
        now, record = time.time(), await self._known()
        record.cut = record.cut and not said.leaving
        passed = now - self._said_at
        if passed < LEAST_SECONDS and not said.leaving:
            return
        self._tally.add(said, record.heard, passed if self._said_at else 0.0)
        record.report, record.report_at, self._said_at = said, now, now
        await self._judge(now, metrics.of_report(said))
        if now - self._kept_at > KEEP_SECONDS:
            await self._keep()

    async def hear(self, heard: dict) -> None:
        """The media worker says how it goes."""
        now, record = time.time(), await self._known()
        record.heard, record.heard_at = heard_of(heard), now
        await self._judge(now)

    async def count(self, name: str) -> None:
        """Something happened that is only counted."""
        with contextlib.suppress(*AWAY):
            await self._redis.hincrby(metrics.KEY, name, 1)

    def tell(self) -> None:
        """Somebody came or went: the board looks again."""
        push(self._group, {"type": "visit.changed", "visit": str(self._participant.room.visit_id)})

    async def end(self, code: int | None) -> None:
        """The socket ends: by the person's own wish, or cut."""
        if self._record:
            self._record.cut = self._record.cut and code != GOING_AWAY
            self._record.heard = None
            await self._write(self._record)
            self.tell()
        await self._keep()

    async def _known(self) -> Record:
        """What was known of the person before this socket, too: who comes again has not begun anew."""
        if self._record is None:
            with contextlib.suppress(*AWAY):
                text = await self._redis.get(record_key(self._participant.pk))
                self._record = Record.load(text) if text else None
            self._record = self._record or Record()
            self._record.cut, self._record.heard = True, None
        return self._record

    async def _judge(self, now: float, counts: dict[str, float] | None = None) -> None:
        """See whether something else is wrong than before; then the board hears of it."""
        record = await self._known()
        facts = record.facts(now, doctor=self._doctor)
        before, record.verdict = record.verdict, f"{cause_of(facts)} {level_of(facts)}"
        if record.verdict.split()[:1] != before.split()[:1]:
            record.since = now
        await self._write(record, counts)
        if record.verdict != before:
            self.tell()

    async def _write(self, record: Record, counts: dict[str, float] | None = None) -> None:
        with contextlib.suppress(*AWAY):
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.set(record_key(self._participant.pk), record.dump(), ex=RECORD_SECONDS)
                for name, number in (counts or {}).items():
                    pipe.hincrbyfloat(metrics.KEY, name, number)
                await pipe.execute()

    async def _keep(self) -> None:
        """The sums so far go to the database; whoever kills this process loses half a minute of them."""
        tally, self._tally, self._kept_at = self._tally, stays.Tally(), time.time()
        if tally.reports:
            await database_sync_to_async(stays.keep)(self._participant, tally)


@cache
def _redis(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2, decode_responses=True)


def redis() -> Redis:
    """The connection of this process, for pages."""
    return _redis(settings.REDIS_URL)


def latest(participants) -> dict:
    """The records of these people, by seat; without Redis nothing is known, and the page still comes."""
    keys = [record_key(participant.pk) for participant in participants]
    try:
        texts = redis().mget(keys) if keys else []
    except (RedisError, OSError) as error:
        log.warning("no records: %s", type(error).__name__)
        return {}
    return {participant.pk: Record.load(text) for participant, text in zip(participants, texts, strict=True) if text}


def media_is_up() -> bool:
    """Whether some media worker is alive: without one, nobody's line can stand."""
    try:
        return any(True for _key in redis().scan_iter(heartbeat_key("*")))
    except (RedisError, OSError):
        return False

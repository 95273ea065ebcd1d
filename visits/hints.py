"""Push a hint: one event loop thread per process, so that a hint costs no new connection and never blocks a rule."""

import asyncio
import logging
import os
import threading
from collections import defaultdict
from functools import partial

from channels.layers import get_channel_layer
from django.db import transaction

log = logging.getLogger(__name__)
MOST_AT_ONCE = 20  # a hundred doctors who press together are five hundred hints, and Redis gives each process a hundred lines
_turns: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(MOST_AT_ONCE))
_lock = threading.Lock()
_loops: dict[int, asyncio.AbstractEventLoop] = {}


def clinic_group(clinic_id) -> str:
    return f"clinic.{clinic_id}"


def visit_group(visit_id) -> str:
    return f"visit.{visit_id}"


def line_group(clinic_id) -> str:
    """Doctors' lists: who waits, and who is in danger."""
    return f"line.{clinic_id}"


def doctor_group(practitioner_id) -> str:
    return f"doctor.{practitioner_id}"


def tell(visit, *, line=False) -> None:
    """After commit: who looks at this visit, hosts for its clinic or treats it asks again; if the line changed, all doctors."""
    groups = [clinic_group(visit.clinic_id), visit_group(visit.pk)]
    groups += [line_group(visit.clinic_id)] if line else []
    _after_commit(groups, {"type": "visit.changed", "visit": str(visit.pk)})
    if visit.practitioner_id:
        tell_doctor(visit.practitioner_id, visit)


def tell_doctor(practitioner_id, visit) -> None:
    """After commit: one of this doctor's own patients changed."""
    _after_commit([doctor_group(practitioner_id)], {"type": "own.changed", "visit": str(visit.pk)})


def tell_duty(practitioner) -> None:
    """After commit: who is on duty has changed; the doctor's own pages, and those who plan for the clinics, ask again."""
    groups = [clinic_group(clinic.pk) for clinic in practitioner.clinics.all()]
    _after_commit([doctor_group(practitioner.pk), *groups], {"type": "duty.changed", "doctor": practitioner.pk})


def _after_commit(groups, message) -> None:
    for group in groups:
        transaction.on_commit(partial(push, group, message))


def push(group: str, message: dict) -> None:
    """Send a hint to a group; if Redis is away the hint is lost, and pages re-read every 30 s anyway."""
    asyncio.run_coroutine_threadsafe(_send(group, message), _loop())


async def _send(group, message):
    try:
        async with _turns[asyncio.get_running_loop()], asyncio.timeout(5):
            await get_channel_layer().group_send(group, message)
    except Exception as error:  # the border to Redis: a lost hint must never break a rule
        log.warning("hint to %s not sent: %s", group, type(error).__name__)


def _loop():
    with _lock:
        if os.getpid() not in _loops:  # a forked Celery child needs a thread of its own
            _loops.clear()
            loop = _loops[os.getpid()] = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="hints", daemon=True).start()
        return _loops[os.getpid()]

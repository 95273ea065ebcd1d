"""Send what is due, each message once: claim it, look whether it still holds, send, mark.

A worker may die at any point. Before the provider was asked, nothing went out and the next worker sends. After it, the next
worker sends again with the same key, and the provider knows that key (docs/messages.md).
"""

import logging
import time
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from . import providers, quiet, readers, words
from .models import Channel, Kind, Message

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)  # longer than any task may live
SOON = {Kind.HOUR, Kind.NEXT, Kind.OFFER, Kind.OTHER_WAYS, Kind.DUTY, Kind.LATE}  # later it would help nobody
AT_ANY_HOUR = {Kind.CONFIRMATION, Kind.LINK, Kind.TAKEN_BACK, *SOON}  # or asked for just now, or the next dose is near
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
MOST_SECONDS = 20  # of one sweep; stories to be judged wait for the same workers


def send_due() -> None:
    """Everything that is due, for some seconds; a way that is closed rests together with all that wants to go it."""
    give_up_at, now = time.monotonic() + MOST_SECONDS, timezone.now()
    resting: set[str] = set()
    for message in Message.objects.due(now)[:500]:
        if time.monotonic() > give_up_at:
            return
        if message.channel not in resting and _try(message) is False:
            resting.add(message.channel)
            later = timezone.now() + FIRST_PAUSE
            Message.objects.due(now).filter(channel=message.channel, due_at__lt=later).update(due_at=later)


def _try(message: Message) -> bool | None:
    """One message that cannot be written must not keep the others waiting: it comes last from now on."""
    try:
        return deliver(message)
    except Exception as error:  # the border of the sweep
        log.exception("%s is broken", message)
        _put_back(message, timezone.now() + pause(message.tries), tries=F("tries") + 1, problem=type(error).__name__)
        return None


def deliver(message: Message) -> bool | None:
    """Send one message, if it is ours to send; False when its way is closed."""
    if not _claim(message):
        return None
    if not message.is_true():
        return _end(message, Message.State.FAILED if message.tries else Message.State.STALE)
    if morning := _sleeps_until(message):
        return _put_back(message, morning)
    if not message.to:
        return _end(message, Message.State.FAILED, problem="no address any more")
    try:
        providers.of(message.channel).send(words.write(message), to=message.to, key=str(message.pk))
    except providers.Away as problem:
        log.warning("%s waits: %s", message, problem)
        _put_back(message, timezone.now() + pause(message.tries), tries=F("tries") + 1, problem=str(problem)[:100])
        return None if message.channel == Channel.PUSH else False  # each browser's way is one of its own
    except providers.Undeliverable as problem:
        log.warning("%s cannot be sent: %s", message, problem)
        return _end(message, Message.State.FAILED, problem=str(problem)[:100])
    return _end(message, Message.State.SENT, sent_at=timezone.now())


def pause(tries: int) -> timedelta:
    """Longer after each try, a quarter of an hour at most."""
    return min(FIRST_PAUSE * 2 ** min(tries, 10), LONGEST_PAUSE)


def _claim(message: Message) -> bool:
    """Compare and swap: of two workers who want the same message the database lets one have it."""
    now = timezone.now()
    return Message.objects.due(now).filter(pk=message.pk).order_by().update(claimed_until=now + LEASE) == 1


def _sleeps_until(message: Message):
    """The morning, if the reader sleeps now and the message can wait for it."""
    now = timezone.now()
    if message.kind in AT_ANY_HOUR or _is_near(message, now):
        return None
    morning = quiet.awake(now, readers.zone(message.reader or message.patient.user, message.clinic))
    return morning if morning > now else None


def _is_near(message: Message, now) -> bool:
    """A visit of the next 24 hours that is moved, cancelled or without its doctor must not wait for the morning."""
    if message.kind not in {Kind.MOVED, Kind.CANCELLED, Kind.PROPOSED}:
        return False
    starts = message.change.start, words.before(message.change).start
    return any(start - now < timedelta(days=1) for start in starts)


def _put_back(message: Message, due_at, **facts) -> None:
    """Into the outbox again, unless it died meanwhile."""
    Message.objects.planned().filter(pk=message.pk).update(due_at=due_at, claimed_until=None, **facts)


def _end(message: Message, state, **facts) -> None:
    """Its last state: what was sent counts as sent, even if it died in that moment."""
    found = Message.objects.filter(pk=message.pk)
    (found if state == Message.State.SENT else found.filter(state=Message.State.PLANNED)).update(
        state=state, claimed_until=None, **facts
    )

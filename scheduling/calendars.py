"""A doctor's calendars: the feed that they follow elsewhere, and those elsewhere that block openings here."""

import logging
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused

from . import fetching, outside
from .models import Appointment, CalendarFeed, OutsideCalendar, TimeOff, new_secret

log = logging.getLogger(__name__)
EVERY = timedelta(minutes=15)
AHEAD = timedelta(days=120)  # so far outside appointments are known
BEHIND = timedelta(days=30)  # so long past appointments stay in a feed
MOST = 5  # outside calendars of one doctor
Problem = OutsideCalendar.Problem


@transaction.atomic
def give_feed(practitioner, *, by) -> CalendarFeed:
    """An address for the doctor's calendar program; a new one ends the old one."""
    feed, _made = CalendarFeed.objects.update_or_create(practitioner=practitioner, defaults={"secret": new_secret()})
    audit.record(by, "calendar.feed", feed)
    return feed


@transaction.atomic
def end_feed(practitioner, *, by) -> None:
    """Nobody can follow the doctor's appointments any more."""
    for feed in CalendarFeed.objects.filter(practitioner=practitioner):
        audit.record(by, "calendar.feed.end", feed)
        feed.delete()


def in_feed(feed: CalendarFeed) -> models.QuerySet:
    """What stands in a feed: a doctor's booked appointments, and those of the last weeks."""
    held = Appointment.objects.exclude(status=Appointment.Status.CANCELLED).select_related("clinic")
    return held.filter(practitioner=feed.practitioner, end__gt=timezone.now() - BEHIND).order_by("start")


@transaction.atomic
def follow(practitioner, address: str, *, by) -> OutsideCalendar:
    """Let a calendar elsewhere block this doctor's openings."""
    if practitioner.outside_calendars.exclude(address=address).count() >= MOST:
        raise Refused(_("You follow %(most)s calendars already. Please remove one first.") % {"most": MOST})
    followed, made = OutsideCalendar.objects.get_or_create(practitioner=practitioner, address=address)
    if made:
        audit.record(by, "calendar.follow", followed)
    return followed


@transaction.atomic
def unfollow(followed: OutsideCalendar, *, by) -> None:
    """Its times are open again."""
    audit.record(by, "calendar.unfollow", followed)
    followed.delete()


def due() -> models.QuerySet:
    """Outside calendars that have not been looked at for a quarter of an hour."""
    return OutsideCalendar.objects.filter(look_again_at__lte=timezone.now()).order_by("look_again_at")


def read(followed: OutsideCalendar) -> None:
    """Look into an outside calendar. Whatever goes wrong: what was known before stays, and the doctor is told why."""
    OutsideCalendar.objects.filter(pk=followed.pk).update(look_again_at=timezone.now() + EVERY)
    try:
        times = _times(followed, fetching.fetch(followed.address))
    except fetching.Forbidden:
        fail(followed, Problem.FORBIDDEN)
    except fetching.Away:
        fail(followed, Problem.AWAY)
    except outside.Unreadable:
        fail(followed, Problem.UNREADABLE)
    else:
        _keep(followed, times)


def _times(followed, text: bytes):
    now = timezone.now().astimezone(UTC)
    zone = ZoneInfo(followed.practitioner.user.time_zone)
    return outside.busy(text, start=now - timedelta(days=1), end=now + AHEAD, zone=zone)


@transaction.atomic
def _keep(followed, times) -> None:
    """All of the new times in place of all of the old ones, in one moment."""
    if not OutsideCalendar.objects.select_for_update().filter(pk=followed.pk).update(problem="", read_at=timezone.now()):
        return  # removed while it was read
    followed.times.all().delete()
    TimeOff.objects.bulk_create(
        TimeOff(practitioner=followed.practitioner, outside=followed, start=start, end=end) for start, end in times
    )


def fail(followed, problem: Problem) -> None:
    """Say why it could not be read."""
    log.warning("outside calendar %s: %s", followed.pk, problem)
    OutsideCalendar.objects.filter(pk=followed.pk).update(problem=problem)

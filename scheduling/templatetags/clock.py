"""Moments on pages, in the same words as in messages: `{{ start|clock }}` is on the reader's clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from scheduling import clock as words

register = template.Library()


@register.filter
def clock(moment, zone=None):
    """Day and time, on the reader's clock or on that of a zone."""
    return words.said(moment, _zone(zone))


@register.filter
def day(date):
    """A day, in the same words."""
    return words.day(_local(date))


@register.filter
def near_day(date):
    """A day of the next weeks, for a button."""
    return words.near_day(_local(date))


@register.filter
def dated(date):
    """A birthday, the day of a letter; nothing where there is none."""
    return words.dated(_local(date)) if date else ""


@register.filter
def stamped(moment):
    """When something was done; nothing where it was not."""
    return words.stamped(moment) if moment else ""


@register.filter
def zone(name):
    """A zone as people call it."""
    return words.zone_name(_zone(str(name)))


@register.filter
def hour(moment, zone=None):
    """The time of the day alone, on the reader's clock or on that of a zone; nothing where there is no moment."""
    if not moment:
        return ""
    local = moment.astimezone(_zone(zone))
    return f"{local:%H:%M}{words.which(local)}"


@register.filter
def until(start, end):
    """From when to when: hours within one day of the reader, else days too."""
    if timezone.localdate(start) == timezone.localdate(end):
        return f"{hour(start)}–{hour(end)}"
    return f"{clock(start)} – {clock(end)}"


@register.filter
def differs(moment, zone):
    """Whether the clock of a zone shows another time than the reader's."""
    return bool(zone) and words.differ(moment, _zone(None), ZoneInfo(zone))


def _local(date):
    return timezone.localdate(date) if isinstance(date, datetime) else date


def _zone(name):
    return ZoneInfo(name) if name else timezone.get_current_timezone()

"""A moment in words. On every page and in every message the same words name the same instant."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import get_timezone_location, get_timezone_name
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.errors import Refused


class NoSuchTime(Refused):
    """The clocks are set forward or back just then: the time does not exist, or comes twice."""


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment that somebody means who writes a day and a time on the clock of a zone."""
    local = datetime.combine(day, at, tzinfo=zone)
    facts = {"date": dated(day), "time": f"{at:%H:%M}", "zone": zone_name(zone)}
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        forward = _("On %(date)s the clocks in %(zone)s are set forward: there is no %(time)s. Please choose another time.")
        raise NoSuchTime(forward % facts)
    if which(local):
        back = _("On %(date)s the clocks in %(zone)s are set back: %(time)s comes twice. Please choose another time.")
        raise NoSuchTime(back % facts)
    return local.astimezone(UTC)


def said(moment: datetime, zone: ZoneInfo) -> str:
    """Day and time on the clock of a zone; in the hour that comes twice, which of the two."""
    local = moment.astimezone(zone)
    return date_format(local, _("D j M Y, H:i")) + which(local)


def said_here(moment: datetime) -> str:
    """The same on the reader's clock."""
    return said(moment, timezone.get_current_timezone())


def day(date: date) -> str:
    """A day alone."""
    return date_format(date, _("D j M Y"))


def near_day(date: date) -> str:
    """A day of the next weeks, for a button."""
    return date_format(date, _("D j M"))


def dated(date: date) -> str:
    """A birthday, the day of a letter: no weekday."""
    return date_format(date, _("j M Y"))


def stamped(moment: datetime) -> str:
    """When something was done, on the reader's clock; no weekday."""
    local = timezone.localtime(moment)
    return date_format(local, _("j M Y, H:i")) + which(local)


def zone_name(zone: ZoneInfo) -> str:
    """A zone as people call it: Korean time, not Asia/Seoul."""
    return _("Korean time") if zone.key in ("Asia/Seoul", "ROK") else _called(zone, get_language() or "ko")


@lru_cache(maxsize=1000)
def _called(zone: ZoneInfo, language: str) -> str:
    name = get_timezone_name(zone, width="long", locale=language, zone_variant="generic")
    return _city(zone.key) if "(" in name else name  # of no country: UTC, GMT+5


def _city(name: str) -> str:
    return name.rpartition("/")[2].replace("_", " ")


def zones(first: str) -> list[tuple[str, str]]:
    """Every zone by its city, for a list: Berlin (Central European Time). The one that is mostly meant stands first."""
    return [_place(first), *(pair for pair in _places(get_language() or "ko") if pair[0] != first)]


def _place(key: str) -> tuple[str, str]:
    city, name = _named_city(key), zone_name(ZoneInfo(key))
    return key, city if name == _city(key) else f"{city} ({name})"


def _named_city(key: str) -> str:
    return _city(get_timezone_location(ZoneInfo(key), locale=get_language() or "ko", return_city=True))


@lru_cache
def _places(language: str) -> list[tuple[str, str]]:
    keys = (key for key in available_timezones() if "/" in key and not key.startswith("Etc/"))
    by_city = {_named_city(key): key for key in sorted(keys, reverse=True)}  # America/New_York, and not US/Eastern
    return sorted(map(_place, by_city.values()), key=lambda pair: (pair[1][0].isascii(), pair[1]))


def which(local: datetime) -> str:
    """Empty, except when the clocks are set back: then the same reading comes twice, and the offset tells them apart."""
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    return f" (UTC{local.isoformat()[-6:]})"


def differ(moment: datetime, one: ZoneInfo, other: ZoneInfo) -> bool:
    """Whether two clocks show different times at that moment."""
    return moment.astimezone(one).utcoffset() != moment.astimezone(other).utcoffset()


def both(moment: datetime, reader: ZoneInfo, clinic: ZoneInfo) -> str:
    """The reader's clock, and the clinic's where it shows another time."""
    if not differ(moment, reader, clinic):
        return said(moment, reader)
    names = zone_name(reader), zone_name(clinic)
    if names[0] == names[1]:  # Denver and Phoenix are both on Mountain Time, and not on the same clock
        names = reader.key, clinic.key
    facts = {"here": said(moment, reader), "zone": names[0], "there": said(moment, clinic), "clinic_zone": names[1]}
    return _("%(here)s (%(zone)s). At the clinic it is then %(there)s (%(clinic_zone)s)") % facts

"""A moment in words. On every page and in every message the same words name the same instant."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.errors import Refused


class NoSuchTime(Refused):
    """The clocks are set forward or back just then: the time does not exist, or comes twice."""


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment that somebody means who writes a day and a time on the clock of a zone."""
    local = datetime.combine(day, at, tzinfo=zone)
    facts = {"date": day.isoformat(), "time": f"{at:%H:%M}", "zone": zone.key}
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
    facts = {"here": said(moment, reader), "zone": reader.key, "there": said(moment, clinic), "clinic_zone": clinic.key}
    return _("%(here)s (%(zone)s). At the clinic it is then %(there)s (%(clinic_zone)s)") % facts

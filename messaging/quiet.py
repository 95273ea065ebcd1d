"""People sleep: a message that can wait, waits for the morning. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

EVENING, MORNING = time(21), time(8)


def awake(moment: datetime, zone: ZoneInfo) -> datetime:
    """This moment, or the next morning if it is night in that zone."""
    local = moment.astimezone(zone)
    if MORNING <= local.time() < EVENING:
        return moment
    day = local.date() + timedelta(days=local.time() >= EVENING)
    return max(moment, datetime.combine(day, MORNING, tzinfo=zone).astimezone(moment.tzinfo))

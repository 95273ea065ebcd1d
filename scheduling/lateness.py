"""A doctor runs late: who comes after is told once, and a gap in the day catches up."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused

from .models import Appointment, Delay
from .signals import delay_said
from .slots import Slot

LASTS = timedelta(hours=12)  # another day begins on time
MOST = 240  # minutes; later than that is not late but away
SECOND_CLICK = timedelta(minutes=2)
WORTH_TELLING = timedelta(minutes=5)
Status = Appointment.Status


@transaction.atomic
def say(practitioner, minutes: int, *, by) -> Delay:
    """The next visit begins so many minutes late; 0: on time again. A second click is no second word."""
    if minutes > MOST:
        raise Refused(_("More than four hours late: please take the time off, so that everybody is offered another one."))
    before = latest(practitioner)
    if before and before.minutes == minutes and before.at > timezone.now() - SECOND_CLICK:
        return before
    delay = Delay.objects.create(practitioner=practitioner, minutes=minutes, by=by)
    audit.record(by, "delay.say", delay, why=f"{minutes} min")
    transaction.on_commit(partial(delay_said.send_robust, sender=Delay, delay=delay))
    return delay


def latest(practitioner, now: datetime | None = None) -> Delay | None:
    """What was said last, while it still means this day."""
    now = now or timezone.now()
    return Delay.objects.filter(practitioner=practitioner, at__lte=now, at__gt=now - LASTS).first()


def after(delay: Delay) -> dict[Appointment, timedelta]:
    """Who comes after, and how much later each begins."""
    if not delay.minutes:
        return {}
    late = timedelta(minutes=delay.minutes)
    theirs = Appointment.objects.filter(
        practitioner=delay.practitioner, status__in=(Status.BOOKED, Status.FULFILLED),
        start__gte=delay.at - late, start__lt=delay.at + LASTS,
    )  # fmt: skip
    people = list(theirs.select_related("patient", "clinic", "booked_by").order_by("start"))
    waits = carried(late, [Slot(person.start, person.end) for person in people])
    shifted = zip(people, waits, strict=True)
    return {person: wait for person, wait in shifted if wait >= WORTH_TELLING and person.status == Status.BOOKED}


def of(appointment: Appointment) -> timedelta:
    """How much later than planned this appointment will begin, as far as is known."""
    delay = latest(appointment.practitioner)
    return after(delay).get(appointment, timedelta(0)) if delay else timedelta(0)


def carried(late: timedelta, planned: Sequence[Slot]) -> Iterator[timedelta]:
    """How late each of these begins when the first begins so late; `planned` is sorted."""
    for number, slot in enumerate(planned):
        if number:
            late = max(timedelta(0), late - (slot.start - planned[number - 1].end))
        yield late


def untold():
    """Delays of which the people after have not been told yet."""
    return Delay.objects.filter(told_at=None, at__gt=timezone.now() - timedelta(hours=1))

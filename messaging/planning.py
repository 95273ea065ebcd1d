"""Plan what is to be told. Every rule here may run twice: the key of a message exists once."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import Scope
from scheduling import lateness
from scheduling.models import Appointment, AppointmentChange, Delay, Offer
from visits import overrun, queue
from visits.models import DutyCall, Visit
from visits.states import State

from . import readers
from .models import NEEDS, Channel, Kind, Message, PushDevice

REMINDERS = {Kind.WEEK: timedelta(days=7), Kind.DAY: timedelta(days=1), Kind.HOUR: timedelta(hours=1)}
USEFUL_UNTIL = {Kind.WEEK: timedelta(days=1), Kind.DAY: timedelta(hours=1), Kind.HOUR: timedelta(0)}  # before the start
FIRST = {
    AppointmentChange.What.BOOKED: Kind.CONFIRMATION,
    AppointmentChange.What.MOVED: Kind.MOVED,
    AppointmentChange.What.CANCELLED: Kind.CANCELLED,
    AppointmentChange.What.PROPOSED: Kind.PROPOSED,
}
UPSET = {AppointmentChange.What.CANCELLED, AppointmentChange.What.PROPOSED}  # of what will not be, nobody is reminded
TOO_SOON = timedelta(minutes=30)  # what the first message has just said need not be said again
PUSHED = {Kind.HOUR, Kind.NEXT, Kind.OFFER, Kind.TAKEN_BACK}  # what is read at once or is of no use
FACTS = ("kind", "change", "visit", "offer", "patient", "reader", "language", "due_at", "until", "state")
FOLLOW_UP_AFTER = timedelta(minutes=30)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SETTLED = timedelta(minutes=2)  # who has just joined the queue still looks at the page


@transaction.atomic
def plan(change: AppointmentChange) -> None:
    """What a change of an appointment has to tell; whatever was planned from an earlier change dies in the same moment."""
    appointments = Appointment.objects.select_for_update(of=("self",)).select_related("patient__user", "booked_by")
    appointment = appointments.get(pk=change.appointment_id)
    changes = list(appointment.changes.values_list("pk", flat=True))
    if changes[0] < change.pk:
        earlier = Message.objects.planned().filter(change__appointment=appointment, change__lt=change.pk)
        earlier.update(state=Message.State.STALE)
    state = Message.State.STALE if changes[-1] > change.pk else Message.State.PLANNED
    told, due = readers.of(appointment.patient, appointment.booked_by, to=Scope.BOOK), list(_due(change, timezone.now()))
    _write(message for reader in told for when in due for message in _messages(*when, reader, change=change, state=state))


def _due(change: AppointmentChange, now: datetime):
    """The first message now, and the reminders that still lie ahead."""
    yield FIRST[AppointmentChange.What(change.what)], now, max(change.start, now + DAY)
    if change.what not in UPSET:
        for kind, before in REMINDERS.items():
            if change.start - before > now + TOO_SOON:
                yield kind, change.start - before, change.start - USEFUL_UNTIL[kind]


def unplanned() -> models.QuerySet:
    """Changes of which nobody was told: the process died between the change and the planning."""
    planned = Message.objects.filter(change=OuterRef("pk"), kind__in=FIRST.values())
    return AppointmentChange.objects.filter(~Exists(planned), at__gt=timezone.now() - 7 * DAY)


def plan_follow_up(visit: Visit) -> None:
    """After the visit: where to read what was said."""
    due_at = visit.ended_at + FOLLOW_UP_AFTER
    for reader in readers.of(visit.patient, to=NEEDS[Kind.FOLLOW_UP]):
        _make(Kind.FOLLOW_UP, due_at, visit.ended_at + DAY, reader, visit=visit)


def plan_cancelled_paper(visit: Visit, paper: str) -> None:
    """A signed medicine or letter was taken back, once; planned with that in one transaction, so nobody has to look for it."""
    now = timezone.now()
    for reader in readers.of(visit.patient, to=NEEDS[Kind.TAKEN_BACK]):
        _make(Kind.TAKEN_BACK, now, now + 7 * DAY, reader, visit=visit, again=f".{paper}")


def unfollowed() -> models.QuerySet:
    """Visits finished within the day without a word afterwards."""
    planned = Message.objects.filter(visit=OuterRef("pk"), kind=Kind.FOLLOW_UP)
    return Visit.objects.filter(~Exists(planned), state=State.COMPLETED, ended_at__gt=timezone.now() - DAY)


def plan_next() -> None:
    """Whoever will probably be called next is told once, wherever they wait; not who waits in the clinic's own room."""
    now = timezone.now()
    for place in queue.soon(now):
        visit = place.visit
        if visit.channel != Visit.Channel.CLINIC and visit.waiting_since < now - SETTLED:
            for reader in readers.of(visit.patient, to=NEEDS[Kind.NEXT]):
                _make(Kind.NEXT, now, now + HOUR, reader, visit=visit)


def plan_duty_call(call: DutyCall) -> None:
    """A doctor is asked to come: by mail, beside the notice on their page."""
    user = call.practitioner.user
    facts = {"kind": Kind.DUTY, "reader": user, "channel": Channel.EMAIL, "language": user.language}
    Message.objects.get_or_create(
        key=f"duty.call{call.pk}", defaults={**facts, "duty_call": call, "due_at": call.made_at, "until": call.until}
    )


def untold_calls() -> models.QuerySet:
    """Open calls without a message: the process died in between."""
    return DutyCall.objects.open().filter(~Exists(Message.objects.filter(duty_call=OuterRef("pk"))))


def offer_other_ways(visit: Visit) -> None:
    """The wait will be long: a booked time would do as well; told once, and the place is kept."""
    now = timezone.now()
    for reader in readers.of(visit.patient, to=NEEDS[Kind.OTHER_WAYS]):
        _make(Kind.OTHER_WAYS, now, now + HOUR, reader, visit=visit)


def plan_late(delay: Delay) -> None:
    """Everybody after is told how much later they begin; who has been told the same before is not told again."""
    now, after = timezone.now(), lateness.after(delay)
    seen = set(Visit.objects.filter(appointment__in=after, state__in=overrun.SEEN).values_list("appointment", flat=True))
    for appointment, late in after.items():
        change, minutes = appointment.changes.last(), late // timedelta(minutes=1)
        if change and change.what not in UPSET and appointment.pk not in seen:
            Message.objects.filter(kind=Kind.LATE, change=change, state=Message.State.STALE).delete()  # it may be true again
            for reader in readers.of(appointment.patient, appointment.booked_by, to=NEEDS[Kind.LATE]):
                _make(Kind.LATE, now, appointment.start + late, reader, change=change, again=f".{minutes}min")
    Delay.objects.filter(pk=delay.pk).update(told_at=now)


def plan_offer(offer: Offer) -> None:
    """A time became free: who may book it for the patient is told until when it is kept."""
    now = timezone.now()
    for reader in readers.of(offer.entry.patient, offer.entry.asked_by, to=NEEDS[Kind.OFFER]):
        _make(Kind.OFFER, now, offer.expires_at, reader, offer=offer)


def untold() -> models.QuerySet:
    """Open offers that nobody was told of: the process died between the offer and the planning."""
    planned = Message.objects.filter(offer=OuterRef("pk"))
    return Offer.objects.filter(~Exists(planned), state=Offer.State.OPEN, expires_at__gt=timezone.now())


def plan_link(wish_id: int, reader: readers.Reader, *, change=None, visit=None) -> None:
    """The link again, for who asked for it."""
    now = timezone.now()
    _make(Kind.LINK, now, now + HOUR, reader, change=change, visit=visit, again=f".wish{wish_id}")


def _make(*when, **about) -> None:
    _write(_messages(*when, **about))


def _write(messages: Iterable[Message]) -> None:
    """What was planned before stays as it is: its key is taken."""
    Message.objects.bulk_create(messages, ignore_conflicts=True)


def _messages(kind, due_at, until, reader, *, change=None, visit=None, offer=None, state=Message.State.PLANNED, again=""):
    """The message, and the same to each browser that wants to be told at once."""
    about = f"change{change.pk}" if change else f"visit{visit.pk}" if visit else f"offer{offer.pk}"
    key = f"{kind}.{about}.{reader.name}{again}"
    facts = {
        "kind": kind, "change": change, "visit": visit, "offer": offer, "patient": reader.patient, "reader": reader.user,
        "language": reader.language, "due_at": due_at, "until": until, "state": state,
    }  # fmt: skip
    for device in reader.devices if kind in PUSHED else ():
        yield _pushed(key, facts, device)
    channel = reader.channel(kind)
    if channel == Channel.NONE and state == Message.State.PLANNED:
        facts |= {"state": Message.State.FAILED, "problem": "nobody to send it to"}
    yield Message(key=key, channel=channel, **facts)


def push_too(device: PushDevice) -> None:
    """A browser that asks only now is told of what was planned before, too."""
    by_link = Q(patient=device.patient) & (Q(reader=None) | Q(reader=F("patient__user")))
    theirs = Q(reader=device.user) if device.user else by_link
    planned = Message.objects.planned().filter(theirs, kind__in=PUSHED).exclude(channel=Channel.PUSH)
    _write(_pushed(message.key, {name: getattr(message, name) for name in FACTS}, device) for message in planned)


def _pushed(key: str, facts: dict, device: PushDevice) -> Message:
    return Message(key=f"{key}.push{device.pk}", channel=Channel.PUSH, device=device, **facts)

"""A doctor cannot be there: nobody who is booked is lost, each is offered another time.

A proposal keeps the offered time for the patient and changes nothing else: the booked time stands until somebody answers.
Whatever happens to the appointment next is the answer.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import Practitioner

from . import booking, openings
from .models import Appointment, AppointmentChange, Hold, Proposal, TimeOff
from .slots import Slot

KEPT_HOURS = 24  # so long an offered time is kept, and never into its own notice
NEAR = timedelta(days=3)
Choice = tuple[Practitioner, Slot]


class ProposalOver(Refused):
    """Answered already, or there is no time in it."""


def hit(practitioner, start: datetime, end: datetime):
    """Who is booked with this doctor then and has not been offered another time yet."""
    booked = Appointment.objects.booked().filter(practitioner=practitioner, start__lt=end, end__gt=start)
    asked = Proposal.objects.live().values("change__appointment")
    return booked.exclude(pk__in=asked).select_related("patient", "clinic", "kind", "practitioner").order_by("start")


@transaction.atomic
def take_off(practitioner, start: datetime, end: datetime, *, by) -> TimeOff:
    """No new booking in this time. Saying it twice is saying it once."""
    Practitioner.objects.select_for_update().get(pk=practitioner.pk)
    known = TimeOff.objects.filter(practitioner=practitioner, outside=None, start__lte=start, end__gte=end).first()
    if known:
        return known
    away = TimeOff.objects.create(practitioner=practitioner, start=start, end=end)
    audit.record(by, "time-off.take", away)
    return away


@transaction.atomic
def give_back(away: TimeOff, *, by) -> None:
    """The doctor is there after all: who has not answered keeps the booked time, and is told so."""
    for proposal in away.proposals.live().select_related("change"):
        appointment = Appointment.objects.select_for_update().get(pk=proposal.change.appointment_id)
        if live(appointment) == proposal:  # nobody has answered in this moment
            Hold.objects.filter(proposal=proposal).delete()
            booking.record(appointment, AppointmentChange.What.BOOKED, "appointment.stands", by=by)
    audit.record(by, "time-off.give-back", away)
    away.delete()


def redistribute(away: TimeOff, people: Iterable[Appointment], *, by) -> list[Proposal]:
    """Offer each of these another time, the earliest first: with a colleague that day, else with whom it is possible soonest."""
    people = sorted(people, key=lambda person: person.start)
    free = {group: _free_times(away, *group, many=len(people)) for group in {(one.clinic, one.kind) for one in people}}
    made = [_propose(person, away, free[person.clinic, person.kind], by=by) for person in people]
    return [proposal for proposal in made if proposal]


@transaction.atomic
def accept(appointment: Appointment, *, by) -> Appointment:
    """Take the offered time. Of two who accept at once the second finds it done; nobody else can have the time meanwhile."""
    appointment = Appointment.objects.select_for_update(of=("self",)).select_related("kind", "clinic").get(pk=appointment.pk)
    proposal = Proposal.objects.filter(change__appointment=appointment).select_related("practitioner").last()
    if proposal is None or proposal.start is None:
        raise ProposalOver(_("Nothing is offered here any more. Please choose a time yourself."))
    slot = Slot(proposal.start, proposal.end)
    if proposal == live(appointment):
        Hold.objects.filter(proposal=proposal).delete()
        return booking.move(appointment, slot, by=by, practitioner=proposal.practitioner)
    if (appointment.practitioner_id, appointment.start, appointment.status) == (
        proposal.practitioner_id, slot.start, Appointment.Status.BOOKED,
    ):  # fmt: skip
        return appointment  # a second click
    raise ProposalOver(_("This offer has been answered already. Please look at your appointment."))


def live(appointment) -> Proposal | None:
    """What is offered instead of this appointment, as long as nobody has answered."""
    return Proposal.objects.live().filter(change__appointment=appointment).select_related("practitioner").first()


# --- how it is done


def _free_times(away: TimeOff, clinic, kind, *, many: int) -> list[Choice]:
    """The times that could be offered: of the next days if they are enough, else of all that can be booked."""
    doctors = list(clinic.practitioners.doctors())
    for end in away.end + NEAR, None:
        free = openings.of_doctors(doctors, clinic, kind=kind, end=end)
        found = [(doctor, slot) for doctor in doctors for slot in free[doctor.pk]]
        if len(found) >= 2 * many:
            break
    return found


def in_order(choices: Iterable[Choice], appointment) -> list[Choice]:
    """What suits best first: a colleague on that day, the nearer the better; else what is soonest, best with the own doctor."""
    zone = ZoneInfo(appointment.clinic.time_zone)
    day = appointment.start.astimezone(zone).date()

    def far(choice: Choice):
        doctor, slot = choice
        own = doctor.pk == appointment.practitioner_id
        if not own and slot.start.astimezone(zone).date() == day:
            return 0, abs(slot.start - appointment.start), doctor.pk
        return 1, slot.start, not own

    return sorted((choice for choice in choices if _fits(choice, appointment)), key=far)


def _fits(choice: Choice, appointment) -> bool:
    """As long as the booked one, if no kind says how long."""
    slot = choice[1]
    return appointment.kind is not None or slot.end - slot.start >= appointment.end - appointment.start


@transaction.atomic
def _propose(appointment, away, free: list[Choice], *, by) -> Proposal | None:
    """One person's offer; None for whoever moved, cancelled or was asked since the list was made."""
    Appointment.objects.select_for_update().get(pk=appointment.pk)
    appointment = hit(away.practitioner, away.start, away.end).filter(pk=appointment.pk).first()
    if appointment is None:
        return None
    facts = _kept(appointment, free, by=by)
    change = booking.record(
        appointment, AppointmentChange.What.PROPOSED, "appointment.propose", by=by, reason="the doctor is away"
    )
    return Proposal.objects.create(change=change, time_off=away, **facts)


def _kept(appointment, free: list[Choice], *, by) -> dict:
    """The time that suits best and could be kept; nothing if there is none."""
    for choice in in_order(free, appointment):
        free.remove(choice)
        with suppress(booking.SlotTaken):  # somebody was faster, or it overlaps with what was offered just now
            return _keep(appointment, *choice, by=by)
    return {}


def _keep(appointment, practitioner, slot: Slot, *, by) -> dict:
    notice = timedelta(minutes=appointment.kind.notice_minutes) if appointment.kind else openings.NOTICE
    hours = min(timedelta(hours=KEPT_HOURS), slot.start - notice - timezone.now())
    facts = {"practitioner": practitioner, "clinic": appointment.clinic, "kind": appointment.kind, "by": by}
    held = booking.hold(slot, **facts, minutes=max(1, hours // timedelta(minutes=1)), of_form=False)
    return {"practitioner": practitioner, "start": slot.start, "end": slot.end, "hold": held}

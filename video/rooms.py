"""Take a seat, write a line, leave. Leaving never ends the visit."""

from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import User
from accounts.naming import named
from visits import one_room
from visits.hints import push
from visits.models import Visit
from visits.states import WITH_DOCTOR, State

from .models import ChatMessage, Invitation, Participant, Role, Room
from .signals import people_changed

MOST_PEOPLE = 6  # and an interpreter
LONGEST_LINE = 1000
DOORKEEPERS = (Role.PRACTITIONER, Role.ASSISTANT)


class RoomClosed(Refused):
    """There is no open room for this visit now."""


class NotOfThisVisit(Refused):
    """Somebody who may read the visit, but has no part in the conversation."""


class Seat(NamedTuple):
    """What a page needs to show the room, or why it shows none."""

    visit: Visit
    user: User | None = None
    refusal: str = ""
    guest: Invitation | None = None

    @property
    def participant(self) -> Participant:
        """The seat itself; it is taken when it is first asked for, or refused."""
        return admit_guest(self.guest) if self.guest else admit(self.visit, user=self.user)

    @property
    def opens_the_door(self) -> bool:
        """The doctor and the assistant let guests in."""
        return not self.guest and part_in(self.visit, self.user) in DOORKEEPERS

    @property
    def pass_url(self) -> str:
        """Where this person's browser fetches its pass."""
        return reverse("video:guest-seat", args=[self.guest.pk]) if self.guest else reverse("video:seat", args=[self.visit.pk])

    @property
    def say_url(self) -> str:
        """Where a line is written by form."""
        return reverse("video:guest-say", args=[self.guest.pk]) if self.guest else reverse("video:say", args=[self.visit.pk])

    @property
    def asking(self):
        """The guests who stand at the door."""
        return self.visit.invitations.asking()

    @property
    def guests_inside(self):
        """The guests who were let in and are here."""
        return self.visit.invitations.inside()


def room_group(visit_id) -> str:
    return f"room.{visit_id}"


def open_for(visit) -> Room:
    """The visit's room; made when it is first needed."""
    return Room.objects.get_or_create(visit=visit)[0]


def close_for(visit) -> None:
    """The visit is over: nobody is in the room any more."""
    Room.objects.filter(visit=visit, closed_at=None).update(closed_at=timezone.now())
    push(room_group(visit.pk), {"type": "room.closed"})


def empty(visit) -> None:
    """The patient waits again: whoever is in the room goes out; it opens when the next doctor calls."""
    push(room_group(visit.pk), {"type": "room.closed"})


def seat(visit, *, user=None) -> Seat:
    """What the page of somebody shows of the room; nobody is seated by looking at a page."""
    try:
        role_of(visit, user)
    except Refused as refusal:
        return Seat(visit, user, str(refusal))
    return Seat(visit, user)


def admit(visit, *, user=None) -> Participant:
    """Give somebody their seat (user None: who holds the visit's link). The server decides who they are here."""
    role = role_of(visit, user)
    facts = {"role": role, "name": _name_of(visit, user)}
    seats = Participant.objects.exclude(role=Role.RECORDER).select_related("room")
    return seats.get_or_create(room=open_for(visit), user=user, invitation=None, defaults=facts)[0]


def admit_guest(invitation) -> Participant:
    """Give an invited person their seat, once they were let in."""
    _must_be_open(invitation.visit)
    if invitation.state != Invitation.State.ADMITTED:
        raise NotOfThisVisit(_("Please wait until the doctor lets you in."))
    facts = {"role": invitation.role, "name": invitation.name}
    return Participant.objects.update_or_create(room=open_for(invitation.visit), invitation=invitation, defaults=facts)[0]


def role_of(visit, user) -> Role:
    """The part somebody has in the conversation while the room is open; a doctor is in one room at a time."""
    _must_be_open(visit)
    role = part_in(visit, user)
    if role == Role.PRACTITIONER and visit.state == State.ON_HOLD and one_room.inside(visit.practitioner).exists():
        raise RoomClosed(_("Another patient is in your room now, so you are neither seen nor heard here."))
    return role


def _must_be_open(visit):
    if visit.state not in WITH_DOCTOR:
        raise RoomClosed(_("The video room is open while the doctor is with you. Please wait until you are called in."))


def part_in(visit, user) -> Role:
    """The part somebody has in a visit: the patient's side, the visit's doctor, those who bring patients in."""
    if user is None or user.pk == visit.patient.user_id:
        return Role.PATIENT
    if not user.is_staff_member:
        return Role.COMPANION  # whoever reached this visit from the patient's side, by grant or by link
    if visit.practitioner and visit.practitioner.user_id == user.pk:
        return Role.PRACTITIONER
    if Visit.objects.hosted_by(user).filter(pk=visit.pk).exists():
        return Role.ASSISTANT
    if visit.opinions.filter(colleague__user=user.pk).exists():
        return Role.CONSULTANT
    raise NotOfThisVisit(
        _("The conversation is between the patient and %(doctor)s. You can read the visit.")
        % {"doctor": visit.practitioner or _("the doctor")}
    )


def may_come_in(visit, user) -> bool:
    """Whether somebody of the staff has a part in the conversation."""
    try:
        return bool(role_of(visit, user))
    except Refused:
        return False


def _name_of(visit, user):
    if user is None or user.pk == visit.patient.user_id:
        return visit.patient.name
    return named(user, visit.patient)[:100]


@transaction.atomic
def enter(participant, session) -> None:
    """Somebody is in the room, by this socket; there is room for six people and an interpreter."""
    Room.objects.select_for_update().get(pk=participant.room_id)
    roles = [participant.role, *inside(participant.room).exclude(pk=participant.pk).values_list("role", flat=True)]
    if len(roles) > MOST_PEOPLE + (Role.INTERPRETER in roles):
        raise RoomClosed(_("The room is full: six people and an interpreter are in this visit already."))
    Participant.objects.filter(pk=participant.pk).update(joined_at=timezone.now(), left_at=None, session=session)
    audit.record(participant.user, "room.join", participant.room)
    tell(participant.room, "room.people")
    people_changed.send(sender=Room, room=participant.room)


@transaction.atomic
def go(participant, session) -> None:
    """Somebody is out of the room; the visit goes on. A socket that was replaced by a newer one says nothing."""
    Room.objects.select_for_update().get(pk=participant.room_id)
    if not Participant.objects.filter(pk=participant.pk, session=session).update(left_at=timezone.now()):
        return
    audit.record(participant.user, "room.leave", participant.room)
    tell(participant.room, "room.people")
    people_changed.send(sender=Room, room=participant.room)


@transaction.atomic
def say(participant, text) -> ChatMessage:
    """Write a line that everybody in the room reads, while the room is open."""
    text = text.replace("\x00", "").strip()
    if not text or len(text) > LONGEST_LINE:
        raise Refused(_("A message has between 1 and 1,000 characters."))
    if not Room.objects.filter(pk=participant.room_id, visit__state__in=WITH_DOCTOR).exists():
        raise RoomClosed(_("The visit is over, so nothing more can be written."))
    message = ChatMessage.objects.create(room=participant.room, participant=participant, text=text)
    audit.record(participant.user, "room.say", participant.room)
    tell(participant.room, "room.said", message=message.pk)
    return message


def said(visit):
    """The lines written so far."""
    return ChatMessage.objects.filter(room__visit=visit).select_related("participant")


def inside(room):
    """Who is in the room now; the recorder is nobody."""
    return everybody(room).exclude(role=Participant.Role.RECORDER)


def everybody(room):
    """Who is shown: the people, and the recorder while it runs."""
    return room.participants.filter(joined_at__isnull=False, left_at=None).order_by("joined_at")


def show_out(seats) -> None:
    """Whoever sits there leaves the room, on whatever page they are."""
    for seat in seats.filter(left_at=None).select_related("room"):
        tell(seat.room, "room.out", person=str(seat.pk))


def tell(room, kind, **facts):
    """Say something to every open page of the room, once it is true."""
    transaction.on_commit(partial(push, room_group(room.visit_id), {"type": kind, **facts}))

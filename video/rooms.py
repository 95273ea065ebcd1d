"""Take a seat, write a line, leave. Leaving never ends the visit."""

from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import User
from visits.hints import push
from visits.states import WITH_DOCTOR

from .models import ChatMessage, Participant, Room

TOKEN_SECONDS = 60
SALT = "video.seat"
MOST_PEOPLE = 4


class RoomClosed(Refused):
    """There is no open room for this visit now."""


class Seat(NamedTuple):
    """What a page needs to join."""

    participant: Participant
    visit: object
    ice_servers: list


def room_group(visit_id) -> str:
    return f"room.{visit_id}"


def open_for(visit) -> Room:
    """The visit's room; made when it is first needed."""
    return Room.objects.get_or_create(visit=visit)[0]


def close_for(visit) -> None:
    """The visit is over: nobody is in the room any more."""
    Room.objects.filter(visit=visit, closed_at=None).update(closed_at=timezone.now())
    push(room_group(visit.pk), {"type": "room.closed"})


def seat(visit, *, user=None) -> Seat:
    """The seat of a person in the room of their visit (user None: who holds the visit's link)."""
    if visit.state not in WITH_DOCTOR:
        raise RoomClosed(_("The video room is open while the doctor is with you. Please wait until you are called in."))
    room = open_for(visit)
    role, name = _part_of(visit, user)
    participant = Participant.objects.get_or_create(room=room, user=user, defaults={"role": role, "name": name})[0]
    return Seat(participant, visit, settings.ICE_SERVERS)


def _part_of(visit, user):
    roles = {User.Role.DOCTOR: Participant.Role.PRACTITIONER, User.Role.PATIENT: Participant.Role.COMPANION}
    if user is None or user.pk == visit.patient.user_id:
        return Participant.Role.PATIENT, visit.patient.name
    name = user.practitioner.name if hasattr(user, "practitioner") else str(user)
    return roles.get(user.role, Participant.Role.ASSISTANT), name


def token_for(participant) -> str:
    """A pass for one seat, for one minute; whoever asks for it was checked a moment ago."""
    return signing.dumps(str(participant.pk), salt=SALT)


def holder_of(token, visit_id) -> Participant | None:
    """The seat that a pass opens, if the pass is fresh and the room is open."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        return None
    seats = Participant.objects.select_related("room__visit", "user")
    return seats.filter(pk=pk, room__visit_id=visit_id, room__visit__state__in=WITH_DOCTOR).first()


@transaction.atomic
def enter(participant, session) -> None:
    """Somebody is in the room, by this socket; a room for four stays a room for four."""
    Room.objects.select_for_update().get(pk=participant.room_id)
    inside = participant.room.participants.filter(joined_at__isnull=False, left_at=None).exclude(pk=participant.pk)
    if inside.count() >= MOST_PEOPLE:
        raise RoomClosed(_("Four people are in this visit already."))
    Participant.objects.filter(pk=participant.pk).update(joined_at=timezone.now(), left_at=None, session=session)
    audit.record(participant.user, "room.join", participant.room)
    _tell(participant.room, "room.people")


@transaction.atomic
def go(participant, session) -> None:
    """Somebody is out of the room; the visit goes on. A socket that was replaced by a newer one says nothing."""
    if not Participant.objects.filter(pk=participant.pk, session=session).update(left_at=timezone.now()):
        return
    audit.record(participant.user, "room.leave", participant.room)
    _tell(participant.room, "room.people")


@transaction.atomic
def say(participant, text) -> ChatMessage:
    """Write a line that everybody in the room reads."""
    text = text.strip()
    if not text or len(text) > 1000:
        raise Refused(_("A message has between 1 and 1,000 characters."))
    message = ChatMessage.objects.create(room=participant.room, participant=participant, text=text)
    audit.record(participant.user, "room.say", participant.room)
    _tell(participant.room, "room.said", message=message.pk)
    return message


def inside(room):
    """Who is in the room now."""
    return room.participants.filter(joined_at__isnull=False, left_at=None).order_by("joined_at")


def _tell(room, kind, **facts):
    transaction.on_commit(partial(push, room_group(room.visit_id), {"type": kind, **facts}))

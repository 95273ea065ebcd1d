"""Record a visit: only while everybody in the room agrees. The database says what is wished; the media worker makes it so."""

from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, consents
from accounts.errors import NotAllowed, Refused
from accounts.models import Language
from visits.states import WITH_DOCTOR

from . import rooms
from .models import Participant, Recording, RecordingConsent, Room

LEAST_PEOPLE = 2
Role, Why = Participant.Role, Recording.Why


class Text(NamedTuple):
    """What somebody agrees to, in the language of their page."""

    version: str
    title: str
    text: str


def wording() -> Text:
    """The present text; how long recordings are kept is part of it, and of its version."""
    tongue, days = Language.of_the_page(), settings.RECORDING_DAYS
    asked = consents.RECORDING
    return Text(f"{asked.version}.{days}d", asked.title[tongue], asked.text[tongue].format(days=days))


@transaction.atomic
def ask(version, *, by) -> None:
    """The doctor agrees to a recording and asks the others. Asking twice is asking once."""
    room = _open(by)
    if by.role != Role.PRACTITIONER:
        raise NotAllowed(_("Only the doctor of this visit can ask for a recording."))
    if not settings.RECORDING_KEY:
        raise Refused(_("Recording is not set up in this house. Whoever runs Naru has to give it a key."))
    if not room.recordings.live().exists():
        recording = Recording.objects.create(room=room, asked_by=by)
        audit.record(by.user, "recording.ask", recording)
    _answer(room, True, version, by)


@transaction.atomic
def answer(agreed, version, *, by) -> None:
    """Somebody in the room agrees, or does not, or no longer; then nothing is recorded from now on."""
    _answer(_open(by), agreed, version, by)


@transaction.atomic
def stop(*, by) -> None:
    """The doctor has recorded enough, or asks no more."""
    room = _open(by)
    if by.role != Role.PRACTITIONER:
        raise NotAllowed(_("Only the doctor of this visit can do this. You can take your own consent back."))
    for recording in room.recordings.live():
        _stop(recording, Why.STOPPED, by.user)


@transaction.atomic
def review(room) -> None:
    """People came or went. A newcomer who was not asked stops the recording; it goes on once they agree too."""
    room = _locked(room.pk)
    recording = room.recordings.live().first()
    if recording is None:
        return
    people = list(rooms.inside(room))
    lacking = [person for person in people if not has_agreed(person)]
    if recording.started_at and (lacking or not people):
        _stop(recording, Why.NEWCOMER if lacking else Why.EMPTY)
        Recording.objects.create(room=room, asked_by=recording.asked_by)
    elif not recording.started_at and not lacking and len(people) >= LEAST_PEOPLE:
        _start(recording)
    _changed(room)


@transaction.atomic
def end_for(visit) -> None:
    """The visit is over."""
    for room in Room.objects.filter(visit=visit):
        for recording in _locked(room.pk).recordings.live():
            _stop(recording, Why.OVER)


@transaction.atomic
def heard(event) -> None:
    """What a media worker says of a recording; everybody in the room hears it, and it counts once."""
    found = Recording.objects.get(pk=event.recording)
    room = _locked(found.room_id)
    if not event.problem:
        Recording.objects.filter(pk=found.pk, begun_at=None).update(begun_at=timezone.now())
    elif Recording.objects.filter(pk=found.pk, problem="", stored_at=None).update(problem=event.problem):
        for recording in room.recordings.live().filter(pk=found.pk):
            _stop(recording, Why.PROBLEM)


def shown_to(seat) -> dict:
    """What a page shows to one person of the room: what goes on, what they said, for whom it waits, how the last one ended."""
    live = seat.room.recordings.live().first()
    people = rooms.inside(seat.room)
    return {
        "seat": seat,
        "live": live,
        "text": wording(),
        "agreed": has_agreed(seat),
        "waits_for": [person for person in people if person.pk != seat.pk and not has_agreed(person)] if live else [],
        "alone": len(people) < LEAST_PEOPLE,
        "last": None if live else seat.room.recordings.last(),
        "may_ask": seat.role == Role.PRACTITIONER and bool(settings.RECORDING_KEY),
        "is_doctor": seat.role == Role.PRACTITIONER,
    }


def news_for(seat) -> dict:
    """Where a page finds what to show, and of which revision it is: the same need not be shown twice."""
    revision = Room.objects.values_list("recording_revision", flat=True).get(pk=seat.room_id)
    return {"url": reverse("video:recording", args=[seat.pk]), "revision": revision}


def wish(room_id, known=0) -> dict | None:
    """What the room wishes of its recorder; None if that is no newer than what is known."""
    room = Room.objects.get(pk=room_id)
    if room.recording_revision <= known:
        return None
    running = room.recordings.live().filter(started_at__isnull=False).first()
    agreed = [str(person.pk) for person in room.participants.exclude(role=Role.RECORDER) if has_agreed(person)]
    return {"recording": str(running.pk) if running else "", "revision": room.recording_revision, "people": agreed}


def has_agreed(person) -> bool:
    """Whether the newest thing somebody said is yes, to the present text."""
    last = person.recording_consents.last()
    return bool(last and last.given and last.version == wording().version)


def _answer(room, agreed, version, by):
    present = wording().version
    if agreed and version != present:  # a no is heard whatever was read
        raise Refused(_("The text has changed meanwhile. Please read it again."))
    said = RecordingConsent.objects.create(participant=by, version=present, language=Language.of_the_page(), given=agreed)
    audit.record(by.user, "recording.agree" if agreed else "recording.refuse", said)
    recording = room.recordings.live().first()
    if recording and not agreed:
        _stop(recording, Why.WITHDRAWN if recording.started_at else Why.DECLINED, by.user)
    review(room)
    _changed(room)


def _start(recording):
    """Everybody agreed: the recorder takes its seat, where everybody sees it."""
    recording.started_at = timezone.now()
    recording.save(update_fields=["started_at"])
    seat = {"joined_at": recording.started_at, "left_at": None, "name": "Naru"}
    Participant.objects.update_or_create(room=recording.room, user=None, role=Role.RECORDER, defaults=seat)
    audit.record(None, "recording.start", recording)
    _changed(recording.room)


def _stop(recording, why, user=None):
    recording.stopped_at, recording.why = timezone.now(), why
    recording.save(update_fields=["stopped_at", "why"])
    recording.room.participants.filter(role=Role.RECORDER).update(left_at=recording.stopped_at)
    audit.record(user, "recording.stop", recording, why=why)
    _changed(recording.room)


def _changed(room):
    """A new wish, and everybody looks at it."""
    Room.objects.filter(pk=room.pk).update(recording_revision=F("recording_revision") + 1)
    rooms.tell(room, "room.people")
    rooms.tell(room, "room.recording")


def _open(by):
    """The room, locked, if somebody may still decide something in it."""
    room = _locked(by.room_id)
    if room.visit.state not in WITH_DOCTOR:
        raise rooms.RoomClosed(_("The visit is over, so nothing is recorded any more."))
    return room


def _locked(pk):
    return Room.objects.select_for_update(of=("self",)).select_related("visit").get(pk=pk)

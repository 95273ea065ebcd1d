"""The live visits of some clinics: who is in the room, what is wrong with whose line, since when, and what to do about it."""

import time
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from video import watching
from video.models import Participant
from video.quality import Cause, Facts, Level, cause_of, level_of
from visits.models import Change, Visit
from visits.states import WITH_DOCTOR, State

ROLE = Participant.Role
LOST_SECONDS = 15.0  # a page that nothing was heard of for so long is not in the room, whatever the database says
LEVELS = {Level.RED: _("Help now"), Level.AMBER: _("Look"), Level.GREEN: _("Good")}
RELAYED = (_("the network blocks video, so it goes by a relay"), _("Nothing to do: it works."))
COMING = (_("was called, is not here yet"), "")
WORDS = {
    Cause.FINE: (_("good connection"), ""),
    Cause.WEAK: (
        _("weak link: the voices come first"),
        _("If they do not understand each other, switch both to sound."),
    ),
    Cause.DENIED: (
        _("camera and microphone are not allowed"),
        _("Tell them: tap the lock beside the address, allow both, reload the page."),
    ),
    Cause.DEVICE: (
        _("camera or microphone cannot be used"),
        _("Tell them: close other video programs, or plug it in, and reload. Sound alone is enough."),
    ),
    Cause.BLOCKED: (
        _("the network blocks video (UDP)"),
        _("Ask them to switch between Wi-Fi and mobile data. Otherwise call by phone."),
    ),
    Cause.UPLINK: (
        _("nothing arrives from them: their connection is cut"),
        _("It comes back by itself with their network. If not, call by phone or send the link again."),
    ),
    Cause.DOWNLINK: (
        _("they are heard, but hear nothing"),
        _("Ask them to reload the page. If that does not help, switch both to sound."),
    ),
    Cause.DOCTOR_GONE: (
        _("the doctor is gone"),
        _("Call the doctor. Park the visit meanwhile: the patient keeps the place."),
    ),
    Cause.PATIENT_GONE: (_("the patient is gone"), _("Send the link again, or call by phone.")),
    Cause.BROWSER: (
        _("this browser cannot make video calls"),
        _("Send the link again and ask them to open it in Chrome or Safari."),
    ),
}


@dataclass
class Line:
    """One person of a live visit, as the coordinator sees them."""

    name: str
    role: str
    cause: Cause
    level: Level
    words: str
    todo: str
    seconds: int  # since when

    @property
    def is_fine(self):
        return self.level == Level.GREEN


@dataclass
class Row:
    """One live visit."""

    visit: Visit
    lines: list[Line]
    sound_only: bool
    parked: Change | None = None

    @property
    def level(self) -> Level:
        return Level.GREEN if self.parked else min((line.level for line in self.lines), key=list(LEVELS).index)

    @property
    def level_words(self):
        return _("Parked") if self.parked else LEVELS[self.level]

    @property
    def troubles(self) -> list[Line]:
        return [] if self.parked else [line for line in self.lines if not line.is_fine]


def rows(user) -> list[Row]:
    """All live visits of a person's clinics: the worst first, then who was called first."""
    people = Prefetch("room__participants", Participant.objects.order_by("joined_at"))
    holds = Prefetch("changes", Change.objects.filter(new=State.ON_HOLD).select_related("by__practitioner"), to_attr="holds")
    found = Visit.objects.visible_to(user).filter(state__in=WITH_DOCTOR).with_people().select_related("room")
    visits = list(found.prefetch_related(people, holds))
    records = watching.latest([person for visit in visits for person in _people(visit)])
    made = [_row(visit, records) for visit in visits]
    return sorted(made, key=lambda row: (list(LEVELS).index(row.level), row.parked is not None, row.visit.called_at))


def _people(visit):
    return list(visit.room.participants.all()) if hasattr(visit, "room") else []


def _row(visit, records) -> Row:
    """The doctor, the patient's side, and whoever else is in the room."""
    people, now = _people(visit), time.time()
    inside = [person for person in people if _is_inside(person, records.get(person.pk), now)]
    doctors = [person for person in people if person.role == ROLE.PRACTITIONER]
    side = [person for person in people if _is_patient_side(person, visit)]
    here = [person for person in side if person in inside]
    shown = [doctors[-1] if doctors else None, *(here or side[-1:] or [None])]
    others = [person for person in inside if person not in shown]
    lines = [_line(visit, person, number == 0, person in inside, records, now) for number, person in enumerate([*shown, *others])]
    parked = visit.holds[-1] if visit.state == State.ON_HOLD and visit.holds else None
    return Row(visit, lines, hasattr(visit, "room") and visit.room.sound_only, parked)


def _is_patient_side(person, visit):
    """In a village clinic the patient sits beside the assistant, before one camera."""
    together = person.role == ROLE.ASSISTANT and visit.channel == Visit.Channel.CLINIC
    return together or person.role in (ROLE.PATIENT, ROLE.COMPANION)


def _is_inside(person, record, now):
    if person.joined_at is None or person.left_at is not None:
        return False
    return record is None or now - max(record.report_at, record.heard_at, person.joined_at.timestamp()) < LOST_SECONDS


def _line(visit, person, is_doctor, is_inside, records, now) -> Line:
    record = (person and records.get(person.pk)) or watching.Record(cut=False)
    came = bool(person and person.joined_at)
    left_at = person.left_at if came and person.left_at else visit.called_at
    away = 0.0 if is_inside else (timezone.now() - left_at).total_seconds()
    facts = record.facts(now, doctor=is_doctor, inside=is_inside, came=came, away=away)
    cause, level = cause_of(facts), level_of(facts)
    words, todo = _said(facts, cause)
    name = person.name if person else (visit.practitioner.name if is_doctor else visit.patient.name)
    role = person.get_role_display() if person else (ROLE.PRACTITIONER if is_doctor else ROLE.PATIENT).label
    return Line(name, role, cause, level, words, todo, int(now - record.since if is_inside and record.since else away))


def _said(facts: Facts, cause: Cause):
    if cause == Cause.FINE and not facts.inside:
        return COMING
    return RELAYED if cause == Cause.BLOCKED and not facts.looking else WORDS[cause]

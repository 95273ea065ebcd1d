"""What a coordinator sees of the clinics: the load, who is on duty, what is to be done, who waits."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Practitioner
from scheduling import rota
from video.quality import Level
from visits.models import DutyCall, Shift, Task, Visit

from . import plan, rescue

# Of the same level: who was left or is silent may be worse; a broken line keeps a doctor; who asks can still ask.
KINDS = [Task.Kind.LEFT_ALONE, Task.Kind.NO_ANSWER, "line", Task.Kind.PERSON]
ON, PAUSE, AWAY, OFF = "on", "pause", "away", "off"
WORDS = {ON: _("on duty"), PAUSE: _("on a break"), AWAY: _("no page open"), OFF: _("off duty")}


@dataclass
class Todo:
    """One thing to do for one visit: a task, or a line that is broken now."""

    visit: Visit
    kind: str
    since: datetime
    task: Task | None = None
    line: rescue.Line | None = None

    @property
    def danger(self) -> tuple:
        """Life in danger first; then what may mean the most, then who waits longest for it."""
        return self.visit.acuity, self.visit.emergency_at is None, _weight(self.kind), self.since


def _weight(kind):
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def todo(user) -> list[Todo]:
    """Everything that waits for a coordinator, the greatest danger first."""
    tasks = Task.objects.visible_to(user).open().select_related("visit__patient", "visit__clinic")
    found = [Todo(task.visit, task.kind, task.made_at, task=task) for task in tasks]
    for row in rescue.rows(user):
        if row.level == Level.RED:
            line = row.troubles[0]
            found.append(Todo(row.visit, "line", timezone.now() - timedelta(seconds=line.seconds), line=line))
    return sorted(found, key=lambda item: item.danger)


@dataclass
class Doctor:
    """A doctor of these clinics: planned and as it is."""

    practitioner: Practitioner
    shift: Shift | None = None
    asked: DutyCall | None = None
    planned: list = field(default_factory=list)

    @property
    def state(self) -> str:
        if self.shift is None:
            return OFF
        if not self.shift.is_present:
            return AWAY
        return PAUSE if self.shift.paused_at else ON

    @property
    def is_on_duty(self) -> bool:
        return self.state in (ON, PAUSE)

    @property
    def words(self):
        return WORDS[self.state]

    @property
    def may_be_called(self) -> bool:
        return self.state in (OFF, AWAY) and (self.asked is None or bool(self.asked.answer))


def doctors(user) -> list[Doctor]:
    """Who is on duty, who pauses, who is away; and when each is planned to work in the next twelve hours."""
    people = plan.doctors_in(user.clinics).prefetch_related("clinics")
    found = {person.pk: Doctor(person) for person in people}
    now = timezone.now()
    for shift in Shift.objects.open().filter(practitioner__in=found):
        found[shift.practitioner_id].shift = shift
    for asked in DutyCall.objects.recent(now).filter(practitioner__in=found):
        found[asked.practitioner_id].asked = asked
    for pk, periods in rota.planned(people, now, now + timedelta(hours=12)).items():
        found[pk].planned = periods
    return sorted(found.values(), key=lambda doctor: ([*WORDS].index(doctor.state), doctor.practitioner.name))

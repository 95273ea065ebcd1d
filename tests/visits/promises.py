"""What is always true of visits, whatever was done: a life of them (test_life_of_visits.py) asks after each deed."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from hypothesis.stateful import invariant, precondition, rule

from accounts.models import AuditEvent
from scheduling.models import Appointment
from visits import handing_over, queue, replay
from visits.models import Change, Source
from visits.states import MOVES, OPEN, WITH_DOCTOR, State


@dataclass
class Believed:
    """A visit as we believe it to be."""

    state: str
    level: int = 3
    source: str = Source.NONE
    owner: int | None = None
    since: object = None


def as_seen(places):
    return [(place.number, place.visit.pk, place.visit.acuity, place.waited_minutes) for place in places]


class Promises:
    """A life has `visits`, `doctors`, and what we believe: `believed`, `moves`, `signs` of doctors, `closed` appointments."""

    @property
    def is_open(self):
        return hasattr(self, "seen")

    def in_room(self, doctor):
        return [pk for pk, known in self.believed.items() if known.state == State.IN_PROGRESS and known.owner == doctor]

    def make_room(self, pk, doctor, instead=False):
        """Life in danger puts whoever this doctor has in the room on hold, and so does the doctor's word; else they stay."""
        is_emergency = self.believed[pk].level == 1
        for other in self.in_room(doctor):
            if is_emergency and self.believed[other].level == 1:
                continue
            if not (is_emergency or instead):
                return False
            self.moved(other, State.ON_HOLD)
        return True

    @invariant()
    def every_visit_is_as_we_believe(self):
        if self.is_open:
            numbers = {user.pk: number for number, user in enumerate(self.doctors)}
            found = {
                visit.pk: Believed(
                    visit.state, visit.acuity, visit.acuity_source,
                    numbers[visit.practitioner.user_id] if visit.practitioner else None, visit.waiting_since,
                )
                for visit in self.visits.select_related("practitioner")
            }  # fmt: skip
            assert found == self.believed

    @invariant()
    def nobody_who_waits_is_lost_or_doubled(self):
        if self.is_open:
            now = timezone.now()
            line, emergencies = self.visits.in_line(now), self.visits.emergencies()
            later = self.visits.waiting().filter(waiting_since__gt=now, acuity__gt=1)
            places = [visit.pk for visit in (*line, *emergencies, *later)]
            waiting = [pk for pk, known in self.believed.items() if known.state == State.WAITING]
            assert sorted(places) == sorted(waiting)
            assert [place.visit for place in queue.in_order(self.visits.waiting(), now)] == list(line)

    @invariant()
    def nobody_is_with_an_absent_doctor_for_more_than_two_minutes(self):
        if self.is_open:
            owners = {known.owner for known in self.believed.values() if known.state in WITH_DOCTOR}
            assert all(timezone.now() - self.signs[owner] <= timedelta(minutes=2) for owner in owners)

    @invariant()
    def a_doctor_has_one_patient_in_the_room_unless_lives_are_in_danger(self):
        if self.is_open:
            for number in range(len(self.doctors)):
                levels = [self.believed[pk].level for pk in self.in_room(number)]
                assert len(levels) <= 1 or set(levels) == {1}

    @invariant()
    def who_was_handed_over_waits_for_one_doctor(self):
        if self.is_open:
            for number, doctor in enumerate(self.doctors):
                for change in handing_over.handed_to(doctor):
                    known = self.believed[change.visit_id]
                    assert (known.state, known.owner) == (State.ON_HOLD, number)

    @invariant()
    def only_who_was_never_here_did_not_come(self):
        if self.is_open:
            closed = Appointment.objects.filter(clinic=self.clinic, status=Appointment.Status.NOSHOW)
            assert {booked.pk for booked in self.closed.values()} <= set(closed.values_list("pk", flat=True))
            assert not self.visits.filter(appointment__in=closed).exists()

    @invariant()
    def nobody_has_two_open_visits(self):
        if self.is_open:
            open_visits = self.visits.filter(state__in=OPEN).values_list("patient", flat=True)
            assert len(set(open_visits)) == len(open_visits)

    @invariant()
    def every_move_is_written_down_and_lawful(self):
        if self.is_open:
            history = Counter()
            last = {}
            for pk, old, new in Change.objects.filter(what=Change.What.STATE).values_list("visit", "old", "new"):
                assert old == last.get(pk, "") and (not old or new in MOVES[State(old)])
                history[pk, new] += 1
                last[pk] = new
            assert history == self.moves
            assert last == {pk: known.state for pk, known in self.believed.items()}

    @invariant()
    def every_move_is_in_the_audit(self):
        if self.is_open:
            words = {f"visit.{state}": state for state in State} | {"visit.arrive": State.ARRIVED}
            rows = AuditEvent.objects.filter(action__in=words).values_list("subject_id", "action")
            assert Counter((uuid.UUID(pk), words[action]) for pk, action in rows) == self.moves

    @invariant()
    def only_a_clinician_lowers_a_level(self):
        if self.is_open:
            judged = set()
            rows = Change.objects.filter(what=Change.What.ACUITY).values_list("visit", "old", "new", "source")
            for pk, old, new, source in rows:
                assert int(new) <= int(old) or source == Source.CLINICIAN or pk not in judged
                if source:
                    judged.add(pk)

    @precondition(lambda self: self.seen)
    @rule()
    def look_back(self):
        for now, line in self.seen.items():
            assert as_seen(replay.line(self.visits, now)) == line

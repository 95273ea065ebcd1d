"""Whatever patients, doctors, staff, clock and worker do in whatever order: nobody is lost, doubled or lowered."""

import itertools
import os
import uuid
from collections import Counter
from datetime import timedelta
from functools import partial

import time_machine
from django.db import transaction
from django.test import TestCase
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from accounts.errors import Refused
from scheduling import joining
from scheduling.models import Appointment
from tests.factories import make_assistant, make_clinic, make_doctor, make_patient, make_practitioner
from tests.visits.promises import Believed, Promises, as_seen
from triage import reassessment
from visits import acuity, clock, duty, errands, flow, handing_over, handover, noshow, queue
from visits.models import Reassessment, Source, Task, Visit
from visits.states import MOVES, WITH_DOCTOR, State

PATIENTS, DOCTORS = 4, 2
who, doctor, level = st.integers(0, PATIENTS - 1), st.integers(0, DOCTORS - 1), st.integers(1, 5)
FEELINGS = [choice.value for choice in Reassessment.Feeling]


class Visits(Promises, RuleBasedStateMachine):
    """Four people, two doctors, an assistant, a coordinator, a worker, and a clock that jumps."""

    @initialize()
    def open(self):
        self.clock = time_machine.travel(timezone.now(), tick=False)
        self.traveller = self.clock.start()
        self.clinic = make_clinic()
        self.doctors = [make_doctor(clinic=self.clinic) for _ in range(DOCTORS)]
        self.assistant = make_assistant(clinic=self.clinic)
        self.coordinator = make_practitioner(clinic=self.clinic, role="coordinator").user
        self.people = [make_patient(clinic=self.clinic) for _ in range(PATIENTS)]
        self.visits = Visit.objects.filter(clinic=self.clinic)
        self.believed: dict[uuid.UUID, Believed] = {}
        self.numbers = itertools.count()
        self.moves = Counter()
        self.pages = set()  # of doctors, that are open
        self.signs = {}  # of life, by doctor, while they are on duty
        self.pending, self.tries, self.closed = {}, {}, {}  # booked and not here; attempts that count; "did not come"
        self.seen = {}

    # what people do

    @rule(who=who, minutes=st.none() | st.integers(0, 60))
    def arrive(self, who, minutes):
        visit = flow.arrive(self.people[who], self.clinic, by=self.assistant, appointment=self.booked(who, minutes))
        self.arrived(visit)

    def arrived(self, visit):
        if visit.pk not in self.believed:
            self.believed[visit.pk] = Believed(State.ARRIVED)
            self.moves[visit.pk, State.ARRIVED] += 1

    def booked(self, who, minutes):
        """A time that this person has booked, unless they come without one or are here already."""
        if minutes is None or self.people[who].visits.open().exists():
            return None
        return self.appointment(who, minutes)

    def appointment(self, who, minutes):
        start = timezone.now() + timedelta(minutes=minutes, milliseconds=next(self.numbers))
        return Appointment.objects.create(
            patient=self.people[who], practitioner=self.doctors[0].practitioner, clinic=self.clinic, request_key=uuid.uuid4(),
            start=start, end=start + timedelta(milliseconds=1), booked_by=self.coordinator,
        )  # fmt: skip

    def visit_of(self, who):
        return self.people[who].visits.open().first()

    def move(self, who, deed, to, allowed, by=None, **facts):
        """Do it; what may not be, or is done `by` a doctor with a colleague's patient, is refused and changes nothing."""
        visit = self.visit_of(who)
        if visit is None:
            return
        known = self.believed[visit.pk]
        if known.state in allowed and by in (None, known.owner):
            deed(visit)
            self.moved(visit.pk, to, **facts)
        else:
            self.refused(partial(deed, visit))

    def moved(self, pk, to, **facts):
        known = self.believed[pk]
        assert to in MOVES[State(known.state)]
        known.state = to
        for name, value in facts.items():
            setattr(known, name, value)
        self.moves[pk, to] += 1

    def refused(self, deed):
        try:
            deed()
        except Refused:
            return
        raise AssertionError("this should have been refused")

    # who booked and does not come

    @rule(who=who, minutes=st.integers(0, 30))
    def book(self, who, minutes):
        if who not in self.pending:
            self.pending[who], self.tries[who] = self.appointment(who, minutes), []

    @rule(who=who)
    def come_as_booked(self, who):
        if who in self.pending:
            visit = flow.arrive(self.people[who], self.clinic, by=self.assistant, appointment=self.pending[who])
            self.arrived(visit)
            if visit.appointment == self.pending[who]:
                del self.pending[who]

    @rule(who=who, with_doctor=st.booleans())
    def try_to_reach(self, who, with_doctor):
        deed = partial(noshow.attempt, self.pending.get(who), way="phone", with_doctor=with_doctor, by=self.assistant)
        if self.is_missing(who):
            deed()
            if with_doctor and (not self.tries[who] or timezone.now() - self.tries[who][-1] >= noshow.APART):
                self.tries[who].append(timezone.now())
        elif who in self.pending:
            self.refused(deed)

    @rule(who=who)
    def did_not_come(self, who):
        deed = partial(noshow.did_not_come, self.pending.get(who), by=self.assistant)
        if self.is_missing(who) and len(self.tries[who]) >= noshow.ATTEMPTS:
            deed()
            self.closed[who] = self.pending.pop(who)
        elif who in self.pending:
            self.refused(deed)

    @rule(who=who)
    def come_after_all(self, who):
        if who in self.closed:
            self.refused(partial(flow.arrive, self.people[who], self.clinic, by=None, appointment=self.closed[who]))

    def is_missing(self, who):
        """The booked time has come, and nobody was here around it."""
        booked = self.pending.get(who)
        if booked is None or booked.start > timezone.now():
            return False
        came = self.people[who].visits.values_list("arrived_at", flat=True)
        return not any(joining.opens_at(booked) <= at <= booked.end + joining.LATE for at in came)

    @rule(who=who)
    def send(self, who):
        visit = self.visit_of(who)
        since = visit and visit.arrived_at
        if visit and visit.appointment and self.believed[visit.pk].level > 2:  # who is in danger does not wait for the time
            since = max(since, visit.appointment.start)
        self.move(who, lambda visit: flow.join_queue(visit, by=None), State.WAITING, [State.ARRIVED], since=since)

    @rule(who=who, doctor=doctor, instead=st.booleans())
    def call_in(self, who, doctor, instead):
        deed = partial(flow.call_in, by=self.doctors[doctor], instead=instead)
        self.bring_in(who, deed, State.WAITING, doctor, instead)
        self.sign(doctor)

    def bring_in(self, who, deed, state, doctor, instead):
        """Into a room with nobody in it, or into which they may come."""
        visit = self.visit_of(who)
        if visit and self.believed[visit.pk].state == state and not self.make_room(visit.pk, doctor, instead):
            self.refused(partial(deed, visit))
        else:
            self.move(who, deed, State.IN_PROGRESS, [state], owner=doctor)

    def sign(self, doctor):
        """Whatever a doctor does is a sign of life."""
        duty.see(self.doctors[doctor])
        if duty.shift_of(self.doctors[doctor]):
            self.signs[doctor] = timezone.now()

    @rule(doctor=doctor)
    def call_in_next(self, doctor):
        emergencies, line = (places(self.doctors[doctor]) for places in (queue.emergencies, queue.of_staff))
        first = next((place.visit.pk for place in (*emergencies, *line)), None)
        deed = partial(flow.call_in_next, by=self.doctors[doctor])
        if first and not self.make_room(first, doctor):
            self.refused(deed)
        else:
            found = deed()
            assert (found and found.pk) == first
            if found:
                self.moved(found.pk, State.IN_PROGRESS, owner=doctor)
        self.sign(doctor)

    @rule(who=who)
    def both_doctors_claim_at_once(self, who):
        visit = self.visit_of(who)
        if visit and self.believed[visit.pk].state == State.WAITING:
            self.call_in(who, 0, True)
            self.refused(lambda: flow.call_in(visit, by=self.doctors[1]))  # the page still showed them as waiting

    @rule(who=who)
    def hold(self, who):
        self.move(who, lambda visit: flow.hold(visit, by=self.coordinator), State.ON_HOLD, [State.IN_PROGRESS])

    @rule(who=who, instead=st.booleans())
    def resume(self, who, instead):
        visit = self.visit_of(who)
        owner = visit and self.believed[visit.pk].owner
        deed = partial(flow.resume, by=self.coordinator, instead=instead)
        self.bring_in(who, deed, State.ON_HOLD, owner, instead)

    @rule(who=who, doctor=doctor)
    def give_back(self, who, doctor):
        deed = partial(handover.give_back, by=self.doctors[doctor])
        self.move(who, deed, State.WAITING, WITH_DOCTOR, by=doctor, owner=None)

    @rule(who=who, doctor=doctor)
    def finish(self, who, doctor):
        self.move(who, partial(flow.finish, by=self.doctors[doctor]), State.COMPLETED, WITH_DOCTOR, by=doctor)

    @rule(who=who, doctor=doctor)
    def hand_over(self, who, doctor):
        """To the other doctor, if that one is there and not on a break."""
        other = 1 - doctor
        deed = partial(handing_over.hand_over, to=self.doctors[other].practitioner, by=self.doctors[doctor], reason="ECG")
        shift, visit = duty.shift_of(self.doctors[other]), self.visit_of(who)
        if visit and not (shift and shift.is_present and shift.paused_at is None):
            self.refused(partial(deed, visit))
        elif visit and self.believed[visit.pk].state == State.ON_HOLD and self.believed[visit.pk].owner == doctor:
            deed(visit)
            self.believed[visit.pk].owner = other
        else:
            self.move(who, deed, State.ON_HOLD, [State.IN_PROGRESS], by=doctor, owner=other)

    @rule(who=who)
    def break_off(self, who):
        deed = partial(flow.discontinue, by=self.coordinator, reason="line lost")
        self.move(who, deed, State.DISCONTINUED, WITH_DOCTOR)

    @rule(who=who)
    def leave(self, who):
        self.move(who, lambda visit: flow.leave(visit, by=None), State.CANCELLED, [State.ARRIVED, State.WAITING])

    # who judges

    @rule(who=who, level=level, source=st.sampled_from([Source.MODEL, Source.RULES]))
    def the_worker_judges(self, who, level, source):
        if visit := self.visit_of(who):
            acuity.judge(visit, level, by=None, source=source)
            known = self.believed[visit.pk]
            if known.source == Source.NONE or known.source != Source.CLINICIAN and level < known.level:
                known.source = source
                self.leveled(visit, level)

    def leveled(self, visit, level):
        """Who is in danger waits from now on at the latest, whatever was booked."""
        known = self.believed[visit.pk]
        if known.level == 1 < level and known.state == State.IN_PROGRESS and len(self.in_room(known.owner)) > 1:
            self.moved(visit.pk, State.ON_HOLD)
        known.level = level
        if level <= 2 and known.since:
            known.since = min(known.since, timezone.now())

    @rule(who=who, level=level, doctor=doctor)
    def a_doctor_judges(self, who, level, doctor):
        if visit := self.visit_of(who):
            acuity.judge(visit, level, by=self.doctors[doctor], source=Source.CLINICIAN, reason="seen")
            self.believed[visit.pk].source = Source.CLINICIAN
            self.leveled(visit, level)

    @rule(who=who)
    def a_red_flag_is_seen(self, who):
        if visit := self.visit_of(who):
            acuity.sound_alarm(visit, reason="chest")
            acuity.raise_level(visit, 2, by=None, reason="chest")
            if self.believed[visit.pk].level > 2:
                self.leveled(visit, 2)
            self.after_raise(visit)

    def after_raise(self, visit):
        self.believed[visit.pk].source = Visit.objects.get(pk=visit.pk).acuity_source

    @rule(who=who, feeling=st.sampled_from(FEELINGS), pain=st.none() | st.integers(0, 10))
    def answer_again(self, who, feeling, pain):
        visit = self.visit_of(who)
        if visit and self.believed[visit.pk].state == State.WAITING:
            before = self.believed[visit.pk].level
            reassessment.answer(visit, feeling=feeling, pain=pain, by=None)
            now = Visit.objects.get(pk=visit.pk).acuity
            assert now <= before
            assert now < before or feeling != "worse" or before == 1
            if now < before:
                self.leveled(visit, now)
            self.after_raise(visit)

    @rule(who=who)
    def ask_for_a_person(self, who):
        if visit := self.visit_of(who):
            assert errands.ask_for_person(visit, by=None) == errands.ask_for_person(visit, by=None)

    @rule()
    def the_coordinator_does_what_is_to_be_done(self):
        for task in Task.objects.visible_to(self.coordinator).open():
            errands.finish(task, by=self.coordinator)

    # who is there

    @rule(doctor=doctor)
    def begin(self, doctor):
        self.pages.add(doctor)
        duty.begin(by=self.doctors[doctor])
        self.sign(doctor)

    @rule(doctor=doctor)
    def close_the_page(self, doctor):
        self.pages.discard(doctor)

    @rule(doctor=doctor)
    def pause(self, doctor):
        deed = partial(duty.pause, by=self.doctors[doctor])
        self.go(doctor, deed)

    @rule(doctor=doctor)
    def end_the_shift(self, doctor):
        if self.go(doctor, partial(handover.end_shift, by=self.doctors[doctor])):
            self.pages.discard(doctor)
            self.signs.pop(doctor, None)
            self.given_back(doctor)

    def go(self, doctor, deed):
        """Allowed on duty with nobody in the room."""
        on_duty = duty.shift_of(self.doctors[doctor]) is not None
        if on_duty and not self.in_room(doctor):
            return deed()
        return self.refused(deed)

    def given_back(self, doctor):
        for pk, known in self.believed.items():
            if known.state in WITH_DOCTOR and known.owner == doctor:
                self.moved(pk, State.WAITING, owner=None)

    # the clock

    @rule(seconds=st.integers(1, 300) | st.integers(300, 3 * 3600))
    def time_passes(self, seconds):
        """Open pages give signs of life all the while; then the beat comes."""
        self.seen[timezone.now()] = as_seen(queue.in_order(self.visits.waiting()))
        self.traveller.shift(timedelta(seconds=seconds))
        for doctor in self.pages:
            self.sign(doctor)
        alone = set(handover.abandoned().values_list("pk", flat=True))
        with TestCase().assertNoLogs("visits.beats"):
            handover.sweep()
            clock.tick()
        for number in range(DOCTORS):
            if any(known.owner == number and pk in alone for pk, known in self.believed.items() if known.state in WITH_DOCTOR):
                assert number not in self.pages or not duty.shift_of(self.doctors[number])
                self.given_back(number)
        assert not handover.abandoned().exists()

    def teardown(self):
        if self.is_open:
            self.look_back()
        if hasattr(self, "clock"):
            self.clock.stop()


class InTransaction(Visits):
    """Each life in a transaction that is undone at its end."""

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()

    def teardown(self):
        try:
            super().teardown()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)


class LifeTest(TestCase):
    """How many lives, and how long: NARU_LIVES and NARU_STEPS (the long run is `NARU_LIVES=1000 NARU_STEPS=50`)."""

    def test_no_order_of_deeds_breaks_a_promise(self):
        how = settings(
            max_examples=int(os.environ.get("NARU_LIVES", "6")),
            stateful_step_count=int(os.environ.get("NARU_STEPS", "25")),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(InTransaction, settings=how)

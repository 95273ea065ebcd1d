from datetime import timedelta
from io import StringIO

import time_machine
from django.core.management import CommandError, call_command
from django.test import TestCase
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from tests.factories import make_clinic, make_doctor, make_patient, make_visit
from visits import acuity, flow, queue, replay
from visits.models import Source, Visit
from visits.states import State

DEEDS = ("arrive", "join", "call in", "hold", "finish", "leave", "judge", "override")
steps = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 5), st.integers(1, 5), st.integers(1, 40)), max_size=25)


def as_seen(places):
    return [(place.number, place.visit.pk, place.visit.acuity, place.waited_minutes) for place in places]


class ReplayTest(HypothesisTestCase):
    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(steps)
    def test_every_past_moment_can_be_replayed_as_it_was_seen_then(self, steps):
        clinic = make_clinic()
        doctor, patients = make_doctor(clinic=clinic), [make_patient(clinic=clinic) for _ in range(6)]
        visits = Visit.objects.filter(clinic=clinic)
        seen = {}
        with time_machine.travel(timezone.now(), tick=False) as clock:
            for deed, who, level, minutes in steps:
                do(deed, patients[who], clinic, doctor, level)
                clock.shift(timedelta(minutes=minutes))
                now = timezone.now()
                seen[now] = as_seen(queue.in_order(visits.waiting(), now))
            for now, line in seen.items():
                self.assertEqual(as_seen(replay.line(visits, now)), line)


def do(deed, patient, clinic, doctor, level):
    """The deed, where the visit's state allows it."""
    visit = patient.visits.open().first()
    allowed = {
        "arrive": lambda: visit is None and flow.arrive(patient, clinic, by=None),
        "join": lambda: visit and visit.state == State.ARRIVED and flow.join_queue(visit, by=None),
        "call in": lambda: visit and visit.state == State.WAITING and flow.call_in(visit, by=doctor, instead=True),
        "hold": lambda: visit and visit.state == State.IN_PROGRESS and flow.hold(visit, by=doctor),
        "finish": lambda: visit and visit.state == State.IN_PROGRESS and flow.finish(visit, by=doctor),
        "leave": lambda: visit and visit.state in (State.ARRIVED, State.WAITING) and flow.leave(visit, by=None),
        "judge": lambda: visit and acuity.judge(visit, level, by=None, source=Source.MODEL),
        "override": lambda: visit and acuity.judge(visit, level, by=doctor, source=Source.CLINICIAN),
    }
    allowed[deed]()


class CommandTest(TestCase):
    def replay(self, clinic, at):
        out = StringIO()
        call_command("replay_queue", clinic, at, stdout=out)
        return out.getvalue()

    def test_it_shows_who_waited_then_without_a_name(self):
        visit = make_visit()
        now = timezone.now() + timedelta(seconds=1)
        shown = self.replay(str(visit.clinic_id), now.isoformat())
        self.assertIn(str(visit.pk), shown)
        self.assertNotIn(visit.patient.name, shown)
        self.assertIn("0 waited", self.replay(visit.clinic.name_en, (now - timedelta(days=1)).isoformat()))

    def test_it_says_what_it_does_not_understand(self):
        known = make_clinic().name_en
        for clinic, at in (("Nowhere", "2026-11-25T10:00"), (known, "yesterday"), (known, "2026-13-25T10:00")):
            with self.assertRaises(CommandError):
                self.replay(clinic, at)

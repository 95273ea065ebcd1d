"""Whatever people do in whatever order: no time is sold twice, no booking is lost, every change is written down once."""

import os
import uuid
from datetime import timedelta

import time_machine
from django.db import transaction
from django.test import TestCase
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from scheduling import booking
from scheduling.models import Appointment, AppointmentChange, BookedCell, TimeOff
from scheduling.openings import open_slots
from scheduling.slots import Slot
from tests.factories import make_patient, make_user
from tests.scheduling import make_open_doctor

places = st.integers(0, 400)


class Bookings(RuleBasedStateMachine):
    """One doctor, three people, and a clock that jumps."""

    @initialize()
    def open(self):
        self.clock = time_machine.travel(timezone.now(), tick=False)
        self.traveller = self.clock.start()
        self.doctor, self.clinic = make_open_doctor()
        self.people = [make_patient(clinic=self.clinic, user=make_user()) for _ in range(3)]
        self.booked = {}  # appointment -> start, as we believe
        self.changes = 0

    def slot(self, place):
        slots = open_slots(self.doctor, self.clinic)
        return slots[place % len(slots)]

    def any_appointment(self, place):
        return Appointment.objects.get(pk=sorted(self.booked)[place % len(self.booked)])

    @rule(place=places, who=st.integers(0, 2), twice=st.booleans())
    def book(self, place, who, twice):
        patient, key, slot = self.people[who], uuid.uuid4(), self.slot(place)
        facts = {"practitioner": self.doctor, "clinic": self.clinic, "patient": patient, "request_key": key, "by": patient.user}
        found = {booking.book(slot, **facts).pk for _ in range(1 + twice)}
        (pk,) = found
        self.booked[pk] = slot.start
        self.changes += 1

    @rule(place=places, who=st.integers(0, 2))
    def hold(self, place, who):
        booking.hold(self.slot(place), practitioner=self.doctor, clinic=self.clinic, by=self.people[who].user)

    @precondition(lambda self: self.booked)
    @rule(which=places)
    def want_what_is_taken(self, which):
        taken, patient = self.any_appointment(which), self.people[0]
        facts = {"practitioner": self.doctor, "clinic": self.clinic, "patient": patient, "by": patient.user}
        slot = Slot(taken.start, taken.end)
        try:
            booking.book(slot, request_key=uuid.uuid4(), **facts)
        except booking.SlotTaken as refusal:
            assert slot not in refusal.alternatives
        else:
            raise AssertionError("sold twice")

    @precondition(lambda self: self.booked)
    @rule(which=places, place=places)
    def move(self, which, place):
        appointment, slot = self.any_appointment(which), self.slot(place)
        booking.move(appointment, slot, by=appointment.booked_by)
        self.booked[appointment.pk] = slot.start
        self.changes += 1

    @precondition(lambda self: self.booked)
    @rule(which=places, twice=st.booleans())
    def cancel(self, which, twice):
        appointment = self.any_appointment(which)
        for _ in range(1 + twice):
            booking.cancel(appointment, by=appointment.booked_by)
        del self.booked[appointment.pk]
        self.changes += 1

    @rule(place=places)
    def go_away(self, place):
        slot = self.slot(place)
        TimeOff.objects.create(practitioner=self.doctor, start=slot.start, end=slot.end)

    @rule(minutes=st.integers(1, 60 * 24 * 3))
    def time_passes(self, minutes):
        self.traveller.shift(timedelta(minutes=minutes))

    @rule()
    def old_holds_are_forgotten(self):
        booking.forget_old_holds()

    @invariant()
    def nothing_overlaps(self):
        if not hasattr(self, "doctor"):
            return
        times = sorted(Appointment.objects.booked().values_list("start", "end"))
        assert all(one[1] <= other[0] for one, other in zip(times, times[1:], strict=False))

    @invariant()
    def nothing_is_lost(self):
        if hasattr(self, "booked"):
            assert dict(Appointment.objects.booked().values_list("pk", "start")) == self.booked

    @invariant()
    def what_is_sold_is_not_offered(self):
        if hasattr(self, "doctor"):
            sold = set(BookedCell.objects.filter(appointment__isnull=False).values_list("start", flat=True))
            assert len(sold) == BookedCell.objects.filter(appointment__isnull=False).count()
            assert not sold & {slot.start for slot in open_slots(self.doctor, self.clinic)}

    @invariant()
    def every_change_is_written_down_once(self):
        if hasattr(self, "changes"):
            assert AppointmentChange.objects.count() == self.changes

    def teardown(self):
        if hasattr(self, "clock"):
            self.clock.stop()


class LifeTest(TestCase):
    """How many lives, and how long: NARU_LIVES and NARU_STEPS (the long run is `NARU_LIVES=1000 NARU_STEPS=50`)."""

    def test_no_order_of_deeds_breaks_a_promise(self):
        how = settings(
            max_examples=int(os.environ.get("NARU_LIVES", "8")),
            stateful_step_count=int(os.environ.get("NARU_STEPS", "20")),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(InTransaction, settings=how)


class InTransaction(Bookings):
    """Each life in a transaction that is undone at its end."""

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()

    def teardown(self):
        super().teardown()
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

"""Whatever people do in whatever order: no time is sold twice, no booking is lost, nobody is told anything twice."""

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

from messaging import planning
from messaging.models import Kind, Message
from scheduling import booking, waitlist
from scheduling.models import Appointment, AppointmentChange, BookedCell, Offer, TimeOff, WaitlistEntry
from scheduling.openings import open_slots
from scheduling.slots import Slot
from tests.factories import make_patient, make_user
from tests.scheduling import make_open_doctor

places = st.integers(0, 400)
FIRST = [Kind.CONFIRMATION, Kind.MOVED, Kind.CANCELLED]


def at_once():
    """What happens after a commit happens now: a life is one transaction, which never commits."""
    return TestCase.captureOnCommitCallbacks(execute=True)


class Bookings(RuleBasedStateMachine):
    """One doctor, three people, and a clock that jumps."""

    @initialize()
    def open(self):
        self.clock = time_machine.travel(timezone.now(), tick=False)
        self.traveller = self.clock.start()
        self.doctor, self.clinic = make_open_doctor()
        self.people = [make_patient(clinic=self.clinic, user=make_user()) for _ in range(3)]
        self.booked = {}  # appointment -> start, as we believe
        self.away_since = {}
        self.waiting = set()  # patients in the waiting list, as we believe
        self.changes = 0

    def slot(self, place, by=None):
        """A time that this person sees as free."""
        slots = open_slots(self.doctor, self.clinic, by=by)
        return slots[place % len(slots)]

    def any_appointment(self, place):
        return Appointment.objects.get(pk=sorted(self.booked)[place % len(self.booked)])

    @rule(place=places, who=st.integers(0, 2), twice=st.booleans())
    def book(self, place, who, twice):
        patient, key = self.people[who], uuid.uuid4()
        slot = self.slot(place, patient.user)
        facts = {"practitioner": self.doctor, "clinic": self.clinic, "patient": patient, "request_key": key, "by": patient.user}
        with at_once():
            found = {booking.book(slot, **facts).pk for _ in range(1 + twice)}
        (pk,) = found
        self.booked[pk] = slot.start
        self.changes += 1

    @rule(place=places, who=st.integers(0, 2))
    def hold(self, place, who):
        person = self.people[who].user
        slot = self.slot(place, person)
        booking.hold(slot, practitioner=self.doctor, clinic=self.clinic, by=person)
        assert slot in open_slots(self.doctor, self.clinic, by=person)
        assert slot not in open_slots(self.doctor, self.clinic)

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
        appointment = self.any_appointment(which)
        slot = self.slot(place, appointment.booked_by)
        with at_once():
            booking.move(appointment, slot, by=appointment.booked_by)
        self.booked[appointment.pk] = slot.start
        self.changes += 1

    @precondition(lambda self: self.booked)
    @rule(which=places, twice=st.booleans())
    def cancel(self, which, twice):
        appointment = self.any_appointment(which)
        with at_once():
            for _ in range(1 + twice):
                booking.cancel(appointment, by=appointment.booked_by)
        del self.booked[appointment.pk]
        self.changes += 1

    @rule(who=st.integers(0, 2), urgency=st.integers(1, 5))
    def ask_for_an_earlier_time(self, who, urgency):
        patient, until = self.people[who], timezone.now() + timedelta(days=12)
        facts = {"practitioner": self.doctor, "clinic": self.clinic, "by": patient.user, "urgency": urgency}
        waitlist.ask(patient, until=until, **facts)
        self.waiting.add(patient.pk)

    @rule(answer=st.sampled_from(["accept", "decline", "leave"]))
    def answer_an_offer(self, answer):
        offer = Offer.objects.filter(state=Offer.State.OPEN, expires_at__gt=timezone.now()).order_by("made_at").first()
        if offer is None:
            return
        person, patient = offer.entry.asked_by, offer.entry.patient_id
        away = TimeOff.objects.filter(start__lt=offer.end, end__gt=offer.start).exists()
        with at_once():
            if answer == "decline":
                return waitlist.decline(offer, by=person)
            if answer == "leave":
                self.waiting.discard(patient)
                return waitlist.withdraw(offer.entry, by=person)
            try:
                appointment = waitlist.accept(offer, by=person)
            except booking.SlotTaken:
                assert away  # the doctor went away meanwhile: nothing else may take what was offered
            else:
                self.booked[appointment.pk] = offer.start
                self.waiting.discard(patient)
                self.changes += 1

    @rule()
    def offers_run_out(self):
        with at_once():
            waitlist.expire()

    @rule()
    def what_was_not_told_is_told(self):
        for plan, found in (planning.plan, planning.unplanned()), (planning.plan_offer, planning.untold()):
            for one in found:
                plan(one)

    @rule(place=places)
    def go_away(self, place):
        slot = self.slot(place)
        away = TimeOff.objects.create(practitioner=self.doctor, start=slot.start, end=slot.end)
        self.away_since[away.pk] = timezone.now()
        self.traveller.shift(timedelta(seconds=1))

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

    @invariant()
    def nobody_in_the_waiting_list_is_forgotten_or_asked_twice_at_once(self):
        if hasattr(self, "waiting"):
            assert set(WaitlistEntry.objects.filter(closed_at=None).values_list("patient", flat=True)) == self.waiting
            offers = list(Offer.objects.filter(state="open", expires_at__gt=timezone.now()).values_list("entry", "start"))
            assert len({entry for entry, _start in offers}) == len({start for _entry, start in offers}) == len(offers)

    @invariant()
    def nobody_is_booked_while_the_doctor_is_away(self):
        for away in TimeOff.objects.all() if hasattr(self, "doctor") else ():
            booked_later = AppointmentChange.objects.filter(at__gt=self.away_since[away.pk]).exclude(what="cancelled")
            assert not booked_later.filter(start__lt=away.end, end__gt=away.start).exists()

    @invariant()
    def nobody_is_told_twice_and_nothing_old_is_told(self):
        if hasattr(self, "doctor"):
            latest = {change.appointment_id: change.pk for change in AppointmentChange.objects.order_by("pk")}
            planned = Message.objects.planned().exclude(kind=Kind.OFFER).values_list("change__appointment", "change")
            assert all(latest[appointment] == change for appointment, change in planned)
            told = list(Message.objects.values_list("kind", "change", "offer", "reader"))
            assert len(set(told)) == len(told)
            assert set(Message.objects.filter(kind__in=FIRST).values_list("change", flat=True)) == set(
                AppointmentChange.objects.values_list("pk", flat=True)
            )

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

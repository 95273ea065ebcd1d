"""Whatever people do in whatever order: no time is sold twice, no booking is lost, nobody is told anything twice."""

import os
import uuid
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.db import transaction
from django.test import TestCase, override_settings
from django.utils import timezone, translation
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from messaging import planning, tasks
from messaging.models import Kind, Message
from scheduling import away, booking, clock, waitlist
from scheduling.models import (
    Appointment,
    AppointmentChange,
    BookedCell,
    ClinicRoom,
    Offer,
    Proposal,
    TimeOff,
    VisitType,
    WaitlistEntry,
)
from scheduling.openings import open_slots
from scheduling.slots import Slot, cells
from tests.factories import make_patient, make_user
from tests.scheduling import make_open_doctor

SEOUL = ZoneInfo("Asia/Seoul")
FIRST = set(planning.FIRST.values())
places, either = st.integers(0, 200), st.integers(0, 1)


def at_once():
    """What happens after a commit happens now: a life is one transaction, which never commits."""
    return TestCase.captureOnCommitCallbacks(execute=True)


class Bookings(RuleBasedStateMachine):
    """Two doctors and the one room of their clinic, three people, and a clock that jumps."""

    @initialize()
    def open(self):
        self.clock = time_machine.travel(timezone.now(), tick=False)
        self.traveller = self.clock.start()
        mail.outbox = []
        doctor, self.clinic = make_open_doctor()
        self.doctors = [doctor, make_open_doctor(clinic=self.clinic)[0]]
        ClinicRoom.objects.create(clinic=self.clinic, name="1")
        facts = {"clinic": self.clinic, "name_ko": "검사", "name_en": "Test", "minutes": 20, "buffer_minutes": 5}
        self.kinds = [None, VisitType.objects.create(**facts, needs_room=True)]
        self.people = [make_patient(clinic=self.clinic, user=make_user()) for _ in range(3)]
        self.booked = {}  # appointment -> doctor and start, as we believe
        self.waiting = set()  # patients and doctors in the waiting list, as we believe
        self.changes = 0

    def slot(self, place, doctor, kind=None, by=None):
        """A time that this person sees as free."""
        slots = open_slots(doctor, self.clinic, kind=kind, by=by)
        assume(slots)  # a doctor who is away all the time has none
        return slots[place % len(slots)]

    def any_appointment(self, place):
        return Appointment.objects.get(pk=sorted(self.booked)[place % len(self.booked)])

    def sold(self, appointment, changes=1):
        """It was booked or moved just now: to a time at which the doctor is there."""
        then = {"start__lt": appointment.end, "end__gt": appointment.start}
        assert not TimeOff.objects.filter(practitioner=appointment.practitioner, **then).exists()
        self.booked[appointment.pk] = appointment.practitioner_id, appointment.start
        self.changes += changes

    @rule(place=places, who=st.integers(0, 2), whom=either, kind=either, twice=st.booleans())
    def book(self, place, who, whom, kind, twice):
        patient, doctor, kind, key = self.people[who], self.doctors[whom], self.kinds[kind], uuid.uuid4()
        slot = self.slot(place, doctor, kind, patient.user)
        facts = {"practitioner": doctor, "clinic": self.clinic, "patient": patient, "kind": kind, "by": patient.user}
        with at_once():
            found = {booking.book(slot, request_key=key, **facts) for _ in range(1 + twice)}
        (appointment,) = found
        self.sold(appointment)

    @rule(place=places, who=st.integers(0, 2), whom=either, kind=either)
    def hold(self, place, who, whom, kind):
        person, doctor, kind = self.people[who].user, self.doctors[whom], self.kinds[kind]
        slot = self.slot(place, doctor, kind, person)
        booking.hold(slot, practitioner=doctor, clinic=self.clinic, by=person, kind=kind)
        assert slot in open_slots(doctor, self.clinic, kind=kind, by=person)
        for other in self.doctors if kind else [doctor]:  # the room is kept, too
            assert slot not in open_slots(other, self.clinic, kind=kind)

    @precondition(lambda self: self.booked)
    @rule(which=places)
    def want_what_is_taken(self, which):
        taken, patient = self.any_appointment(which), self.people[0]
        facts = {"practitioner": taken.practitioner, "clinic": self.clinic, "patient": patient, "kind": taken.kind}
        slot = Slot(taken.start, taken.end)
        try:
            booking.book(slot, request_key=uuid.uuid4(), by=patient.user, **facts)
        except booking.SlotTaken as refusal:
            assert slot not in refusal.alternatives
        else:
            raise AssertionError("sold twice")

    @precondition(lambda self: self.booked)
    @rule(which=places, place=places, whom=either, twice=st.booleans())
    def move(self, which, place, whom, twice):
        appointment, doctor = self.any_appointment(which), self.doctors[whom]
        by = appointment.booked_by
        slot = self.slot(place, doctor, appointment.kind, by)
        with at_once():
            for as_it_was in [appointment, Appointment.objects.get(pk=appointment.pk)][: 1 + twice]:
                moved = booking.move(as_it_was, slot, by=by, practitioner=doctor)
        self.sold(moved)

    @precondition(lambda self: self.booked)
    @rule(which=places, twice=st.booleans())
    def cancel(self, which, twice):
        appointment = self.any_appointment(which)
        with at_once():
            for _ in range(1 + twice):
                booking.cancel(appointment, by=appointment.booked_by)
        del self.booked[appointment.pk]
        self.changes += 1

    @precondition(lambda self: self.booked)
    @rule(which=places, who=st.integers(0, 2), urgency=st.integers(1, 5))
    def want_the_time_of_somebody_else(self, which, who, urgency):
        wanted, patient = self.any_appointment(which), self.people[who]
        facts = {"practitioner": wanted.practitioner, "clinic": self.clinic, "kind": wanted.kind, "by": patient.user}
        self.old_wishes_end()
        waitlist.ask(patient, until=timezone.now() + timedelta(days=12), urgency=urgency, **facts)
        self.waiting.add((patient.pk, wanted.practitioner_id))

    def old_wishes_end(self):
        over = WaitlistEntry.objects.filter(closed_at=None, until__lte=timezone.now())
        self.waiting -= set(over.values_list("patient", "practitioner"))

    @rule(answer=st.sampled_from(["accept", "decline", "leave"]))
    def answer_an_offer(self, answer):
        offer = Offer.objects.filter(state=Offer.State.OPEN, expires_at__gt=timezone.now()).order_by("made_at").first()
        if offer is None:
            return
        person, place = offer.entry.asked_by, (offer.entry.patient_id, offer.entry.practitioner_id)
        then = {"start__lt": offer.end + timedelta(minutes=5), "end__gt": offer.start}
        away = TimeOff.objects.filter(practitioner=offer.entry.practitioner, **then).exists()
        with at_once():
            if answer == "decline":
                return waitlist.decline(offer, by=person)
            if answer == "leave":
                self.waiting.discard(place)
                return waitlist.withdraw(offer.entry, by=person)
            try:
                appointment = waitlist.accept(offer, by=person)
            except booking.SlotTaken:
                assert away  # the doctor went away meanwhile: nothing else may take what was offered
            else:
                self.sold(appointment)
                self.waiting.discard(place)

    @rule()
    def offers_and_wishes_run_out(self):
        self.old_wishes_end()
        with at_once():
            waitlist.expire()

    @precondition(lambda self: self.booked)
    @rule(which=places, hours=st.integers(0, 60), twice=st.booleans())
    def the_doctor_falls_ill(self, which, hours, twice):
        one = self.any_appointment(which)
        doctor, start, end = one.practitioner, min(one.start, timezone.now()), one.end + timedelta(hours=hours)
        people = list(away.hit(doctor, start, end))
        for _ in range(1 + twice):
            off = away.take_off(doctor, start, end, by=doctor.user)
            with at_once():
                proposals = away.redistribute(off, people, by=doctor.user)
            self.changes += len(proposals)
            assert not list(away.hit(doctor, off.start, off.end)), "everybody is on the list"

    @rule(which=places)
    def take_what_is_proposed(self, which):
        proposals = list(Proposal.objects.live())
        if not proposals:
            return
        proposal = proposals[which % len(proposals)]
        kept = proposal.hold and proposal.hold.expires_at > timezone.now()
        then = {"start__lt": proposal.end + timedelta(minutes=5), "end__gt": proposal.start} if proposal.start else {}
        off = TimeOff.objects.filter(practitioner=proposal.practitioner, **then).exists()
        try:
            with at_once():
                moved = [away.accept(proposal.appointment, by=None) for _ in range(2)]
        except (booking.SlotTaken, away.ProposalOver):
            assert proposal.start is None or off or not kept  # what is kept can be had
        else:
            self.sold(moved[1])

    @rule(which=places)
    def be_there_after_all(self, which):
        off = list(TimeOff.objects.order_by("pk"))
        if off:
            told = off[which % len(off)]
            self.changes += told.proposals.live().count()
            with at_once():
                away.give_back(told, by=self.doctors[0].user)

    @rule()
    def messages_go_out(self):
        sent = len(mail.outbox)
        tasks.sweep()
        for letter in mail.outbox[sent:]:
            self.is_true(Message.objects.get(pk=letter.extra_headers["Message-ID"][1:37]), letter)

    def is_true(self, message, letter):
        """What was just sent is what holds at this moment, and names the time that is right."""
        about = message.offer or message.appointment
        with translation.override(message.language):
            assert clock.said(about.start, SEOUL) in letter.body
        if message.change:
            assert message.change == about.changes.last()
            assert (about.status == "cancelled") == (message.kind == Kind.CANCELLED)

    @rule(minutes=st.integers(1, 60 * 24 * 3))
    def time_passes(self, minutes):
        self.traveller.shift(timedelta(minutes=minutes))

    @rule(minutes=st.integers(1, 20))
    def the_clock_is_set_back(self, minutes):
        self.traveller.shift(-timedelta(minutes=minutes))

    @rule()
    def old_holds_are_forgotten(self):
        booking.forget_old_holds()

    @invariant()
    def nothing_overlaps_and_nothing_is_lost(self):
        if not hasattr(self, "booked"):
            return
        rows = sorted(Appointment.objects.booked().values_list("practitioner", "start", "end", "pk"))
        assert all(one[0] != other[0] or one[2] <= other[1] for one, other in pairwise(rows))
        assert {pk: (doctor, start) for doctor, start, _end, pk in rows} == self.booked

    @invariant()
    def what_is_booked_has_its_doctor_and_its_room_for_all_of_its_time(self):
        if hasattr(self, "booked"):
            needed = set()
            for one in Appointment.objects.booked().select_related("kind", "room"):
                assert bool(one.room) == bool(one.kind)
                for at in cells(one.start, one.end + timedelta(minutes=one.kind.buffer_minutes if one.kind else 0)):
                    needed |= {(one.pk, one.practitioner_id, None, at)} | (
                        {(one.pk, None, one.room_id, at)} if one.room else set()
                    )
            sold = BookedCell.objects.filter(hold=None).values_list("appointment", "practitioner", "room", "start")
            assert sorted(map(str, sold)) == sorted(map(str, needed))

    @invariant()
    def what_is_sold_is_not_offered(self):
        for doctor in self.doctors if hasattr(self, "booked") else ():
            sold = set(BookedCell.objects.filter(practitioner=doctor, hold=None).values_list("start", flat=True))
            assert not sold & {slot.start for slot in open_slots(doctor, self.clinic)}

    @invariant()
    def every_change_is_written_down_once(self):
        if hasattr(self, "changes"):
            assert AppointmentChange.objects.count() == self.changes

    @invariant()
    def nobody_in_the_waiting_list_is_forgotten_or_asked_twice_at_once(self):
        if hasattr(self, "waiting"):
            assert set(WaitlistEntry.objects.filter(closed_at=None).values_list("patient", "practitioner")) == self.waiting
            offers = Offer.objects.filter(state="open", expires_at__gt=timezone.now())
            offers = list(offers.values_list("entry", "entry__practitioner", "start"))
            assert len({entry for entry, *_time in offers}) == len({tuple(time) for _entry, *time in offers}) == len(offers)

    @invariant()
    def nobody_is_told_twice_and_everybody_is_told(self):
        if hasattr(self, "booked"):
            latest = {change.appointment_id: change.pk for change in AppointmentChange.objects.order_by("pk")}
            planned = Message.objects.planned().exclude(kind=Kind.OFFER).values_list("change__appointment", "change")
            assert all(latest[appointment] == change for appointment, change in planned)
            told = list(Message.objects.values_list("kind", "change", "offer", "reader"))
            assert len(set(told)) == len(told)
            ids = [letter.extra_headers["Message-ID"] for letter in mail.outbox]
            assert len(set(ids)) == len(ids) == Message.objects.filter(state="sent").count()
            first = Message.objects.filter(kind__in=FIRST).values_list("change", flat=True)
            assert sorted(first) == sorted(AppointmentChange.objects.values_list("pk", flat=True))
            assert not Message.objects.filter(tries__gt=0).exists(), "none was broken"

    def teardown(self):
        if hasattr(self, "clock"):
            self.clock.stop()


@override_settings(MAIL_IS_SET_UP=True)
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

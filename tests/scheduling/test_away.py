from datetime import UTC, datetime, time, timedelta
from functools import partial

import time_machine
from django.test import TestCase, TransactionTestCase
from django.utils import timezone, translation

from accounts.models import AuditEvent
from scheduling import away, booking
from scheduling.models import Appointment, AppointmentChange, Availability, ClinicRoom, Hold, Proposal, TimeOff, VisitType
from scheduling.openings import open_slots
from scheduling.slots import Slot, overlaps
from tests.factories import make_practitioner
from tests.races import together
from tests.scheduling import make_open_doctor

from .test_booking import book

MORNING = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)  # nine o'clock in Seoul
DAY = timedelta(days=1)


class Ill(TestCase):
    """A doctor with three people booked today, and a colleague of the same clinic."""

    def setUp(self):
        travel = time_machine.travel(MORNING, tick=False)
        travel.start()
        self.addCleanup(travel.stop)
        self.doctor, self.clinic = make_open_doctor(start=time(9), end=time(18))
        self.colleague, _ = make_open_doctor(clinic=self.clinic, start=time(9), end=time(18))
        self.people = [book(slot, self.doctor, self.clinic) for slot in open_slots(self.doctor, self.clinic)[4:7]]
        self.by = make_practitioner(clinic=self.clinic, role="coordinator").user

    def fall_ill(self):
        now = timezone.now()
        people = list(away.hit(self.doctor, now, now + timedelta(hours=15)))
        self.off = away.take_off(self.doctor, now, now + timedelta(hours=15), by=self.by)
        return away.redistribute(self.off, people, by=self.by)


class RedistributeTest(Ill):
    def test_everybody_is_offered_a_time_with_the_colleague_on_the_same_day(self):
        proposals = self.fall_ill()
        self.assertEqual([proposal.appointment for proposal in proposals], self.people)
        self.assertEqual({proposal.practitioner for proposal in proposals}, {self.colleague})
        self.assertEqual([proposal.start for proposal in proposals], [person.start for person in self.people])

    def test_until_somebody_answers_the_booked_time_stands(self):
        self.fall_ill()
        self.assertEqual(list(Appointment.objects.booked().filter(practitioner=self.doctor).order_by("start")), self.people)

    def test_the_offered_times_are_kept_and_nobody_is_offered_the_same(self):
        proposals = self.fall_ill()
        self.assertEqual(Hold.objects.count(), 3)
        free = open_slots(self.colleague, self.clinic)
        self.assertFalse([slot for slot in free for one in proposals if overlaps(slot, one.start, one.end)])

    def test_pressing_twice_offers_nothing_twice(self):
        self.fall_ill()
        self.assertEqual(self.fall_ill(), [])
        self.assertEqual((TimeOff.objects.count(), Proposal.objects.count()), (1, 3))

    def test_no_new_booking_with_the_doctor_of_that_day(self):
        self.fall_ill()
        self.assertGreater(open_slots(self.doctor, self.clinic)[0].start, MORNING + timedelta(hours=15))

    def test_without_a_colleague_it_is_another_day_with_the_doctor(self):
        Availability.objects.filter(practitioner=self.colleague).delete()
        proposals = self.fall_ill()
        self.assertEqual({proposal.practitioner for proposal in proposals}, {self.doctor})
        self.assertEqual({proposal.start.date() for proposal in proposals}, {(MORNING + DAY).date()})

    def test_where_nothing_is_free_the_person_is_still_on_the_list(self):
        Availability.objects.all().delete()
        proposals = self.fall_ill()
        self.assertEqual([(proposal.start, proposal.hold) for proposal in proposals], [(None, None)] * 3)
        self.assertEqual(Proposal.objects.live().count(), 3)

    def test_the_offered_time_is_as_long_as_the_kind(self):
        kind = VisitType.objects.create(clinic=self.clinic, name_ko="상담", name_en="Talk", minutes=40, notice_minutes=5)
        long = book(open_slots(self.doctor, self.clinic, kind=kind)[-1], self.doctor, self.clinic, kind=kind)
        off = away.take_off(self.doctor, long.start, long.end, by=self.by)
        (proposal,) = away.redistribute(off, [long], by=self.by)
        self.assertEqual(proposal.end - proposal.start, timedelta(minutes=40))

    def test_the_room_is_kept_with_the_offered_time(self):
        ClinicRoom.objects.create(clinic=self.clinic, name="1")
        kind = VisitType.objects.create(clinic=self.clinic, name_ko="검사", name_en="Test", needs_room=True)
        person = book(open_slots(self.doctor, self.clinic, kind=kind)[-1], self.doctor, self.clinic, kind=kind)
        off = away.take_off(self.doctor, person.start, person.end, by=self.by)
        (proposal,) = away.redistribute(off, [person], by=self.by)
        third, _clinic = make_open_doctor(clinic=self.clinic, start=time(9), end=time(18))
        slot = Slot(proposal.start, proposal.end)
        self.assertNotIn(slot, open_slots(third, self.clinic, kind=kind))
        self.assertEqual(away.accept(person, by=None).room.name, "1")

    def test_who_moved_or_cancelled_since_the_list_was_made_is_left_in_peace(self):
        first, second, third = self.people
        booking.move(first, open_slots(self.doctor, self.clinic)[-1], by=None)
        booking.cancel(second, by=None)
        off = away.take_off(self.doctor, MORNING, MORNING + timedelta(hours=15), by=self.by)
        self.assertEqual([proposal.appointment for proposal in away.redistribute(off, self.people, by=self.by)], [third])
        self.assertEqual([person.changes.last().what for person in (first, second)], ["moved", "cancelled"])

    def test_pressing_twice_in_the_same_moment_offers_nothing_twice(self):
        off = away.take_off(self.doctor, MORNING, MORNING + timedelta(hours=15), by=self.by)
        found = [away.redistribute(off, self.people, by=self.by) for _ in range(2)]
        self.assertEqual([len(proposals) for proposals in found], [3, 0])

    def test_what_staff_hold_for_somebody_else_meanwhile_stays(self):
        slot = open_slots(self.colleague, self.clinic)[-1]
        booking.hold(slot, practitioner=self.colleague, clinic=self.clinic, by=self.by)
        self.fall_ill()
        self.assertTrue(Hold.objects.of_form(self.by).exists())

    def test_staff_who_hold_a_time_while_they_book_do_not_take_the_offers(self):
        proposal = self.fall_ill()[0]
        booking.hold(open_slots(self.colleague, self.clinic)[-1], practitioner=self.colleague, clinic=self.clinic, by=self.by)
        proposal.refresh_from_db()
        self.assertIsNotNone(proposal.hold)
        with self.assertRaises(booking.SlotTaken):
            slot = Slot(proposal.start, proposal.end)
            booking.hold(slot, practitioner=self.colleague, clinic=self.clinic, by=self.by)

    def test_every_offer_is_in_the_history_and_in_the_audit(self):
        self.fall_ill()
        for person in self.people:
            self.assertEqual(person.changes.last().what, AppointmentChange.What.PROPOSED)
            self.assertTrue(
                AuditEvent.objects.filter(action="appointment.propose", subject_id=str(person.pk), by=self.by).exists()
            )


class AnswerTest(Ill):
    def setUp(self):
        super().setUp()
        self.proposal, self.other, _third = self.fall_ill()
        self.person = self.people[0]

    def test_who_accepts_is_booked_with_the_colleague(self):
        moved = away.accept(self.person, by=None)
        self.assertEqual((moved.practitioner, moved.start), (self.colleague, self.proposal.start))
        self.assertEqual(Hold.objects.count(), 2)

    def test_accepting_twice_is_accepting_once(self):
        away.accept(self.person, by=None)
        self.assertEqual(away.accept(self.person, by=None).pk, self.person.pk)
        self.assertEqual(self.person.changes.filter(what="moved").count(), 1)

    def test_who_chose_otherwise_can_no_longer_accept_and_the_kept_time_is_free(self):
        elsewhere = open_slots(self.doctor, self.clinic)[0]
        with self.captureOnCommitCallbacks(execute=True):
            booking.move(self.person, elsewhere, by=None)
        with translation.override("en"), self.assertRaisesMessage(away.ProposalOver, "This offer has been answered"):
            away.accept(self.person, by=None)
        self.assertIn(self.proposal.start, [slot.start for slot in open_slots(self.colleague, self.clinic)])

    def test_who_cancelled_can_no_longer_accept(self):
        booking.cancel(self.person, by=None)
        with self.assertRaises(away.ProposalOver):
            away.accept(self.person, by=None)

    def test_an_offer_that_ran_out_holds_as_long_as_the_time_is_free(self):
        Hold.objects.update(expires_at=timezone.now())
        self.assertEqual(away.accept(self.person, by=None).start, self.proposal.start)

    def test_an_offer_that_ran_out_and_was_taken_names_other_times(self):
        Hold.objects.update(expires_at=timezone.now())
        slot = next(slot for slot in open_slots(self.colleague, self.clinic) if slot.start == self.proposal.start)
        book(slot, self.colleague, self.clinic)
        with self.assertRaises(booking.SlotTaken) as refusal:
            away.accept(self.person, by=None)
        self.assertEqual(len(refusal.exception.alternatives), 3)

    def test_the_doctor_is_there_after_all(self):
        away.accept(self.person, by=None)
        away.give_back(self.off, by=self.by)
        self.assertEqual(Hold.objects.count(), 0)
        self.assertEqual([person.changes.last().what for person in self.people], ["moved", "booked", "booked"])
        self.assertFalse(TimeOff.objects.exists())

    def test_where_no_time_is_offered_there_is_nothing_to_accept(self):
        Proposal.objects.update(start=None)
        with translation.override("en"), self.assertRaisesMessage(away.ProposalOver, "Nothing is offered here any more."):
            away.accept(self.person, by=None)


class CrowdTest(Ill):
    def test_in_whatever_order_a_full_day_accepts_nobody_is_lost_and_nobody_shares_a_time(self):
        Availability.objects.filter(practitioner=self.colleague).update(end=time(11))
        for slot in open_slots(self.doctor, self.clinic)[:12]:
            self.people.append(book(slot, self.doctor, self.clinic))
        self.assertEqual(len(self.fall_ill()), 15)
        for number in (7, 2, 14, 0, 9, 4, 11, 1, 13, 6, 3, 12, 5, 10, 8):
            away.accept(self.people[number], by=None)
        times = set(Appointment.objects.booked().values_list("practitioner", "start"))
        self.assertEqual(len(times), 15)
        self.assertFalse(Appointment.objects.booked().filter(practitioner=self.doctor, start__lt=self.off.end).exists())
        self.assertEqual((Hold.objects.count(), Proposal.objects.live().count()), (0, 0))


class RaceTest(TransactionTestCase):
    def test_of_all_who_accept_at_once_one_moves_the_appointment(self):
        doctor, clinic = make_open_doctor()
        make_open_doctor(clinic=clinic)
        person = book(open_slots(doctor, clinic)[30], doctor, clinic)
        off = away.take_off(doctor, person.start, person.end, by=doctor.user)
        away.redistribute(off, [person], by=doctor.user)
        together(*[partial(away.accept, person, by=None)] * 6)
        self.assertEqual(person.changes.filter(what="moved").count(), 1)
        self.assertEqual(Appointment.objects.get().cells.count(), 3)

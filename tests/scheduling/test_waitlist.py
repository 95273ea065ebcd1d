from datetime import timedelta
from functools import partial

import time_machine
from django.db import IntegrityError, transaction
from django.test import TestCase, TransactionTestCase
from django.urls import reverse
from django.utils import timezone

from accounts.errors import Refused
from scheduling import booking, waitlist
from scheduling.models import Appointment, Offer, VisitType, WaitlistEntry
from scheduling.openings import open_slots
from tests.factories import make_clinic, make_patient, make_user
from tests.races import together
from tests.scheduling import make_open_doctor

from .test_booking import book


def make_entry(doctor, clinic, **facts):
    patient = make_patient(clinic=clinic, user=make_user(language="en"))
    until = timezone.now() + timedelta(days=20)
    return waitlist.ask(patient, practitioner=doctor, clinic=clinic, until=until, by=patient.user, **facts)


class WaitlistTest(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor()
        self.slot, self.later = open_slots(self.doctor, self.clinic)[40:42]
        self.appointment = book(self.slot, self.doctor, self.clinic)
        self.entry = make_entry(self.doctor, self.clinic)

    def free(self):
        with self.captureOnCommitCallbacks(execute=True):
            booking.cancel(self.appointment, by=self.appointment.booked_by)
        return Offer.objects.filter(state=Offer.State.OPEN).first()

    def test_a_cancelled_time_is_offered_and_kept(self):
        offer = self.free()
        self.assertEqual((offer.entry, offer.start), (self.entry, self.slot.start))
        self.assertNotIn(self.slot, open_slots(self.doctor, self.clinic))

    def test_a_moved_appointment_frees_its_old_time(self):
        with self.captureOnCommitCallbacks(execute=True):
            booking.move(self.appointment, self.later, by=self.appointment.booked_by)
        self.assertEqual(Offer.objects.get().start, self.slot.start)

    def test_whoever_needs_it_more_comes_first_then_who_asked_first(self):
        second, urgent = make_entry(self.doctor, self.clinic), make_entry(self.doctor, self.clinic, urgency=2)
        order = []
        offer = self.free()
        while offer:
            order.append(offer.entry)
            with self.captureOnCommitCallbacks(execute=True):
                waitlist.decline(offer, by=None)
            offer = Offer.objects.filter(state=Offer.State.OPEN).first()
        self.assertEqual(order, [urgent, self.entry, second])
        self.assertIn(self.slot, open_slots(self.doctor, self.clinic))

    def test_an_accepted_offer_is_an_appointment(self):
        offer = self.free()
        appointment = waitlist.accept(offer, by=self.entry.asked_by)
        self.assertEqual((appointment.patient, appointment.start), (self.entry.patient, self.slot.start))
        self.assertFalse(WaitlistEntry.objects.filter(closed_at=None).exists())
        with self.assertRaises(waitlist.OfferOver):
            waitlist.accept(offer, by=self.entry.asked_by)

    def test_an_offer_that_runs_out_goes_to_the_next_one(self):
        second = make_entry(self.doctor, self.clinic)
        offer = self.free()
        with time_machine.travel(offer.expires_at + timedelta(seconds=1)):
            with self.assertRaises(Refused):
                waitlist.accept(offer, by=self.entry.asked_by)
            with self.captureOnCommitCallbacks(execute=True):
                self.assertEqual(waitlist.expire(), 1)
            self.assertEqual(waitlist.expire(), 0)
            self.assertEqual(Offer.objects.get(state=Offer.State.OPEN).entry, second)

    def test_who_fills_in_a_form_meanwhile_keeps_the_offer(self):
        offer = self.free()
        booking.hold(self.later, practitioner=self.doctor, clinic=self.clinic, by=self.entry.asked_by)
        waitlist.accept(offer, by=self.entry.asked_by)

    def test_whoever_leaves_lets_the_offer_go_on(self):
        second = make_entry(self.doctor, self.clinic)
        self.free()
        with self.captureOnCommitCallbacks(execute=True):
            waitlist.withdraw(self.entry, by=self.entry.asked_by)
        self.assertEqual(Offer.objects.get(state=Offer.State.OPEN).entry, second)

    def test_asking_twice_is_asking_once(self):
        again = waitlist.ask(
            self.entry.patient, practitioner=self.doctor, clinic=self.clinic, until=timezone.now(), by=self.entry.asked_by
        )
        self.assertEqual(again, self.entry)

    def test_whoever_asks_for_another_kind_gives_the_offer_of_the_old_one_back(self):
        offer, second = self.free(), make_entry(self.doctor, self.clinic)
        kind = VisitType.objects.create(clinic=self.clinic, name_ko="검사", name_en="Test", minutes=20)
        place = {"practitioner": self.doctor, "clinic": self.clinic, "until": self.entry.until, "by": self.entry.asked_by}
        with self.captureOnCommitCallbacks(execute=True):
            waitlist.ask(self.entry.patient, **place, kind=kind)
        with self.assertRaises(waitlist.OfferOver):
            waitlist.accept(offer, by=self.entry.asked_by)
        self.assertEqual(Offer.objects.get(state=Offer.State.OPEN).entry, second)

    def test_an_accepted_offer_takes_the_place_of_the_later_time_with_this_doctor(self):
        booked = book(open_slots(self.doctor, self.clinic)[80], self.doctor, self.clinic, patient=self.entry.patient)
        moved = waitlist.accept(self.free(), by=self.entry.asked_by)
        self.assertEqual((moved, moved.start), (booked, self.slot.start))
        self.assertEqual(self.entry.patient.appointments.booked().count(), 1)

    def test_who_accepts_for_the_patient_is_who_is_written_down(self):
        other = make_user()
        appointment = waitlist.accept(self.free(), by=other)
        self.assertEqual((appointment.booked_by, appointment.changes.get().by), (other, other))

    def test_whom_the_time_does_not_suit_keeps_it_from_nobody(self):
        elsewhere = make_clinic()
        WaitlistEntry.objects.update(clinic=elsewhere)
        second = make_entry(self.doctor, self.clinic)
        self.assertEqual(self.free().entry, second)

    def test_nobody_has_two_offers_at_once(self):
        self.free()
        with self.assertRaises(IntegrityError), transaction.atomic():
            Offer.objects.create(entry=self.entry, start=self.later.start, end=self.later.end, expires_at=self.later.start)
        self.assertIsNone(waitlist.offer_time(self.later, self.doctor))

    def test_whoever_left_in_this_moment_is_offered_nothing(self):
        WaitlistEntry.objects.update(closed_at=timezone.now())
        self.assertIsNone(waitlist._offer_to(self.entry, self.later))

    def test_who_leaves_while_an_offer_has_run_out_may_go(self):
        offer = self.free()
        with time_machine.travel(offer.expires_at + timedelta(seconds=1)):
            waitlist.withdraw(self.entry, by=self.entry.asked_by)
        self.assertFalse(WaitlistEntry.objects.filter(closed_at=None).exists())

    def test_an_offer_takes_from_nobody_what_they_are_just_booking(self):
        booking.hold(self.later, practitioner=self.doctor, clinic=self.clinic, by=self.entry.asked_by)
        self.free()
        self.assertTrue(booking.held(self.doctor, by=self.entry.asked_by))

    def test_who_asks_anew_when_the_old_wish_has_run_out_waits_again(self):
        self.entry.until = timezone.now()
        self.entry.save()
        waitlist.expire()
        self.assertFalse(WaitlistEntry.objects.filter(closed_at=None).exists())
        facts = {"practitioner": self.doctor, "clinic": self.clinic, "by": self.entry.asked_by}
        waitlist.ask(self.entry.patient, until=timezone.now() + timedelta(days=20), **facts)
        self.assertEqual(self.free().entry.patient, self.entry.patient)


class AcceptAtOnceTest(TransactionTestCase):
    def test_two_acceptances_win_once(self):
        doctor, clinic = make_open_doctor()
        slot = open_slots(doctor, clinic)[40]
        entry = make_entry(doctor, clinic)
        offer = waitlist.offer_time(slot, doctor)
        results = together(*[partial(waitlist.accept, offer, by=entry.asked_by)] * 4, refused=Refused)
        self.assertEqual(sum(isinstance(result, Appointment) for result in results), 1)
        self.assertEqual(Appointment.objects.count(), 1)


class PagesTest(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor()
        self.slot, self.later = open_slots(self.doctor, self.clinic)[1:3]
        self.patient = make_patient(clinic=self.clinic, user=make_user(language="en"))
        self.client.force_login(self.patient.user)

    def url(self, name, *args):
        return reverse(f"scheduling:{name}", args=args)

    def post(self, name, *args, **data):
        return self.client.post(self.url(name, *args), data)

    def test_asking_being_offered_and_taking(self):
        times = self.url("times", self.clinic.pk, self.doctor.pk)
        self.assertContains(self.client.get(times), "Put me on the waiting list")
        self.post("ask_waitlist", self.clinic.pk, self.doctor.pk, patient=self.patient.pk)
        offer = waitlist.offer_time(self.slot, self.doctor)
        self.assertContains(self.client.get(self.url("mine")), "A time became free")
        self.post("answer_offer", offer.pk, "accept")
        self.assertEqual(Appointment.objects.get().patient, self.patient)

    def test_what_is_booked_elsewhere_says_nothing_about_how_long_one_waits_here(self):
        other, clinic = make_open_doctor()
        book(open_slots(other, clinic)[1], other, clinic, patient=self.patient)
        self.post("ask_waitlist", self.clinic.pk, self.doctor.pk, patient=self.patient.pk)
        self.assertGreater(WaitlistEntry.objects.get().until, timezone.now() + timedelta(days=29))
        here = book(self.later, self.doctor, self.clinic, patient=self.patient)
        self.post("ask_waitlist", self.clinic.pk, self.doctor.pk, patient=self.patient.pk)
        self.assertEqual(WaitlistEntry.objects.get().until, here.start)

    def test_where_the_clinic_has_kinds_of_visit_one_waits_for_the_kind_on_the_page(self):
        kind = VisitType.objects.create(clinic=self.clinic, name_ko="초진", name_en="First visit", minutes=40)
        times = self.client.get(self.url("times", self.clinic.pk, self.doctor.pk))
        self.assertContains(times, f'<input type="hidden" name="kind" value="{kind.pk}">')
        self.post("ask_waitlist", self.clinic.pk, self.doctor.pk, patient=self.patient.pk, kind=kind.pk)
        slot = open_slots(self.doctor, self.clinic, kind=kind)[5]
        self.assertEqual(waitlist.offer_time(slot, self.doctor).entry.patient, self.patient)

    def test_leaving(self):
        entry = make_entry(self.doctor, self.clinic)
        self.client.force_login(entry.asked_by)
        self.assertContains(self.client.get(self.url("mine")), "Leave the waiting list")
        self.post("leave_waitlist", entry.pk)
        self.assertFalse(WaitlistEntry.objects.filter(closed_at=None).exists())

    def test_a_stranger_gets_404_and_get_gets_405(self):
        entry = make_entry(self.doctor, self.clinic)
        offer = waitlist.offer_time(self.slot, self.doctor)
        for name, *args in (("leave_waitlist", entry.pk), ("answer_offer", offer.pk, "accept")):
            self.assertEqual(self.post(name, *args).status_code, 404)
            self.assertEqual(self.client.get(self.url(name, *args)).status_code, 405)
        self.client.force_login(entry.asked_by)
        self.assertEqual(self.post("answer_offer", offer.pk, "perhaps").status_code, 404)

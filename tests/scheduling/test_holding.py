import uuid
from datetime import timedelta

import time_machine
from django.db import IntegrityError, transaction
from django.test import TestCase
from django.utils import timezone

from accounts.errors import Refused
from scheduling import booking
from scheduling.forms import by_day
from scheduling.models import Appointment, AppointmentChange, BookedCell, ClinicRoom, DayLimit, Hold, Opening, VisitType
from scheduling.openings import open_slots
from scheduling.signals import appointment_changed
from scheduling.slots import Slot
from tests.factories import make_patient, make_user
from tests.scheduling import make_open_doctor

from .test_booking import book


class HoldTest(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor()
        self.slot, self.later = open_slots(self.doctor, self.clinic)[1:3]
        self.user = make_user()

    def hold(self, slot=None, by=None):
        return booking.hold(slot or self.slot, practitioner=self.doctor, clinic=self.clinic, by=by or self.user)

    def test_a_held_time_is_not_offered_to_others(self):
        self.hold()
        self.assertNotIn(self.slot, open_slots(self.doctor, self.clinic))
        with self.assertRaises(booking.SlotTaken):
            book(self.slot, self.doctor, self.clinic)
        with self.assertRaises(booking.SlotTaken):
            self.hold(by=make_user())

    def test_whoever_holds_it_books_it(self):
        self.hold()
        patient = make_patient(clinic=self.clinic, user=self.user)
        appointment = book(self.slot, self.doctor, self.clinic, patient=patient)
        self.assertEqual(appointment.cells.count(), 3)
        self.assertFalse(Hold.objects.exists())

    def test_a_hold_of_another_time_opens_nothing(self):
        book(self.later, self.doctor, self.clinic)
        self.hold()
        with self.assertRaises(booking.SlotTaken):
            book(self.later, self.doctor, self.clinic, patient=make_patient(clinic=self.clinic, user=self.user))

    def test_holding_twice_is_holding_once_and_another_time_gives_the_first_back(self):
        self.hold()
        self.hold()
        self.assertEqual(BookedCell.objects.count(), 3)
        self.hold(self.later)
        self.assertIn(self.slot, open_slots(self.doctor, self.clinic))

    def test_a_hold_that_ran_out_is_in_nobodys_way(self):
        self.hold()
        with time_machine.travel(timezone.now() + timedelta(minutes=booking.HOLD_MINUTES, seconds=1)):
            self.assertIn(self.slot, open_slots(self.doctor, self.clinic))
            book(self.slot, self.doctor, self.clinic)
        self.assertFalse(Hold.objects.exists())

    def test_old_holds_are_forgotten(self):
        self.hold()
        Hold.objects.update(expires_at=timezone.now())
        booking.forget_old_holds()
        self.assertFalse(BookedCell.objects.exists())


class MoveTest(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor()
        self.slot, self.later, self.third = open_slots(self.doctor, self.clinic)[1:4]
        self.appointment = book(self.slot, self.doctor, self.clinic)

    def move(self, slot):
        return booking.move(self.appointment, slot, by=self.appointment.booked_by)

    def test_the_old_time_is_free_and_the_new_one_taken(self):
        moved = self.move(self.later)
        self.assertEqual((moved.pk, moved.start, moved.sequence), (self.appointment.pk, self.later.start, 1))
        free = open_slots(self.doctor, self.clinic)
        self.assertIn(self.slot, free)
        self.assertNotIn(self.later, free)

    def test_a_taken_time_leaves_everything_as_it_was(self):
        book(self.later, self.doctor, self.clinic)
        with self.assertRaises(booking.SlotTaken):
            self.move(self.later)
        self.appointment.refresh_from_db()
        self.assertEqual((self.appointment.start, self.appointment.cells.count()), (self.slot.start, 3))

    def test_moving_to_where_it_is_changes_nothing(self):
        self.assertEqual(self.move(self.slot).sequence, 0)

    def test_a_second_click_in_the_same_moment_moves_and_tells_nothing_more(self):
        as_it_was = Appointment.objects.get(pk=self.appointment.pk)
        self.move(self.later)
        booking.move(as_it_was, self.later, by=as_it_was.booked_by)
        self.assertEqual(self.appointment.changes.filter(what="moved").count(), 1)

    def test_what_was_cancelled_cannot_be_moved(self):
        booking.cancel(self.appointment, by=self.appointment.booked_by)
        with self.assertRaises(Refused):
            self.move(self.later)

    def test_every_change_is_written_down_and_told_after_commit(self):
        told = []
        appointment_changed.connect(lambda change, **_: told.append(change.what), weak=False, dispatch_uid="test")
        self.addCleanup(appointment_changed.disconnect, dispatch_uid="test")
        with self.captureOnCommitCallbacks(execute=True):
            self.move(self.later)
            booking.cancel(self.appointment, by=self.appointment.booked_by, reason="travel")
        self.assertEqual(told, ["moved", "cancelled"])
        self.assertEqual(list(AppointmentChange.objects.values_list("what", flat=True)), ["booked", "moved", "cancelled"])
        self.appointment.refresh_from_db()
        self.assertEqual(self.appointment.sequence, 2)


class KindTest(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor()

    def kind(self, **facts):
        return VisitType.objects.create(clinic=self.clinic, name_ko="초진", name_en="First visit", **facts)

    def slots(self, kind):
        return open_slots(self.doctor, self.clinic, kind=kind)

    def book(self, slot, kind):
        patient = make_patient(clinic=self.clinic, user=make_user())
        return booking.book(
            slot,
            practitioner=self.doctor,
            clinic=self.clinic,
            patient=patient,
            request_key=uuid.uuid4(),
            by=patient.user,
            kind=kind,
        )

    def test_each_kind_has_its_length_and_keeps_its_pause_free(self):
        kind = self.kind(minutes=30, buffer_minutes=10)
        slot = self.slots(kind)[1]
        self.assertEqual(slot.end - slot.start, timedelta(minutes=30))
        self.assertEqual(self.book(slot, kind).cells.count(), 8)
        pause = Slot(slot.end, slot.end + timedelta(minutes=10))
        self.assertFalse(
            [other for other in open_slots(self.doctor, self.clinic) if other.start < pause.end and pause.start < other.end]
        )

    def test_notice_and_horizon_are_its_own(self):
        kind = self.kind(notice_minutes=24 * 60, horizon_days=3)
        slots = self.slots(kind)
        self.assertGreaterEqual(slots[0].start, timezone.now() + timedelta(hours=23, minutes=59))
        self.assertLessEqual(slots[-1].end, timezone.now() + timedelta(days=4))

    def test_a_room_is_shared_by_nobody(self):
        kind = self.kind(needs_room=True)
        ClinicRoom.objects.create(clinic=self.clinic, name="1")
        other, _clinic = make_open_doctor(clinic=self.clinic)
        slot = self.slots(kind)[1]
        self.assertEqual(self.book(slot, kind).room.name, "1")
        self.doctor = other
        with self.assertRaisesMessage(Refused, ""):
            self.book(slot, kind)

    def test_a_time_without_a_free_room_is_not_offered_and_a_held_time_keeps_its_room(self):
        kind = self.kind(needs_room=True)
        self.assertEqual(self.slots(kind), [])
        ClinicRoom.objects.create(clinic=self.clinic, name="1")
        other, _clinic = make_open_doctor(clinic=self.clinic)
        slot, user = self.slots(kind)[1], make_user()
        booking.hold(slot, practitioner=other, clinic=self.clinic, by=user, kind=kind)
        self.assertNotIn(slot, self.slots(kind))
        self.assertIn(slot, open_slots(self.doctor, self.clinic), "without a room it is free")
        with self.assertRaises(booking.SlotTaken) as refusal:
            self.book(slot, kind)
        self.assertNotIn(slot, refusal.exception.alternatives)
        patient = make_patient(clinic=self.clinic, user=user)
        self.assertEqual(book(slot, other, self.clinic, patient=patient, kind=kind).room.name, "1")

    def test_a_room_that_was_held_and_ran_out_is_free(self):
        kind = self.kind(needs_room=True)
        ClinicRoom.objects.create(clinic=self.clinic, name="1")
        slot = self.slots(kind)[1]
        booking.hold(slot, practitioner=self.doctor, clinic=self.clinic, by=make_user(), kind=kind)
        Hold.objects.update(expires_at=timezone.now())
        other, _clinic = make_open_doctor(clinic=self.clinic)
        self.assertEqual(book(slot, other, self.clinic, kind=kind).room.name, "1")

    def test_a_series_is_booked_whole_or_not_at_all(self):
        slots = open_slots(self.doctor, self.clinic)[1:4]
        patient = make_patient(clinic=self.clinic, user=make_user())
        facts = {"practitioner": self.doctor, "clinic": self.clinic, "patient": patient, "by": patient.user}
        book(slots[2], self.doctor, self.clinic)
        with self.assertRaises(booking.SlotTaken):
            booking.book_series(slots, request_key=uuid.uuid4(), **facts)
        self.assertEqual(Appointment.objects.count(), 1)
        key = uuid.uuid4()
        for _ in range(2):
            self.assertEqual(len(booking.book_series(slots[:2], request_key=key, **facts)), 2)
        self.assertEqual(Appointment.objects.filter(series=key).count(), 2)


class DayTest(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor()

    def test_a_full_day_is_offered_no_more(self):
        slots = open_slots(self.doctor, self.clinic)
        DayLimit.objects.create(practitioner=self.doctor, clinic=self.clinic, most=1)
        day = timezone.localdate(slots[200].start)
        book(slots[200], self.doctor, self.clinic)
        self.assertNotIn(day, {timezone.localdate(slot.start) for slot in open_slots(self.doctor, self.clinic)})

    def test_within_its_full_day_a_booking_moves_and_another_does_not_come(self):
        days = by_day(open_slots(self.doctor, self.clinic))
        (first, later, *rest), (elsewhere, *_others) = list(days.values())[2:4]
        DayLimit.objects.create(practitioner=self.doctor, clinic=self.clinic, most=1)
        appointment, other = book(first, self.doctor, self.clinic), book(elsewhere, self.doctor, self.clinic)
        self.assertIn(later, open_slots(self.doctor, self.clinic, moving=appointment))
        with self.assertRaises(booking.SlotTaken) as refused:
            booking.move(other, later, by=other.booked_by)
        self.assertFalse(set(refused.exception.alternatives) & set(rest))
        self.assertEqual(booking.move(appointment, later, by=appointment.booked_by).start, later.start)

    def test_the_end_of_the_day_is_kept_for_those_who_come_without_a_booking(self):
        self.doctor.availabilities.update(walk_in_minutes=60)
        ends = {timezone.localtime(slot.end).strftime("%H:%M") for slot in open_slots(self.doctor, self.clinic)[200:]}
        self.assertIn("22:45", ends)
        self.assertNotIn("23:45", ends)

    def test_hours_hold_from_their_first_to_their_last_day(self):
        day = timezone.localdate() + timedelta(days=3)
        self.doctor.availabilities.update(valid_from=day, valid_until=day)
        self.assertEqual({timezone.localdate(slot.start) for slot in open_slots(self.doctor, self.clinic)}, {day})

    def test_an_extra_opening_is_offered(self):
        self.doctor.availabilities.all().delete()
        start = (timezone.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
        Opening.objects.create(practitioner=self.doctor, clinic=self.clinic, start=start, end=start + timedelta(minutes=40))
        self.assertEqual([slot.start for slot in open_slots(self.doctor, self.clinic)], [start, start + timedelta(minutes=15)])


class RawTest(TestCase):
    def test_a_raw_overlapping_row_is_refused_by_the_database(self):
        doctor, clinic = make_open_doctor()
        appointment = book(open_slots(doctor, clinic)[1], doctor, clinic)
        raw = Appointment.objects.get(pk=appointment.pk)
        raw.pk, raw.request_key, raw.end = uuid.uuid4(), uuid.uuid4(), appointment.end + timedelta(minutes=5)
        with self.assertRaises(IntegrityError), transaction.atomic():
            raw.save_base(raw=True, force_insert=True)  # the row alone, past every rule of ours
        booking.cancel(appointment, by=appointment.booked_by)
        raw.save_base(raw=True, force_insert=True)

    def test_a_row_cannot_be_pushed_over_another(self):
        doctor, clinic = make_open_doctor()
        first, second = open_slots(doctor, clinic)[1:3]
        book(first, doctor, clinic)
        appointment = book(second, doctor, clinic)
        with self.assertRaises(IntegrityError), transaction.atomic():
            Appointment.objects.filter(pk=appointment.pk).update(start=first.start)

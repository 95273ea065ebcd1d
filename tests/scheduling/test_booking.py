import uuid
from datetime import timedelta

from django.test import TestCase, TransactionTestCase
from django.utils import timezone, translation

from accounts.errors import Refused
from accounts.models import AuditEvent
from scheduling import booking
from scheduling.models import Appointment, BookedCell, ClinicRoom, DayLimit, VisitType
from scheduling.openings import open_slots
from scheduling.slots import Slot
from tests.factories import make_clinic, make_patient, make_user
from tests.races import together
from tests.scheduling import make_open_doctor

CROWD = 20


def book(slot, doctor, clinic, *, patient=None, key=None, kind=None):
    patient = patient or make_patient(clinic=clinic, user=make_user())
    facts = {"practitioner": doctor, "clinic": clinic, "patient": patient, "by": patient.user, "kind": kind}
    return booking.book(slot, request_key=key or uuid.uuid4(), **facts)


class BookTest(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor()
        self.slot, self.later = open_slots(self.doctor, self.clinic)[1:3]

    def test_a_free_time_becomes_an_appointment(self):
        appointment = book(self.slot, self.doctor, self.clinic)
        self.assertEqual((appointment.start, appointment.end), self.slot)
        self.assertNotIn(self.slot, open_slots(self.doctor, self.clinic))
        self.assertTrue(AuditEvent.objects.filter(action="appointment.book", subject_id=str(appointment.pk)).exists())

    def test_the_same_request_twice_is_one_appointment(self):
        patient, key = make_patient(clinic=self.clinic, user=make_user()), uuid.uuid4()
        first, second = (book(self.slot, self.doctor, self.clinic, patient=patient, key=key) for _ in range(2))
        self.assertEqual(first, second)
        self.assertEqual(Appointment.objects.count(), 1)

    def test_the_key_of_somebody_else_finds_nothing_of_theirs(self):
        key = book(self.slot, self.doctor, self.clinic).request_key
        with self.assertRaises(booking.SlotTaken):
            book(self.later, self.doctor, self.clinic, key=key)

    def test_a_taken_time_is_refused_with_three_others(self):
        book(self.slot, self.doctor, self.clinic)
        with self.assertRaises(booking.SlotTaken) as refusal:
            book(self.slot, self.doctor, self.clinic)
        later = [slot for slot in open_slots(self.doctor, self.clinic) if slot.start > self.slot.start]
        self.assertEqual(refusal.exception.alternatives, later[:3])
        self.assertEqual(Appointment.objects.count(), 1)

    def test_a_doctor_of_two_clinics_is_booked_once(self):
        other = make_clinic()
        self.doctor.clinics.add(other)
        for item in list(self.doctor.availabilities.all()):
            item.pk, item.clinic = None, other
            item.save()
        book(self.slot, self.doctor, self.clinic)
        with self.assertRaises(booking.SlotTaken):
            book(self.slot, self.doctor, other)

    def test_a_time_that_is_no_slot_is_refused(self):
        crooked = Slot(self.slot.start + timedelta(minutes=1), self.slot.end)
        with self.assertRaises(booking.SlotTaken):
            book(crooked, self.doctor, self.clinic)

    def test_a_time_between_two_minutes_is_refused(self):
        moment = timedelta(seconds=30)
        for crooked in Slot(self.slot.start + moment, self.slot.end + moment), Slot(self.slot.start, self.slot.end + moment):
            with self.assertRaises(booking.SlotTaken):
                book(crooked, self.doctor, self.clinic)

    def test_a_form_that_was_kept_open_does_not_pass_a_cancelled_booking_off_as_a_new_one(self):
        patient, key = make_patient(clinic=self.clinic, user=make_user()), uuid.uuid4()
        booking.cancel(book(self.slot, self.doctor, self.clinic, patient=patient, key=key), by=patient.user)
        with translation.override("en"), self.assertRaisesMessage(Refused, "This appointment was cancelled."):
            book(self.slot, self.doctor, self.clinic, patient=patient, key=key)

    def test_no_cell_is_sold_to_two_even_when_slots_only_touch(self):
        appointment = book(self.slot, self.doctor, self.clinic)
        self.assertEqual(appointment.cells.count(), 3)
        book(self.later, self.doctor, self.clinic)
        self.assertEqual(BookedCell.objects.count(), 6)


class CancelTest(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor()
        self.slot = open_slots(self.doctor, self.clinic)[1]
        self.appointment = book(self.slot, self.doctor, self.clinic)

    def test_a_cancelled_time_is_free_again_and_the_row_stays(self):
        booking.cancel(self.appointment, by=self.appointment.booked_by)
        self.assertIn(self.slot, open_slots(self.doctor, self.clinic))
        book(self.slot, self.doctor, self.clinic)
        self.assertEqual(Appointment.objects.count(), 2)

    def test_cancelling_twice_is_cancelling_once(self):
        for _ in range(2):
            booking.cancel(self.appointment, by=self.appointment.booked_by)
        self.assertEqual(AuditEvent.objects.filter(action="appointment.cancel").count(), 1)

    def test_what_has_taken_place_cannot_be_cancelled(self):
        Appointment.objects.update(status=Appointment.Status.FULFILLED)
        with self.assertRaisesMessage(Refused, ""):
            booking.cancel(self.appointment, by=self.appointment.booked_by)


class RaceTest(TransactionTestCase):
    """Many people, one time, one moment: the database decides."""

    def race(self, deeds):
        ended = together(*deeds, refused=booking.SlotTaken)
        return [result for result in ended if isinstance(result, Appointment)]

    def setUp(self):
        self.doctor, self.clinic = make_open_doctor()
        self.slot = open_slots(self.doctor, self.clinic)[40]

    def test_twenty_people_want_one_time_and_one_gets_it(self):
        people = [make_patient(clinic=self.clinic, user=make_user()) for _ in range(CROWD)]
        winners = self.race(
            [lambda person=person: book(self.slot, self.doctor, self.clinic, patient=person) for person in people]
        )
        self.assertEqual(len(winners), 1)
        self.assertEqual(Appointment.objects.count(), 1)
        self.assertEqual(BookedCell.objects.count(), 3)

    def test_one_person_who_clicks_many_times_gets_one_appointment(self):
        person, key = make_patient(clinic=self.clinic, user=make_user()), uuid.uuid4()
        answers = self.race([lambda: book(self.slot, self.doctor, self.clinic, patient=person, key=key)] * 8)
        self.assertEqual({answer.pk for answer in answers}, {Appointment.objects.get().pk})
        self.assertEqual(len(answers), 8)

    def test_cancelling_and_booking_at_once_never_sells_a_time_twice(self):
        first = book(self.slot, self.doctor, self.clinic)
        people = [make_patient(clinic=self.clinic, user=make_user()) for _ in range(6)]
        deeds = [lambda person=person: book(self.slot, self.doctor, self.clinic, patient=person) for person in people]
        self.race([lambda: booking.cancel(first, by=first.booked_by), *deeds])
        self.assertLessEqual(Appointment.objects.booked().count(), 1)
        self.assertGreater(timezone.now(), first.booked_at)

    def test_of_many_who_want_the_last_place_of_a_full_day_one_gets_it(self):
        DayLimit.objects.create(practitioner=self.doctor, clinic=self.clinic, most=1)
        day = timezone.localdate(self.slot.start)
        times = [slot for slot in open_slots(self.doctor, self.clinic) if timezone.localdate(slot.start) == day][:6]
        people = [make_patient(clinic=self.clinic, user=make_user()) for _ in times]
        pairs = zip(times, people, strict=True)
        self.race([lambda time=time, who=who: book(time, self.doctor, self.clinic, patient=who) for time, who in pairs])
        self.assertEqual(Appointment.objects.count(), 1)

    def test_who_chooses_the_same_of_several_rooms_gets_another_one(self):
        kind = VisitType.objects.create(clinic=self.clinic, name_ko="검사", name_en="Test", needs_room=True)
        doctors = [self.doctor, *(make_open_doctor(clinic=self.clinic)[0] for _ in range(3))]
        ClinicRoom.objects.bulk_create(ClinicRoom(clinic=self.clinic, name=str(number)) for number in range(4))
        people = [make_patient(clinic=self.clinic, user=make_user()) for _ in doctors]
        facts = {"kind": kind}
        deeds = [
            lambda doctor=doctor, who=who: book(self.slot, doctor, self.clinic, patient=who, **facts)
            for doctor, who in zip(doctors, people, strict=True)
        ]
        self.assertEqual(len({winner.room for winner in self.race(deeds)}), 4)

"""The doctor is late, or not there: everybody after is told, once."""

from datetime import timedelta

from django.core import mail
from django.test import override_settings
from django.utils import timezone

from messaging import planning, tasks
from messaging.models import Kind, Message
from scheduling import away, lateness
from scheduling.models import Appointment
from tests.factories import make_clinic, make_patient, make_user
from tests.messaging import make_booking, plan_all, states
from tests.scheduling import make_open_doctor

from .test_sending import LOCMEM, Clock

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
by_mail = override_settings(MAIL_IS_SET_UP=True, EMAIL_BACKEND=LOCMEM)


@by_mail
class LateTest(Clock):
    def setUp(self):
        super().setUp()
        self.appointment = make_booking(ahead=2 * HOUR)
        self.doctor = self.appointment.practitioner

    def say(self, minutes):
        planning.plan_late(lateness.say(self.doctor, minutes, by=self.doctor.user))

    def test_who_comes_after_is_told_when_it_begins(self):
        self.say(20)
        tasks.sweep()
        letter = mail.outbox[-1]
        self.assertEqual(letter.subject, "Naru: the video visit of Ann Lee begins later")
        self.assertIn("about 20 minutes later", letter.body)
        self.assertEqual(letter.attachments, [])

    def test_the_same_word_again_tells_nobody_again(self):
        for _ in range(2):
            self.say(20)
            self.at(timezone.now() + 5 * MINUTE)
        self.say(35)
        self.assertEqual(len(states(Kind.LATE)), 2)

    def test_on_time_again_before_it_was_sent_sends_nothing(self):
        self.say(20)
        self.say(0)
        tasks.sweep()
        self.assertEqual(states(Kind.LATE), [("late", "stale")])

    def test_what_was_taken_back_before_it_was_told_can_be_said_again(self):
        self.say(20)
        self.say(0)
        tasks.sweep()
        self.say(20)
        tasks.sweep()
        self.assertEqual(states(Kind.LATE), [("late", "sent")])

    def test_a_delay_that_nobody_planned_is_found(self):
        lateness.say(self.doctor, 20, by=self.doctor.user)
        tasks.sweep()
        self.assertEqual(states(Kind.LATE), [("late", "sent")])
        self.assertFalse(lateness.untold().exists())

    def test_the_reminders_stay(self):
        self.say(20)
        self.assertIn(("hour", "planned"), states(Kind.HOUR))


@by_mail
class ProposedTest(Clock):
    def setUp(self):
        super().setUp()
        self.clinic = make_clinic(name_en="Harbour Clinic")
        patient = make_patient(clinic=self.clinic, user=make_user(language="en"), name="Ann Lee")
        self.appointment = make_booking(ahead=30 * HOUR, patient=patient)
        self.doctor = self.appointment.practitioner

    def fall_ill(self):
        off = away.take_off(self.doctor, self.appointment.start, self.appointment.end, by=self.doctor.user)
        away.redistribute(off, [self.appointment], by=self.doctor.user)
        plan_all()
        tasks.sweep()
        return mail.outbox[-1]

    def test_the_offer_names_time_and_doctor_and_where_to_answer(self):
        colleague, _ = make_open_doctor(clinic=self.clinic)
        letter = self.fall_ill()
        self.assertEqual(letter.subject, "Naru: another time for the video visit of Ann Lee")
        self.assertIn("Dr Kim cannot be there", letter.body)
        self.assertIn(f"{colleague.name}\nTake it, or choose another time: http", letter.body)

    def test_without_a_free_time_the_letter_asks_to_choose(self):
        self.assertIn("Choose another time, or call the clinic", self.fall_ill().body)

    def test_of_what_will_not_be_nobody_is_reminded(self):
        self.fall_ill()
        self.assertEqual(set(states(Kind.DAY, Kind.HOUR)), {("day", "stale"), ("hour", "stale")})

    def test_who_accepts_gets_the_new_time_and_its_reminders(self):
        make_open_doctor(clinic=self.clinic)
        self.fall_ill()
        away.accept(self.appointment, by=None)
        plan_all()
        self.assertEqual(states(Kind.MOVED), [("moved", "planned")])
        start = Appointment.objects.get().start
        self.assertEqual(Message.objects.planned().get(kind=Kind.HOUR).due_at, start - HOUR)

    def test_the_doctor_is_there_after_all_and_everybody_hears_that_it_stands(self):
        self.fall_ill()
        away.give_back(self.doctor.times_off.get(), by=self.doctor.user)
        plan_all()
        self.assertEqual(states(Kind.CONFIRMATION)[-1], ("confirmation", "planned"))
        self.assertIn(("hour", "planned"), states(Kind.HOUR))

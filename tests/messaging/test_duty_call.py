from datetime import timedelta

import time_machine
from django.core import mail
from django.test import TestCase, override_settings
from django.utils import timezone

from messaging import planning, sending
from messaging.models import Kind, Message
from tests.factories import make_doctor, make_practitioner
from visits import duty


@override_settings(MAIL_IS_SET_UP=True, EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
class DutyCallTest(TestCase):
    def setUp(self):
        self.doctor = make_doctor(name="Dr Han")
        self.coordinator = make_practitioner(clinic=self.doctor.practitioner.clinics.get(), role="coordinator").user
        with self.captureOnCommitCallbacks(execute=True):
            self.asked = duty.call(self.doctor.practitioner, by=self.coordinator)

    def test_the_doctor_is_told_once_by_mail_at_any_hour(self):
        planning.plan_duty_call(self.asked)
        sending.send_due()
        sending.send_due()
        self.assertEqual([letter.to for letter in mail.outbox], [[self.doctor.email]])
        self.assertIn("Dr Han", mail.outbox[0].subject)

    def test_what_was_missed_is_found(self):
        Message.objects.all().delete()
        self.assertEqual(list(planning.untold_calls()), [self.asked])

    def test_who_has_answered_or_is_too_late_is_not_told_any_more(self):
        message = Message.objects.get(kind=Kind.DUTY)
        self.assertTrue(message.is_true())
        with time_machine.travel(timezone.now() + timedelta(minutes=31)):
            self.assertFalse(message.is_true())
        duty.answer(self.asked, False, by=self.doctor)
        self.assertFalse(message.is_true())

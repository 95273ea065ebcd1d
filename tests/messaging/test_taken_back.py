from datetime import timedelta

import time_machine
from django.core import mail
from django.test import TestCase, override_settings
from django.utils import timezone

from messaging import planning, sending, words
from messaging.models import Channel, Message
from tests.factories import make_clinic, make_patient, make_user, make_visit
from visits.states import State


@override_settings(MAIL_IS_SET_UP=True, EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
class TakenBackTest(TestCase):
    """A signed paper was cancelled: the patient is told once, and not what it was."""

    def tell(self, **patient):
        clinic = make_clinic(name_en="Harbour Clinic", phone="02-123-4567")
        ann = make_patient(clinic=clinic, language="en", name="Ann Lee", **patient)
        self.visit = make_visit(state=State.COMPLETED, patient=ann)
        for _twice in range(2):
            planning.plan_cancelled_paper(self.visit, "medicine7")
        return Message.objects.get()

    def test_who_has_an_account_is_told_once_at_any_hour_and_signs_in_to_read(self):
        message = self.tell(user=make_user(language="en"))
        for _sweep in range(2):
            sending.send_due()
        self.assertEqual([letter.to for letter in mail.outbox], [[message.reader.email]])
        self.assertIn("Ann Lee", mail.outbox[0].subject)
        self.assertIn(f"/visit/{self.visit.pk}/", mail.outbox[0].body)

    def test_another_paper_is_another_message(self):
        self.tell(user=make_user())
        planning.plan_cancelled_paper(self.visit, "letter7")
        self.assertEqual(Message.objects.count(), 2)

    def test_who_came_by_a_link_reads_by_it_for_a_day_and_calls_after_that(self):
        message = self.tell(phone="010-1234-5678")
        self.assertEqual(message.channel, Channel.SMS)
        self.assertIn("/v/", words.write(message).text)
        with time_machine.travel(timezone.now() + timedelta(days=2)):
            late = words.write(message)
            self.assertEqual(late.link, "")
            self.assertIn("02-123-4567", late.text)

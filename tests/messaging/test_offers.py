from datetime import timedelta

from django.core import mail
from django.test import TestCase, override_settings

from messaging import planning, sending, words
from messaging.models import Kind, Message
from scheduling import booking, waitlist
from scheduling.models import Offer
from scheduling.openings import open_slots
from tests.factories import make_grant, make_patient, make_user
from tests.scheduling import make_open_doctor
from tests.scheduling.test_booking import book
from tests.scheduling.test_waitlist import make_entry

by_mail = override_settings(MAIL_IS_SET_UP=True, EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")


class OfferTest(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor()
        self.slot = open_slots(self.doctor, self.clinic)[40]
        self.appointment = book(self.slot, self.doctor, self.clinic)
        self.entry = make_entry(self.doctor, self.clinic)

    def free(self):
        with self.captureOnCommitCallbacks(execute=True):
            booking.cancel(self.appointment, by=self.appointment.booked_by)
        return Offer.objects.get()

    def offers(self):
        return Message.objects.filter(kind=Kind.OFFER)

    def test_a_freed_time_goes_out_as_a_message_that_says_until_when(self):
        offer = self.free()
        with by_mail:
            sending.send_due()
        letter = next(letter for letter in mail.outbox if "became free" in letter.subject)
        self.assertEqual(letter.to, [self.entry.asked_by.email])
        self.assertIn("It is kept for you until", letter.body)
        self.assertIn("/booking/mine/", letter.body)
        self.assertEqual(self.offers().get().until, offer.expires_at)

    def test_an_offer_that_was_answered_is_told_no_more(self):
        waitlist.decline(self.free(), by=self.entry.asked_by)
        with by_mail:
            sending.send_due()
        self.assertEqual(self.offers().get().state, "stale")

    def test_who_may_no_longer_book_for_the_patient_is_not_told(self):
        booker, child = make_user(language="en"), make_patient(clinic=self.clinic)
        grant = make_grant(user=booker, patient=child)
        self.entry.patient = child
        self.entry.save()
        self.free()
        grant.may_book = False
        grant.save()
        self.assertFalse(self.offers().get().is_true())

    def test_a_process_that_died_before_telling_is_made_good(self):
        self.free()
        self.offers().delete()
        for _ in range(2):
            for offer in planning.untold():
                planning.plan_offer(offer)
        self.assertEqual(self.offers().count(), 1)

    def test_who_may_book_for_the_patient_is_told_and_who_may_only_read_is_not(self):
        reader, booker = make_user(language="en"), make_user(language="en")
        child = make_patient(clinic=self.clinic)
        make_grant(user=reader, patient=child, may_book=False, may_join=False)
        make_grant(user=booker, patient=child)
        self.entry.patient = child
        self.entry.save()
        self.free()
        self.assertEqual(set(self.offers().values_list("reader", flat=True)), {booker.pk})

    def test_who_has_no_account_is_told_by_phone_whom_to_call(self):
        self.entry.patient = make_patient(clinic=self.clinic, phone="010-1234-5678", language="en")
        self.entry.save()
        self.free()
        message = self.offers().get(reader=None)
        self.assertIn("Do you want it? Call", words.write(message).text)

    def test_who_acts_for_somebody_is_led_to_the_sign_in_and_not_given_the_link(self):
        child, parent = make_patient(clinic=self.clinic), make_user(language="en")
        make_grant(user=parent, patient=child)
        slot = open_slots(self.doctor, self.clinic)[44]
        facts = {"practitioner": self.doctor, "clinic": self.clinic, "patient": child, "by": parent}
        appointment = booking.book(slot, request_key=self.entry.patient.user.pk and self.appointment.pk, **facts)
        planning.plan(appointment.changes.get())
        text = words.write(Message.objects.get(reader=parent, kind=Kind.CONFIRMATION)).text
        self.assertIn(f"/appointment/{appointment.pk}/", text)
        self.assertNotIn("/v/", text)
        self.assertGreater(appointment.start, self.slot.start - timedelta(days=1))

import re
from datetime import timedelta

from django.core.cache import cache
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from messaging import asking, tasks
from messaging.models import Kind, LinkWish, Message
from tests.factories import make_grant, make_patient, make_user, make_visit
from tests.messaging import make_booking
from visits.states import State


class AgainTest(TestCase):
    def setUp(self):
        cache.clear()
        self.client.cookies["django_language"] = "en"
        self.url = reverse("messaging:again")

    def ask(self, contact, **headers):
        return self.client.post(self.url, {"contact": contact}, headers=headers)

    def sent(self):
        """The links that were sent, to whom."""
        tasks.sweep()
        return [message.to for message in Message.objects.filter(kind=Kind.LINK, state="sent")]

    def test_a_mail_address_gets_the_link_of_the_visit_ahead(self):
        appointment = make_booking(ahead=timedelta(hours=20))
        self.ask(appointment.patient.user.email.upper())
        self.assertEqual(self.sent(), [appointment.patient.user.email])

    def test_a_phone_number_is_known_however_it_is_written(self):
        make_booking(patient=make_patient(phone="010-1234-5678"), by=make_user("assistant"))
        for number, written in enumerate(("01012345678", "+82 10 1234 5678", "010 1234-5678"), start=1):
            self.ask(written)
            self.assertEqual(self.sent(), ["010-1234-5678"] * number)

    def test_an_open_visit_is_found_too(self):
        visit = make_visit(patient=make_patient(user=make_user()), state=State.WAITING)
        self.ask(visit.patient.user.email)
        self.assertEqual(self.sent(), [visit.patient.user.email])

    def test_who_acts_for_somebody_gets_their_link(self):
        daughter, mother = make_user(), make_patient()
        make_grant(user=daughter, patient=mother)
        make_booking(patient=mother, by=make_user("assistant"))
        self.ask(daughter.email)
        self.assertEqual(self.sent(), [daughter.email])

    def test_known_and_unknown_get_the_same_answer_after_the_same_work(self):
        known = make_booking(plan=False).patient.user.email
        self.ask("warm@example.org")
        done, pages = [], []
        for contact in known, "nobody@example.org":
            with CaptureQueriesContext(connection) as queries:
                pages.append(re.sub(rb'(value|nonce)="[^"]+"', b"", self.ask(contact).content))
            done.append([re.sub(r"'[^']*'|x\d+|\d+_", "", query["sql"]) for query in queries])
        self.assertEqual(done[0], done[1])
        self.assertEqual(pages[0], pages[1])
        self.assertFalse(any("accounts_" in query for query in done[0]), "nobody is looked up")

    def test_a_wish_is_forgotten_when_it_is_answered(self):
        self.ask("nobody@example.org")
        self.assertEqual(LinkWish.objects.count(), 1)
        self.assertEqual(self.sent(), [])
        self.assertFalse(LinkWish.objects.exists())

    def test_nobodys_phone_can_be_flooded(self):
        appointment = make_booking()
        for _ in range(asking.PER_CONTACT + 2):
            self.assertEqual(self.ask(appointment.patient.user.email).status_code, 200)
        self.assertEqual(len(self.sent()), asking.PER_CONTACT)

    def test_who_asks_for_hundreds_has_to_wait(self):
        for number in range(asking.PER_ADDRESS):
            self.ask(f"somebody{number}@example.org")
        self.assertContains(self.ask("more@example.org"), "Please wait an hour", status_code=429)
        elsewhere = {"X-Forwarded-For": "203.0.113.9"}
        self.assertEqual(self.ask("more@example.org", **elsewhere).status_code, 200)

    def test_half_a_number_is_refused_with_a_sentence(self):
        for contact in "", "5678", "hello":
            self.assertContains(self.ask(contact), "Please write", status_code=400)

    def test_the_page_works_and_a_wrong_method_is_refused(self):
        self.assertContains(self.client.get(self.url), "Send my link again")
        self.assertContains(self.client.get("/"), self.url)
        self.assertEqual(self.client.put(self.url).status_code, 405)

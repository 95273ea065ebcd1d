from asgiref.sync import async_to_sync, sync_to_async
from django.test import TransactionTestCase
from django.urls import reverse

from accounts.models import AuditEvent
from tests.factories import make_doctor, make_intake, make_user
from tests.visits.test_hints import WAIT, signed_in, socket
from visits import flow


class ListTest(TransactionTestCase):
    """A doctor's open page asks for its list by the socket."""

    def setUp(self):
        self.intake = make_intake(words="I have had a runny nose for two days", sent=True)
        self.doctor = make_doctor(clinic=self.intake.visit.clinic)
        self.client = signed_in(self.doctor)
        self.client.get(reverse("desk:queue"))

    def ask(self, client=None, before=lambda: None):
        """What the page of a browser hears when it asks; None when the line is closed instead."""

        async def listen():
            page = socket("/ws/list/", client or self.client)
            connected, code = await page.connect(timeout=WAIT)
            if not connected:
                return code
            await sync_to_async(before)()
            await page.send_to(text_data="list")
            heard = await page.receive_output(timeout=WAIT)
            await page.disconnect(timeout=WAIT)
            return heard.get("text") or heard["code"]

        return async_to_sync(listen)()

    def test_the_list_comes_with_the_token_of_the_page(self):
        heard = self.ask()
        self.assertIn(self.intake.visit.patient.name, heard)
        self.assertIn(self.client.cookies["csrftoken"].value, heard)
        self.assertNotIn("the-token-of-this-page", heard)

    def test_who_has_left_is_not_in_it(self):
        flow.leave(self.intake.visit, by=None)
        self.assertNotIn(self.intake.visit.patient.name, self.ask())

    def test_who_was_seen_is_written_down(self):
        colleague = make_doctor(clinic=self.intake.visit.clinic)
        client = signed_in(colleague)
        client.cookies["csrftoken"] = "x" * 32
        self.ask(client)
        seen = AuditEvent.objects.filter(action="queue.read", by=colleague)
        self.assertEqual([event.patient for event in seen], [self.intake.visit.patient])

    def test_who_works_for_the_clinic_no_more_gets_nothing(self):
        self.assertEqual(self.ask(before=self.doctor.practitioner.clinics.clear), 4404)

    def test_strangers_are_refused(self):
        self.assertEqual(self.ask(signed_in(make_user())), 4404)

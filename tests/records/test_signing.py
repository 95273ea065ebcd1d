from django.test import TestCase
from django.urls import reverse

from accounts.appendonly import Unchangeable
from accounts.errors import Refused
from records import signing
from records.models import Note
from tests.factories import make_clinic, make_doctor, make_patient, make_user, make_visit
from visits.states import State

TEXTS = {"assessment": "cold", "plan": "rest", "summary": "You have a cold."}


class SigningTest(TestCase):
    def setUp(self):
        self.visit = make_visit(state=State.IN_PROGRESS)
        self.doctor = self.visit.practitioner.user
        self.note = signing.draft_for(self.visit, by=self.doctor)

    def signed(self):
        return signing.sign(signing.save_draft(self.note, TEXTS, by=self.doctor), by=self.doctor)

    def test_signing_finishes_the_visit(self):
        self.signed()
        self.visit.refresh_from_db()
        self.assertEqual(self.visit.state, State.COMPLETED)

    def test_an_incomplete_note_is_not_signed_and_the_visit_goes_on(self):
        with self.assertRaises(signing.Unsigned):
            signing.sign(self.note, by=self.doctor)
        self.visit.refresh_from_db()
        self.assertEqual(self.visit.state, State.IN_PROGRESS)

    def test_a_signed_note_never_changes(self):
        note = self.signed()
        with self.assertRaises(Refused):
            signing.save_draft(note, {"plan": "other"}, by=self.doctor)
        note.plan = "other"
        with self.assertRaises(Unchangeable):
            note.save()

    def test_an_amendment_is_a_new_version(self):
        first = self.signed()
        second = signing.amend(first, by=self.doctor, reason="wrong dose")
        self.assertEqual((second.version, second.is_signed), (2, False))
        self.assertEqual(signing.signed(self.visit), first)
        signing.sign(second, by=self.doctor)
        self.assertEqual(signing.signed(self.visit), second)

    def test_the_draft_is_one_however_often_the_page_is_opened(self):
        signing.draft_for(self.visit, by=self.doctor)
        self.assertEqual(Note.objects.filter(visit=self.visit).count(), 1)


class PageTest(TestCase):
    def setUp(self):
        self.user = make_user()
        self.visit = make_visit(state=State.IN_PROGRESS, patient=make_patient(user=self.user))
        self.doctor = self.visit.practitioner.user
        self.note = signing.draft_for(self.visit, by=self.doctor)
        self.typed = {f"note-{name}": text for name, text in TEXTS.items()}
        self.client.force_login(self.doctor)

    def test_what_was_typed_is_kept_when_signing_is_refused(self):
        answer = self.client.post(reverse("records:sign", args=[self.note.pk]), {"note-plan": "rest"})
        self.assertEqual(answer.status_code, 409)
        self.note.refresh_from_db()
        self.assertEqual(self.note.plan, "rest")

    def test_sign_and_read(self):
        self.client.post(reverse("records:sign", args=[self.note.pk]), self.typed)
        self.client.force_login(self.user)
        self.assertContains(self.client.get(reverse("records:summary", args=[self.visit.pk])), "You have a cold.")

    def test_a_doctor_of_another_clinic_finds_nothing(self):
        self.client.force_login(make_doctor(clinic=make_clinic()))
        for name in ("draft", "sign", "amend"):
            self.assertEqual(self.client.post(reverse(f"records:{name}", args=[self.note.pk])).status_code, 404)

    def test_signing_is_a_post(self):
        self.assertEqual(self.client.get(reverse("records:sign", args=[self.note.pk])).status_code, 405)

    def test_the_patient_sees_who_looked(self):
        self.client.get(reverse("desk:visit", args=[self.visit.pk]))
        self.client.force_login(self.user)
        page = self.client.get(reverse("records:summary", args=[self.visit.pk]))
        self.assertContains(page, self.doctor.practitioner.name)

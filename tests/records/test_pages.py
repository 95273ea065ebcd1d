from django.test import TestCase
from django.urls import reverse

from records import signing
from records.models import Note
from tests.factories import make_assistant, make_clinic, make_doctor, make_patient, make_practitioner, make_user, make_visit
from visits import links
from visits.models import Visit
from visits.states import State

TEXTS = {"assessment": "cold", "plan": "rest", "summary": "You have a cold."}
TYPED = {f"note-{name}": text for name, text in TEXTS.items()}


class NoteTest(TestCase):
    def setUp(self):
        self.user = make_user()
        self.visit = make_visit(state=State.IN_PROGRESS, patient=make_patient(user=self.user))
        self.doctor = self.visit.practitioner.user
        self.note = signing.draft_for(self.visit, by=self.doctor)
        self.client.force_login(self.doctor)

    def address(self, name, note=None):
        return reverse(f"records:{name}", args=[(note or self.note).pk])

    def sign(self):
        self.client.post(self.address("sign"), TYPED)
        self.note.refresh_from_db()


class WritingTest(NoteTest):
    def test_a_page_that_keeps_by_itself_gets_a_word_back(self):
        answer = self.client.post(self.address("draft"), TYPED, headers={"accept": "text/plain"})
        self.assertEqual(answer.content, b"kept")
        self.note.refresh_from_db()
        self.assertEqual(self.note.plan, "rest")

    def test_a_field_that_did_not_come_stays_as_it_is(self):
        self.client.post(self.address("draft"), TYPED)
        self.client.post(self.address("draft"), {"note-plan": "more rest"})
        self.note.refresh_from_db()
        self.assertEqual((self.note.assessment, self.note.plan), ("cold", "more rest"))

    def test_the_refusal_names_what_is_missing_and_nothing_else(self):
        self.doctor.language = "en"
        self.doctor.save()
        answer = self.client.post(self.address("sign"), {"note-assessment": "cold", "note-plan": "rest"})
        self.assertContains(answer, "In plain words for the patient", status_code=409)
        self.assertNotContains(answer, "Assessment", status_code=409)
        self.note.refresh_from_db()
        self.assertEqual((self.note.assessment, self.note.plan), ("cold", "rest"))

    def test_two_doctors_do_not_wipe_each_others_words(self):
        seen = self.note.updated_at.isoformat()
        colleague = make_practitioner(clinic=self.visit.clinic, name="김서연")
        signing.save_draft(self.note, {"plan": "of the colleague"}, by=colleague.user)
        answer = self.client.post(self.address("draft"), {**TYPED, "note-seen": seen})
        self.assertContains(answer, "김서연", status_code=409)
        self.note.refresh_from_db()
        self.assertEqual(self.note.plan, "of the colleague")

    def test_my_own_second_window_is_no_stranger(self):
        seen = self.note.updated_at.isoformat()
        self.client.post(self.address("draft"), {**TYPED, "note-seen": seen})
        self.assertEqual(self.client.post(self.address("draft"), {**TYPED, "note-seen": seen}).status_code, 302)

    def test_a_colleague_may_go_on_when_the_author_cannot(self):
        colleague = make_doctor(clinic=self.visit.clinic)
        self.client.force_login(colleague)
        self.assertContains(self.client.get(self.address("edit")), self.doctor.practitioner.name)
        self.sign()
        self.assertEqual(self.note.author, colleague.practitioner)

    def test_only_doctors_of_the_clinic_write(self):
        for stranger in (make_user(), self.user, make_doctor(clinic=make_clinic()), make_assistant(clinic=self.visit.clinic)):
            self.client.force_login(stranger)
            self.assertEqual(self.client.get(self.address("edit")).status_code, 404)
            for name in "draft", "sign", "amend":
                self.assertEqual(self.client.post(self.address(name), {**TYPED, "reason": "x"}).status_code, 404)

    def test_the_wrong_method_is_refused(self):
        for name in "draft", "sign", "amend":
            self.assertEqual(self.client.get(self.address(name)).status_code, 405)
        self.assertEqual(self.client.post(self.address("edit")).status_code, 405)


class SignedTest(NoteTest):
    def setUp(self):
        super().setUp()
        self.sign()

    def test_signing_ends_the_visit_and_signing_twice_is_explained(self):
        self.assertEqual(Visit.objects.get(pk=self.visit.pk).state, State.COMPLETED)
        self.assertEqual(self.client.post(self.address("sign"), TYPED).status_code, 409)

    def test_a_late_draft_does_not_touch_a_signed_note(self):
        answer = self.client.post(self.address("draft"), {"note-plan": "other"}, headers={"accept": "text/plain"})
        self.assertEqual(answer.status_code, 409)
        self.note.refresh_from_db()
        self.assertEqual(self.note.plan, "rest")

    def test_an_amendment_wants_a_reason_and_is_a_version_of_its_own(self):
        self.assertEqual(self.client.post(self.address("amend"), {"reason": " "}).status_code, 409)
        self.client.post(self.address("amend"), {"reason": "wrong dose"})
        second = Note.objects.get(visit=self.visit, version=2)
        self.client.post(self.address("sign", second), {**TYPED, "note-plan": "half the dose"})
        page = self.client.get(reverse("desk:visit", args=[self.visit.pk]))
        self.assertEqual([note.version for note in page.context["notes"]], [1, 2])
        self.note.refresh_from_db()
        self.assertEqual(self.note.plan, "rest")

    def test_the_patient_keeps_the_signed_version_until_the_next_one_is_signed(self):
        summary = reverse("records:summary", args=[self.visit.pk])
        self.client.post(self.address("amend"), {"reason": "wrong dose"})
        second = Note.objects.get(visit=self.visit, version=2)
        signing.save_draft(second, {"plan": "half the dose"}, by=self.doctor)
        self.client.force_login(self.user)
        self.assertNotContains(self.client.get(summary), "half the dose")
        signing.sign(second, by=self.doctor)
        page = self.client.get(summary)
        self.assertContains(page, "half the dose")
        self.assertContains(page, "wrong dose")


class SummaryTest(NoteTest):
    def setUp(self):
        super().setUp()
        self.sign()
        self.page = reverse("records:summary", args=[self.visit.pk])

    def test_the_link_alone_reads_it(self):
        self.client.logout()
        self.client.get(links.make(self.visit))
        self.assertContains(self.client.get(self.page), "You have a cold.")

    def test_the_patient_sees_who_looked_at_this_visit_and_not_at_others(self):
        other = make_visit(state=State.WAITING, patient=self.visit.patient)
        nosy = make_practitioner(clinic=self.visit.clinic, name="Dr Elsewhere")
        self.client.get(reverse("desk:visit", args=[self.visit.pk]))
        self.client.force_login(nosy.user)
        self.client.get(reverse("desk:visit", args=[other.pk]))
        self.client.force_login(self.user)
        page = self.client.get(self.page)
        who = {look.by for look, _what, _times in page.context["looks"]}
        self.assertEqual(who, {self.doctor, self.user})

    def test_many_looks_of_one_day_are_one_line(self):
        self.client.force_login(self.user)
        self.client.cookies["django_language"] = "en"
        for _look in range(2):
            self.client.get(self.page)
        self.assertContains(self.client.get(self.page), "3 times that day", count=1)

    def test_before_the_signature_the_page_says_so(self):
        user = make_user()
        visit = make_visit(patient=make_patient(user=user))
        self.client.force_login(user)
        page = self.client.get(reverse("records:summary", args=[visit.pk]))
        self.assertEqual((page.status_code, page.context["note"]), (200, None))

    def test_strangers_find_nothing(self):
        for stranger in (make_user(), make_doctor(), make_assistant(clinic=self.visit.clinic)):
            self.client.force_login(stranger)
            self.assertEqual(self.client.get(self.page).status_code, 404)

    def test_it_is_only_read(self):
        self.assertEqual(self.client.post(self.page).status_code, 405)

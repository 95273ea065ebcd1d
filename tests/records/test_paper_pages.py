from django.test import TestCase
from django.urls import reverse

from accounts.appendonly import Unchangeable
from messaging.models import Kind, Message
from records import background, cancelling, finishing, letters, prescribing, signing
from records.models import Cancellation, Letter, MedicationRequest, Note, Phrase
from tests.factories import make_assistant, make_clinic, make_doctor, make_practitioner, make_user
from tests.records.test_prescribing import TEXTS, make_told
from triage.models import Outcome
from visits import links

HTMX = {"HX-Request": "true"}
MEDICINE = {"dose": "1", "unit": "{tablet}", "timing": "TID", "days": "3", "route": "oral"}
TYPED = {f"note-{name}": text for name, text in TEXTS.items()}


class PaperTest(TestCase):
    def setUp(self):
        self.visit, self.doctor = make_told({"allergies": "penicillin"})
        self.note = signing.draft_for(self.visit, by=self.doctor)
        self.client.force_login(self.doctor)

    def address(self, name, *args):
        return reverse(f"records:{name}", args=args or [self.visit.pk])

    def prescribe(self, medication="loratadine", headers=HTMX, **facts):
        typed = {f"medicine-{name}": value for name, value in {"medication": medication, **MEDICINE, **facts}.items()}
        return self.client.post(self.address("prescribe"), typed, headers=headers)

    def begin(self, kind="referral"):
        self.client.post(self.address("begin-letter", self.visit.pk, kind), TYPED, headers=HTMX)
        return Letter.objects.get(kind=kind)


class WritingTest(PaperTest):
    def test_a_medicine_changes_its_part_of_the_page_and_the_way_to_the_signature(self):
        answer = self.prescribe()
        self.assertContains(answer, "loratadine")
        self.assertContains(answer, self.address("review", self.note.pk))

    def test_without_a_script_the_page_of_the_visit_comes_again(self):
        self.assertRedirects(self.prescribe(headers=None), reverse("desk:visit", args=[self.visit.pk]) + "#prescription")

    def test_a_million_units_into_a_muscle_can_be_written(self):
        self.prescribe("benzathine cefazolin", dose="1200000", unit="[iU]", route="intramuscular", days="1")
        self.assertIn("1,200,000", MedicationRequest.objects.get().in_words)
        self.assertEqual(self.prescribe(dose="12000000", unit="[iU]").status_code, 422)

    def test_a_doubt_comes_back_with_everything_typed_and_asks_for_a_reason(self):
        for headers in (HTMX, None):
            answer = self.prescribe("amoxicillin 250", headers=headers)
            self.assertContains(answer, "amoxicillin 250", status_code=422)
            self.assertContains(answer, "medicine-override_reason", status_code=422)
        self.prescribe("amoxicillin 250", override_reason="never had a rash from it")
        self.assertEqual(MedicationRequest.objects.get().override_reason, "never had a rash from it")

    def test_a_medicine_without_a_name_or_with_a_strange_dose_is_explained(self):
        strange = [{"medication": ""}, {"dose": "-1"}, {"dose": "500"}, {"dose": "40000", "unit": "mg"}, {"days": "900"}]
        for facts in strange:
            self.assertContains(self.prescribe(**{"medication": "x", **facts}), "nhsuk-error-message", status_code=422)

    def test_a_medicine_is_taken_away_again(self):
        self.prescribe()
        self.client.post(self.address("take-back", MedicationRequest.objects.get().pk), headers=HTMX)
        self.assertFalse(MedicationRequest.objects.exists())

    def test_beginning_a_letter_keeps_the_note_and_uses_it(self):
        self.assertIn("rest", self.begin().text)
        self.assertEqual(Note.objects.get().plan, "rest")

    def test_a_letter_is_kept_with_the_draft(self):
        letter = self.begin()
        self.client.post(self.address("draft", self.note.pk), {f"letter-{letter.pk}-to": "Cardiology"})
        self.assertEqual(Letter.objects.get().to, "Cardiology")
        self.client.post(self.address("drop-letter", letter.pk), TYPED, headers=HTMX)
        self.assertFalse(Letter.objects.exists())

    def test_there_are_two_kinds_of_letters(self):
        self.assertEqual(self.client.post(self.address("begin-letter", self.visit.pk, "love")).status_code, 404)

    def test_a_colleague_who_does_not_treat_is_told_so(self):
        self.client.force_login(make_doctor(clinic=self.visit.clinic))
        self.assertEqual(self.prescribe().status_code, 409)

    def test_strangers_find_nothing(self):
        self.prescribe()
        pages = [self.address("prescribe"), self.address("take-back", MedicationRequest.objects.get().pk)]
        pages += [self.address("drop-letter", self.begin().pk), self.address("begin-letter", self.visit.pk, "referral")]
        pages += [self.address("review", self.note.pk), self.address("sign-all", self.note.pk)]
        for stranger in (make_user(), make_doctor(clinic=make_clinic()), make_assistant(clinic=self.visit.clinic)):
            self.client.force_login(stranger)
            for page in pages:
                self.assertEqual(self.client.post(page).status_code, 404)

    def test_the_wrong_method_is_refused(self):
        self.prescribe()
        pages = [self.address("prescribe"), self.address("take-back", MedicationRequest.objects.get().pk)]
        pages += [self.address("sign-all", self.note.pk), self.address("begin-letter", self.visit.pk, "referral")]
        for page in pages:
            self.assertEqual(self.client.get(page).status_code, 405)


class FinishTest(PaperTest):
    def review(self, **typed):
        return self.client.post(self.address("review", self.note.pk), {**TYPED, **typed}, headers=HTMX)

    def test_two_clicks_from_the_last_word_to_the_signatures(self):
        self.prescribe()
        page = self.review()
        self.assertContains(page, "loratadine")
        self.client.post(self.address("sign-all", self.note.pk), {"seen": page.context["seen"]})
        self.assertEqual((MedicationRequest.objects.get().status, Note.objects.get().status), ("signed", "signed"))

    def test_how_it_ended_is_asked_in_the_last_look_and_kept_with_the_signatures(self):
        self.prescribe()
        page = self.review(outcome="treated")
        self.assertContains(page, 'value="treated" form="sign-form" checked')
        self.assertContains(page, "checked", count=1)
        self.client.post(self.address("sign-all", self.note.pk), {"seen": page.context["seen"], "outcome": "later"})
        self.assertEqual(Outcome.objects.get().kind, "later")

    def test_what_is_missing_is_named_and_cannot_be_signed_yet(self):
        page = self.client.post(self.address("review", self.note.pk), {"note-plan": "rest"})
        self.assertNotContains(page, 'id="sign-all"')
        self.assertEqual(Note.objects.get().plan, "rest")

    def test_a_medicine_that_was_typed_and_not_added_is_not_lost_silently(self):
        self.assertNotContains(self.review(**{"medicine-medication": "loratadine"}), 'id="sign-all"')

    def test_a_mark_that_does_not_fit_is_refused(self):
        self.review()
        self.assertEqual(self.client.post(self.address("sign-all", self.note.pk), {"seen": "old"}).status_code, 409)


class ReadingTest(PaperTest):
    def setUp(self):
        super().setUp()
        prescribing.prescribe(self.visit, by=self.doctor, medication="loratadine 10 mg", note="after meals")
        letter = letters.begin(self.visit, "referral", by=self.doctor)
        self.letter = letters.keep(letter, by=self.doctor, to="Cardiology", text="Please listen to the heart.")
        self.pages = [self.address("prescription"), self.address("letter", self.visit.pk, self.letter.pk)]

    def sign(self):
        note = signing.save_draft(self.note, TEXTS, by=self.doctor)
        finishing.sign_all(note, by=self.doctor, seen_mark=finishing.seen(note))

    def by_link(self):
        self.client.logout()
        self.client.get(links.make(self.visit))

    def test_the_patient_reads_what_is_signed(self):
        self.sign()
        self.by_link()
        self.assertContains(self.client.get(self.address("summary")), "loratadine 10 mg")
        for page, words in zip(self.pages, ("after meals", "Please listen"), strict=True):
            self.assertContains(self.client.get(page), words)

    def cancel(self, user=None, reason="a rash", of=MedicationRequest):
        self.client.force_login(user or self.doctor)
        return self.client.post(self.address(f"cancel-{of.word}", of.objects.get().pk), {"reason": reason})

    def test_the_prescriber_cancels_a_signed_medicine_and_the_patient_is_told(self):
        self.sign()
        self.assertContains(self.client.get(reverse("desk:visit", args=[self.visit.pk])), "cancel/")
        self.assertEqual(self.cancel().status_code, 302)
        pages = self.pages[0], self.address("summary"), reverse("visit", args=[self.visit.pk])
        self.by_link()
        for page in pages:
            self.assertContains(self.client.get(page), "a rash")
        self.assertEqual(background.prescribed(self.visit.patient), [])
        self.assertRaises(Unchangeable, Cancellation.objects.get().delete)

    def test_whoever_signed_a_letter_cancels_it_and_the_patient_reads_so(self):
        self.sign()
        self.assertContains(self.client.get(reverse("desk:visit", args=[self.visit.pk])), f"letter/{self.letter.pk}/cancel/")
        self.assertEqual(self.cancel(reason="wrong house", of=Letter).status_code, 302)
        self.by_link()
        for page in self.pages[1], self.address("summary"), reverse("visit", args=[self.visit.pk]):
            self.assertContains(self.client.get(page), "wrong house")
        self.assertEqual([row.paper for row in cancelling.of_visit(self.visit)], [self.letter])

    def test_cancelling_wants_a_signature_a_reason_and_the_signer_and_is_done_once(self):
        for of in MedicationRequest, Letter:
            with self.subTest(of=of.word):
                self.refuses_to_cancel(of)

    def refuses_to_cancel(self, of):
        if not of.objects.get().is_signed:
            self.assertEqual(self.cancel(of=of).status_code, 409)
            self.sign()
        self.assertEqual(self.cancel(reason=" ", of=of).status_code, 409)
        self.assertEqual(self.cancel(make_doctor(clinic=self.visit.clinic), of=of).status_code, 409)
        for stranger in make_user(), make_doctor(), make_assistant(clinic=self.visit.clinic):
            self.assertEqual(self.cancel(stranger, of=of).status_code, 404)
        self.cancel(of=of)
        self.assertEqual(self.cancel(of=of).status_code, 409)
        self.assertEqual(Message.objects.filter(kind=Kind.TAKEN_BACK, key__contains=of.word).count(), 1)
        self.assertEqual(self.client.get(self.address(f"cancel-{of.word}", of.objects.get().pk)).status_code, 405)

    def test_each_doctor_stands_under_what_they_signed(self):
        self.sign()
        colleague = make_practitioner(clinic=self.visit.clinic, name="Dr Second")
        note = signing.amend(Note.objects.get(), by=colleague.user, reason="forgot it")
        prescribing.prescribe(self.visit, by=colleague.user, medication="omeprazole")
        finishing.sign_all(note, by=colleague.user, seen_mark=finishing.seen(note))
        sheet = self.client.get(self.pages[0]).content.decode()
        order = [sheet.index(words) for words in ("loratadine", self.doctor.practitioner.name + ",", "omeprazole", "Dr Second,")]
        self.assertEqual(order, sorted(order))

    def test_the_patient_reads_no_draft(self):
        self.by_link()
        self.assertNotContains(self.client.get(self.address("summary")), "loratadine")
        self.assertNotContains(self.client.get(self.pages[0]), "loratadine")
        self.assertEqual(self.client.get(self.pages[1]).status_code, 404)

    def test_the_clinics_staff_print_it_and_strangers_find_nothing(self):
        self.sign()
        for user, status in ((make_assistant(clinic=self.visit.clinic), 200), (make_user(), 404), (make_doctor(), 404)):
            self.client.force_login(user)
            for page in self.pages:
                self.assertEqual(self.client.get(page).status_code, status)
        for page in self.pages:
            self.assertEqual(self.client.post(page).status_code, 405)

    def test_the_clinic_sees_it_on_the_page_of_the_visit(self):
        self.sign()
        self.assertContains(self.client.get(reverse("desk:visit", args=[self.visit.pk])), self.pages[1])


class PhraseTest(PaperTest):
    def add(self, **facts):
        return self.client.post(reverse("records:phrases"), facts)

    def test_a_phrase_is_made_changed_and_removed(self):
        self.add(shortcut="감기", assessment="급성 비인두염", plan="쉬기", summary="감기입니다.")
        phrase = Phrase.objects.get()
        self.assertEqual(phrase.owner, self.doctor.practitioner)
        self.client.post(self.address("phrase", phrase.pk), {"shortcut": "cold", "plan": "rest"})
        self.assertEqual(Phrase.objects.get().shortcut, "cold")
        self.client.post(self.address("phrase-remove", phrase.pk))
        self.assertFalse(Phrase.objects.exists())

    def test_a_shortcut_is_one_word_and_used_once(self):
        self.add(shortcut="cold", plan="rest")
        for shortcut in ("two words", "", "COLD"):
            self.assertEqual(self.add(shortcut=shortcut).status_code, 422)

    def test_without_a_script_it_is_put_in_behind_what_was_typed(self):
        self.add(shortcut="cold", plan="rest", summary="A cold.")
        self.client.post(self.address("insert", self.note.pk), {"note-plan": "fluids", "phrase": "cold"})
        note = Note.objects.get()
        self.assertEqual((note.plan, note.summary), ("fluids\nrest", "A cold."))
        self.assertEqual(self.client.post(self.address("insert", self.note.pk), {"phrase": "none"}).status_code, 409)

    def test_everybody_has_their_own(self):
        self.add(shortcut="cold", plan="rest")
        self.client.force_login(make_doctor(clinic=self.visit.clinic))
        phrase = Phrase.objects.get()
        self.assertNotContains(self.client.get(reverse("records:phrases")), "/cold")
        for name in "phrase", "phrase-remove":
            self.assertEqual(self.client.post(self.address(name, phrase.pk), {"shortcut": "x"}).status_code, 404)
        self.client.force_login(make_user())
        self.assertEqual(self.client.get(reverse("records:phrases")).status_code, 404)
        self.client.force_login(self.doctor)
        self.assertEqual(self.client.get(self.address("phrase-remove", phrase.pk)).status_code, 405)
        self.assertEqual(self.client.get(self.address("insert", self.note.pk)).status_code, 405)

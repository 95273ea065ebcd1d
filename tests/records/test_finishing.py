from django.test import TestCase

from accounts.appendonly import Unchangeable
from accounts.errors import Refused
from accounts.models import AuditEvent
from records import finishing, letters, papers, prescribing, signing
from records.models import Letter, Note
from tests.records.test_prescribing import TEXTS, make_told
from visits.models import Visit
from visits.states import State


class FinishingTest(TestCase):
    def setUp(self):
        self.visit, self.doctor = make_told({"allergies": "peanuts", "medicines": "amlodipine"})
        self.note = signing.save_draft(signing.draft_for(self.visit, by=self.doctor), TEXTS, by=self.doctor)

    def sign_all(self):
        return finishing.sign_all(self.note, by=self.doctor, seen_mark=finishing.seen(self.note))

    def prescribe(self, medication="loratadine"):
        return prescribing.prescribe(self.visit, by=self.doctor, medication=medication)

    def letter(self, kind="referral", **facts):
        return letters.keep(letters.begin(self.visit, kind, by=self.doctor), by=self.doctor, **facts)

    def test_everything_is_signed_together_and_the_visit_is_finished(self):
        self.prescribe()
        self.letter(to="Cardiology")
        self.letter("sick-note")
        self.sign_all()
        self.assertEqual((papers.drafts(self.visit), Visit.objects.get().state), ([], State.COMPLETED))
        signed = AuditEvent.objects.filter(action__in=("note.sign", "medicine.sign", "letter.sign"))
        self.assertEqual(signed.count(), 4)

    def test_what_is_missing_signs_nothing(self):
        self.prescribe()
        self.letter()
        with self.assertRaises(signing.Unsigned):
            self.sign_all()
        self.assertEqual(Note.objects.get().status, "draft")
        self.assertEqual(len(papers.drafts(self.visit)), 2)

    def test_who_signs_signs_what_they_looked_at(self):
        mark = finishing.seen(self.note)
        self.prescribe()
        with self.assertRaises(Refused):
            finishing.sign_all(self.note, by=self.doctor, seen_mark=mark)

    def test_the_same_words_kept_again_can_be_signed(self):
        mark = finishing.seen(self.note)
        signing.save_draft(self.note, TEXTS, by=self.doctor)
        finishing.sign_all(self.note, by=self.doctor, seen_mark=mark)
        self.assertEqual(Visit.objects.get().state, State.COMPLETED)

    def test_the_note_alone_is_not_signed_past_its_papers(self):
        self.prescribe()
        with self.assertRaises(signing.Unsigned):
            signing.sign(self.note, by=self.doctor)

    def test_a_referral_is_prefilled_from_the_note_and_what_the_patient_told(self):
        text = self.letter().text
        for words in (self.visit.patient.name, "cold", "rest", "amlodipine", "peanuts"):
            self.assertIn(words, text)

    def test_there_is_one_letter_of_a_kind_at_a_time(self):
        self.assertEqual(self.letter(), self.letter())

    def test_a_sick_note_that_ends_before_it_begins_is_not_signed(self):
        self.letter("sick-note", first_day="2026-11-25", last_day="2026-11-20")
        self.assertEqual(len(finishing.lacking(self.note)), 1)

    def test_a_signed_letter_never_changes(self):
        letter = self.letter(to="Cardiology")
        self.sign_all()
        with self.assertRaises(Refused):
            letters.keep(letter, by=self.doctor, to="Surgery")
        self.assertRaises(Unchangeable, Letter.objects.get().save)

    def test_an_amendment_may_add_a_medicine(self):
        self.sign_all()
        with self.assertRaises(Refused):
            self.prescribe()
        self.note = signing.amend(self.note, by=self.doctor, reason="forgot it")
        self.prescribe()
        self.sign_all()
        self.assertEqual(self.visit.medicines.get().status, "signed")

from datetime import timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.test import SimpleTestCase, TestCase
from django.utils import timezone, translation

from accounts.appendonly import Unchangeable
from accounts.errors import Refused
from accounts.models import AuditEvent
from intake import telling
from intake.models import Answer
from records import background, finishing, papers, prescribing, safety, signing
from records.models import MedicationRequest
from tests.factories import make_doctor, make_intake, make_visit
from visits import flow

TEXTS = {"assessment": "cold", "plan": "rest", "summary": "You have a cold."}


def make_told(answers=None):
    """A visit with its doctor, after the patient told their allergies and medicines."""
    intake = make_intake()
    telling.save(intake, answers=answers or {}, by=None)
    telling.send(intake, by=None)
    visit = flow.call_in(intake.visit, by=make_doctor(clinic=intake.visit.clinic))
    return visit, visit.practitioner.user


def finish(visit, doctor):
    note = signing.save_draft(signing.draft_for(visit, by=doctor), TEXTS, by=doctor)
    return finishing.sign_all(note, by=doctor, seen_mark=finishing.seen(note))


class AmountTest(SimpleTestCase):
    def test_one_tablet_and_two_tablets(self):
        with translation.override("en"):
            said = [MedicationRequest(dose=Decimal(dose), unit=unit).amount for dose, unit in ((1, "{tablet}"), (2, "{patch}"))]
        self.assertEqual(said, ["1 tablet", "2 patches"])

    def test_a_slip_of_the_finger_is_told_in_the_plural(self):
        with translation.override("en"), self.assertRaisesMessage(ValidationError, "more than 40 tablets. Please"):
            MedicationRequest(dose=Decimal(41), unit="{tablet}").clean()


class DoubtTest(TestCase):
    def kinds(self, medication, **answers):
        visit, _doctor = make_told(answers)
        return [doubt.kind for doubt in safety.doubts(medication, visit)]

    def test_the_very_medicine(self):
        self.assertEqual(self.kinds("아목시실린 250mg", allergies="amoxicillin makes me itch"), ["allergy"])

    def test_a_medicine_of_the_same_group(self):
        self.assertEqual(self.kinds("Augmentin", allergies="페니실린 맞고 두드러기"), ["allergy-group"])
        self.assertEqual(self.kinds("ibuprofen 200", allergies="아스피린"), ["allergy-group"])

    def test_a_group_that_may_do_the_same(self):
        self.assertEqual(self.kinds("cefaclor", allergies="penicillin"), ["allergy-related"])

    def test_a_name_that_the_table_does_not_know(self):
        self.assertEqual(self.kinds("Novumab 5 mg", allergies="novumab"), ["allergy"])

    def test_what_is_taken_already(self):
        self.assertEqual(self.kinds("타이레놀", medicines="acetaminophen 500"), ["same"])
        self.assertEqual(self.kinds("naproxen", medicines="부루펜 가끔"), ["same-group"])

    def test_nothing_speaks_against_most_medicines(self):
        self.assertEqual(self.kinds("아목시실린", allergies="땅콩", medicines="암로디핀 5mg"), [])

    def test_it_is_explained_with_what_the_patient_said(self):
        visit, _doctor = make_told({"allergies": "penicillin rash"})
        self.assertIn("penicillin rash", safety.doubts("amoxicillin", visit)[0].words)

    def test_an_allergy_of_an_earlier_visit_is_not_forgotten(self):
        visit, doctor = make_told({"allergies": "penicillin"})
        flow.finish(visit, by=doctor)
        again = make_visit(patient=visit.patient)
        self.assertEqual([told.text for told in background.allergies(again.patient)], ["penicillin"])


class PrescribingTest(TestCase):
    def setUp(self):
        self.visit, self.doctor = make_told({"allergies": "penicillin"})

    def prescribe(self, medication="amoxicillin", **facts):
        return prescribing.prescribe(self.visit, by=self.doctor, medication=medication, **facts)

    def test_a_doubt_stops_it_until_there_is_a_reason_and_both_are_stored(self):
        with self.assertRaises(safety.Doubtful):
            self.prescribe()
        medicine = self.prescribe(override_reason="took it last month without harm")
        self.assertEqual(
            (medicine.warnings[0]["kind"], medicine.override_reason), ("allergy-group", "took it last month without harm")
        )
        self.assertEqual(AuditEvent.objects.get(action="medicine.prescribe").why, medicine.override_reason)

    def test_a_reason_without_a_doubt_is_not_stored(self):
        self.assertEqual(self.prescribe("loratadine", override_reason="left over").override_reason, "")

    def test_the_second_of_a_group_is_noticed(self):
        self.prescribe("ibuprofen")
        with self.assertRaises(safety.Doubtful):
            self.prescribe("naproxen")

    def test_only_the_visits_own_doctor_prescribes(self):
        with self.assertRaises(Refused):
            prescribing.prescribe(self.visit, by=make_doctor(clinic=self.visit.clinic), medication="loratadine")

    def test_a_draft_can_be_taken_back_and_a_signed_one_not(self):
        prescribing.take_back(self.prescribe("loratadine"), by=self.doctor)
        self.assertEqual(papers.drafts(self.visit), [])
        kept = self.prescribe("loratadine")
        finish(self.visit, self.doctor)
        with self.assertRaises(Refused):
            prescribing.take_back(kept, by=self.doctor)
        for deed in (MedicationRequest.objects.get().save, MedicationRequest.objects.get().delete):
            self.assertRaises(Unchangeable, deed)

    def test_what_was_told_since_is_a_doubt_at_the_signature_whatever_was_answered_before(self):
        self.prescribe(override_reason="took it last month without harm")
        Answer.objects.filter(question="allergies").update(value="amoxicillin")
        with self.assertRaises(safety.Doubtful):
            finish(self.visit, self.doctor)

    def test_signed_medicines_count_while_they_last(self):
        self.prescribe("loratadine", days=3)
        finish(self.visit, self.doctor)
        today = timezone.localdate()
        self.assertEqual([item.medication for item in background.prescribed(self.visit.patient)], ["loratadine"])
        self.assertEqual(background.prescribed(self.visit.patient, today + timedelta(days=5)), [])

    def test_the_usual_dose_comes_along_the_next_time(self):
        self.prescribe("loratadine 10 mg", timing="QD", days=7)
        usual = prescribing.usual(self.doctor.practitioner)["loratadine 10 mg"]
        self.assertEqual((usual["timing"], usual["days"], usual["dose"]), ("QD", 7, "1"))

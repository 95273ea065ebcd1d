from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.test import TestCase
from django.utils import timezone

from accounts.models import Patient, User
from tests.factories import make_assistant, make_clinic, make_doctor, make_grant, make_patient, make_user


class WhoIsVisibleTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.owner = make_user()
        self.patient = make_patient(clinic=self.clinic, user=self.owner)

    def seen_by(self, user):
        return self.patient in Patient.objects.visible_to(user)

    def test_a_patient_sees_themselves(self):
        self.assertTrue(self.seen_by(self.owner))

    def test_staff_of_the_clinic_see_its_patients(self):
        self.assertTrue(self.seen_by(make_doctor(clinic=self.clinic)))
        self.assertTrue(self.seen_by(make_assistant(clinic=self.clinic)))

    def test_an_administrator_sees_patients_of_every_clinic(self):
        self.assertTrue(self.seen_by(make_user(User.Role.ADMINISTRATOR)))

    def test_strangers_see_nobody(self):
        for stranger in make_user(), make_doctor(), make_assistant(), AnonymousUser():
            with self.subTest(stranger=str(stranger)):
                self.assertFalse(self.seen_by(stranger))

    def test_staff_act_for_nobody_unless_granted(self):
        self.assertNotIn(self.patient, Patient.objects.acted_for_by(make_doctor(clinic=self.clinic)))

    def test_a_patient_without_user_is_not_everybodys(self):
        nobodys = make_patient(clinic=self.clinic)
        self.assertNotIn(nobodys, Patient.objects.acted_for_by(AnonymousUser()))
        self.assertNotIn(nobodys, Patient.objects.acted_for_by(make_user()))


class GrantTest(TestCase):
    def setUp(self):
        self.daughter, self.mother = make_user(), make_patient()

    def acts(self):
        return self.mother in Patient.objects.acted_for_by(self.daughter)

    def test_a_grant_without_end_holds(self):
        make_grant(user=self.daughter, patient=self.mother)
        self.assertTrue(self.acts())

    def test_a_grant_holds_until_it_expires(self):
        make_grant(user=self.daughter, patient=self.mother, expires_at=timezone.now() + timedelta(minutes=1))
        self.assertTrue(self.acts())

    def test_an_expired_grant_opens_nothing(self):
        make_grant(user=self.daughter, patient=self.mother, expires_at=timezone.now())
        self.assertFalse(self.acts())

    def test_a_revoked_grant_opens_nothing(self):
        grant = make_grant(user=self.daughter, patient=self.mother)
        grant.revoked_at = timezone.now()
        grant.save()
        self.assertFalse(self.acts())

    def test_a_grant_is_for_one_person_only(self):
        make_grant(user=make_user(), patient=self.mother)
        self.assertFalse(self.acts())


class PatientTest(TestCase):
    def test_a_baby_is_months_old(self):
        baby = make_patient(birth_date=timezone.localdate() - timedelta(days=183))
        self.assertEqual(baby.age, 0)
        self.assertAlmostEqual(baby.age_years, 0.5, places=2)

from io import StringIO

from django.core.management import CommandError, call_command
from django.test import TestCase

from accounts.models import Clinic, User
from tests.factories import make_user


def run(*words, **options):
    said = StringIO()
    call_command(*words, stdout=said, **options)
    return said.getvalue()


class OpeningTheHouseTest(TestCase):
    def test_a_clinic_is_opened_and_a_doctor_works_and_signs_in_there(self):
        run("open_clinic", "강 의원", "River Clinic", phone="02-555-0101")
        run(
            "hire",
            "kim@clinic.example",
            "doctor",
            "김서연",
            "River Clinic",
            specialty=["내과", "Internal medicine"],
            language="en",
        )
        doctor = User.objects.get(email="kim@clinic.example")
        self.assertEqual([clinic.phone for clinic in doctor.clinics], ["02-555-0101"])
        self.assertEqual((doctor.is_doctor, doctor.has_usable_password(), doctor.language), (True, False, "en"))
        doctor.set_password("correct horse battery")
        doctor.save()
        self.client.post("/account/login/", {"login": "Kim@clinic.example", "password": "correct horse battery"})
        self.assertEqual(self.client.get("/desk/queue/").status_code, 200)

    def test_hiring_again_adds_a_clinic_and_keeps_the_first(self):
        for names in ("강 의원", "River Clinic"), ("산 의원", "Hill Clinic"):
            run("open_clinic", *names)
            run("hire", "Kim@clinic.example", "doctor", "김서연", names[0])
        self.assertEqual(User.objects.get(role="doctor").clinics.count(), 2)

    def test_hiring_again_changes_the_language_of_the_pages_only_if_it_is_said(self):
        run("open_clinic", "강 의원", "River Clinic")
        languages = []
        for said in ({"language": "en"}, {}, {"language": "ko"}):
            run("hire", "kim@clinic.example", "doctor", "김서연", "강 의원", **said)
            languages.append(User.objects.get(role="doctor").language)
        self.assertEqual(languages, ["en", "en", "ko"])

    def test_opening_again_changes_only_what_is_said(self):
        run("open_clinic", "강 의원", "River Clinic", phone="02-555-0101")
        run("open_clinic", "강 의원", "River Clinic", time_zone="Asia/Tokyo")
        self.assertEqual(Clinic.objects.values_list("phone", "time_zone").get(), ("02-555-0101", "Asia/Tokyo"))

    def test_a_reviewer_needs_no_clinic(self):
        run("hire", "moon@clinic.example", "reviewer", "문가람")
        self.assertEqual(User.objects.get().role, User.Role.REVIEWER)

    def test_each_mistake_says_what_to_do(self):
        patient = make_user()
        with self.assertRaisesMessage(CommandError, "none yet, open_clinic makes one"):
            run("hire", "kim@clinic.example", "doctor", "김서연", "Lake Clinic")
        run("open_clinic", "강 의원", "River Clinic")
        mistakes = {
            "in which clinic": ("hire", "kim@clinic.example", "doctor", "김서연"),
            "There are: “강 의원”": ("hire", "kim@clinic.example", "doctor", "김서연", "Lake Clinic"),
            "another address": ("hire", patient.email, "doctor", "김서연", "강 의원"),
            "Example: Asia/Seoul": ("open_clinic", "산 의원", "Hill Clinic", "--time-zone", "Seoul"),
            "valid email": ("hire", "kim", "doctor", "김서연", "강 의원"),
        }
        for sentence, words in mistakes.items():
            with self.subTest(sentence=sentence), self.assertRaisesMessage(CommandError, sentence):
                run(*words)
        self.assertEqual((Clinic.objects.count(), User.objects.count()), (1, 1))

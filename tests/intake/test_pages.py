import io
import os
import tempfile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings
from django.urls import reverse
from PIL import Image

from accounts.models import Grant, Patient
from intake.models import Intake, Photo
from tests.factories import make_assistant, make_clinic, make_intake, make_patient, make_user
from visits import links


class StepTest(TestCase):
    def setUp(self):
        self.user = make_user()
        self.patient = make_patient(user=self.user)
        self.intake = make_intake(words="", patient=self.patient)
        self.client.force_login(self.user)
        self.client.cookies["django_language"] = "en"

    def page(self, step):
        return reverse("intake:step", args=[self.intake.visit_id, step])

    def test_each_step_shows_and_saves(self):
        self.client.post(self.page("words"), {"words": "My throat hurts"})
        answer = self.client.post(self.page("onset"), {"value": "days"})
        self.assertRedirects(answer, self.page("conditions"))
        self.assertContains(self.client.get(self.page("words")), "My throat hurts")

    def test_every_step_of_the_story_can_be_opened(self):
        for step in ("words", "onset", "pregnant", "conditions", "vitals", "photo", "consent", "summary"):
            with self.subTest(step):
                self.assertEqual(self.client.get(self.page(step)).status_code, 200 if step != "pregnant" else 404)

    def test_empty_words_are_explained_and_not_saved(self):
        answer = self.client.post(self.page("words"), {"words": "   "})
        self.assertContains(answer, "One sentence is enough")

    def test_too_many_words_are_explained_and_kept_in_the_field(self):
        answer = self.client.post(self.page("words"), {"words": "a" * 5001})
        self.assertContains(answer, "5,000 characters")
        self.assertContains(answer, "a" * 5001)

    def test_five_megabytes_are_refused_at_the_border(self):
        answer = self.client.post(self.page("words"), {"words": "a" * 5_000_000})
        self.assertEqual(answer.status_code, 400)

    def test_implausible_vitals_say_the_limits(self):
        answer = self.client.post(self.page("vitals"), {"hr": "999"})
        self.assertContains(answer, "between 20 and 250 /min")
        self.assertFalse(self.intake.visit.vitals.exists())

    def test_fahrenheit_is_noticed(self):
        answer = self.client.post(self.page("vitals"), {"temp": "98.6"})
        self.assertContains(answer, "Fahrenheit")

    def test_a_decimal_comma_is_fine(self):
        self.client.post(self.page("vitals"), {"temp": "38,5"})
        self.assertEqual(str(self.intake.visit.vitals.get().value), "38.5")

    def test_a_sent_story_leads_to_the_visit(self):
        intake = make_intake(patient=make_patient(user=None, clinic=self.patient.clinic), sent=True)
        Grant.objects.create(user=self.user, patient=intake.visit.patient, relationship="elder")
        answer = self.client.post(reverse("intake:step", args=[intake.visit_id, "words"]), {"words": "too late"})
        self.assertRedirects(answer, reverse("visit", args=[intake.visit_id]))
        self.assertNotEqual(Intake.objects.get(pk=intake.pk).words, "too late")

    def test_a_stranger_finds_nothing(self):
        self.client.force_login(make_user())
        self.assertEqual(self.client.get(self.page("words")).status_code, 404)
        self.client.force_login(make_assistant(clinic=make_clinic()))
        self.assertEqual(self.client.get(self.page("words")).status_code, 404)

    def test_the_clinics_assistant_may_fill_it_in(self):
        self.client.force_login(make_assistant(clinic=self.patient.clinic))
        self.assertEqual(self.client.get(self.page("words")).status_code, 200)

    def test_on_another_device_the_link_goes_on_where_it_was_left(self):
        self.client.post(self.page("words"), {"words": "My throat hurts"})
        self.client.logout()
        self.client.get(links.make(self.intake.visit))
        answer = self.client.get(reverse("intake:resume", args=[self.intake.visit_id]))
        self.assertRedirects(answer, self.page("onset"))

    def test_sending_is_a_post(self):
        self.assertEqual(self.client.get(reverse("intake:send", args=[self.intake.visit_id])).status_code, 405)

    def test_a_refusal_is_a_page(self):
        answer = self.client.post(reverse("intake:send", args=[self.intake.visit_id]))
        self.assertEqual(answer.status_code, 409)
        self.assertTemplateUsed(answer, "refused.html")


@override_settings(MEDIA_ROOT=tempfile.mkdtemp(prefix="photos-", dir=os.environ["NARU_STATE"]))
class PhotoTest(TestCase):
    def setUp(self):
        self.user = make_user()
        self.intake = make_intake(patient=make_patient(user=self.user))
        self.client.force_login(self.user)
        self.page = reverse("intake:step", args=[self.intake.visit_id, "photo"])

    def picture(self):
        out = io.BytesIO()
        exif = Image.Exif()
        exif[0x010F] = "MyCamera"
        Image.new("RGB", (3000, 2000), "red").save(out, "JPEG", exif=exif)
        return SimpleUploadedFile("my-name.jpg", out.getvalue(), "image/jpeg")

    def test_a_photo_is_cleaned_and_served_to_its_owner_alone(self):
        self.client.post(self.page, {"photo": self.picture()})
        photo = Photo.objects.get()
        kept = Image.open(photo.file)
        self.assertEqual((max(kept.size) <= 2000, dict(kept.getexif())), (True, {}))
        self.assertNotIn("my-name", photo.file.name)
        address = reverse("intake:photo", args=[photo.pk])
        self.assertEqual(self.client.get(address)["Content-Type"], "image/jpeg")
        self.client.force_login(make_user())
        self.assertEqual(self.client.get(address).status_code, 404)

    def test_a_file_that_lies_about_its_type_is_explained_at_its_field(self):
        answer = self.client.post(self.page, {"photo": SimpleUploadedFile("x.jpg", b"<script>", "image/jpeg")})
        self.assertIn("photo", answer.context["form"].errors)
        self.assertFalse(Photo.objects.exists())


class StartTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.user = make_user()
        self.client.force_login(self.user)
        self.facts = {"name": "한지민", "birth_date": "1968-3-9", "sex": "female", "clinic": self.clinic.pk}

    def test_a_new_person_says_who_they_are_once(self):
        self.client.post(reverse("intake:start"), {**self.facts, "who": "self"})
        self.assertEqual(Patient.objects.get(user=self.user).visits.count(), 1)

    def test_starting_twice_gives_one_visit(self):
        for _click in range(2):
            self.client.post(reverse("intake:start"), {**self.facts, "who": "self"})
        patient = Patient.objects.get(user=self.user)
        self.client.post(reverse("intake:start"), {"who": patient.pk, "clinic": self.clinic.pk})
        self.assertEqual(patient.visits.count(), 1)

    def test_caring_for_a_child_makes_a_grant(self):
        make_patient(user=self.user, clinic=self.clinic)
        child = {**self.facts, "name": "한아기", "birth_date": "2022-1-1", "who": "other", "relationship": "child"}
        self.client.post(reverse("intake:start"), child)
        self.assertEqual(Grant.objects.get(user=self.user).patient.name, "한아기")

    def test_a_birth_date_in_the_future_is_explained(self):
        answer = self.client.post(reverse("intake:start"), {**self.facts, "who": "self", "birth_date": "2190-1-1"})
        self.assertContains(answer, "2190년 1월 1일")
        self.assertFalse(Patient.objects.filter(user=self.user).exists())

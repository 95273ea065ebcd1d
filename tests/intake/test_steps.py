import io
import os
import tempfile
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.consents import WORDINGS
from accounts.models import AuditEvent
from intake import telling
from intake.models import Intake, Photo
from intake.steps import steps_for
from tests.factories import make_doctor, make_intake, make_patient, make_user
from visits import flow, links
from visits.models import Visit
from visits.states import State

ALARMING = "가슴이 조이고 식은땀이 나요"
AGREED = {item.scope: "on" for item in WORDINGS}


class TellingTestCase(TestCase):
    """A patient, signed in, reading English, with a story that is being told."""

    def setUp(self):
        self.user = make_user()
        self.client.force_login(self.user)
        self.client.cookies["django_language"] = "en"
        self.patient = make_patient(user=self.user)

    def begin(self, words=""):
        self.intake = telling.begin(self.patient, self.patient.clinic, by=self.user, language="en")
        if words:
            with self.captureOnCommitCallbacks(execute=True):
                telling.save(self.intake, words=words, by=self.user)
        return self.intake

    def page(self, step, then=""):
        return reverse("intake:step", args=[self.intake.visit_id, step]) + (f"?then={then}" if then else "")

    def state(self):
        return Visit.objects.get(pk=self.intake.visit_id).state


class OneQuestionAPageTest(TellingTestCase):
    def setUp(self):
        super().setUp()
        self.begin()

    def test_each_page_says_where_it_stands(self):
        self.assertContains(self.client.get(self.page("words")), "Page 1 of 10")

    def test_pregnancy_is_asked_of_women_between_10_and_55(self):
        year = timezone.localdate().year
        for age, sex, is_asked in (30, "female", True), (30, "male", False), (8, "female", False), (60, "female", False):
            with self.subTest(age=age, sex=sex):
                self.patient.sex, self.patient.birth_date = sex, f"{year - age}-01-01"
                self.patient.save()
                self.assertEqual("pregnant" in steps_for(Intake.objects.get(pk=self.intake.pk)), is_asked)

    def test_i_do_not_know_is_an_answer_everywhere(self):
        for step in set(steps_for(self.intake)) - {"words", "vitals", "photo", "consent", "questions", "summary"}:
            with self.subTest(step):
                self.assertContains(self.client.get(self.page(step)), "I don&#x27;t know")

    def test_i_do_not_know_is_kept_and_shown_again(self):
        self.client.post(self.page("medicines"), {"value": "", "unknown": "on"})
        self.assertEqual(self.intake.answers.get().value, "unknown")
        self.assertContains(self.client.get(self.page("medicines")), "checked")

    def test_whoever_writes_something_knows_something(self):
        self.client.post(self.page("medicines"), {"value": "aspirin", "unknown": "on"})
        self.assertEqual(self.intake.answers.get().value, "aspirin")

    def test_a_choice_that_was_never_offered(self):
        self.client.post(self.page("onset"), {"value": "yesteryear"})
        self.assertFalse(self.intake.answers.exists())

    def test_without_a_choice_the_page_asks_again(self):
        self.assertContains(self.client.post(self.page("onset"), {}), "Please choose one answer")

    def test_without_consent_the_page_says_why_it_is_needed(self):
        answer = self.client.post(self.page("consent"), {"health-data": "on"})
        self.assertContains(answer, "Without this we cannot hold the visit")

    def test_consent_to_the_ai_is_the_persons_choice(self):
        self.client.post(self.page("consent"), {"health-data": "on", "video-visit": "on"})
        self.assertFalse(telling.agreed_to(self.intake.visit, "ai-advice"))
        self.assertEqual(telling.missing(self.intake), ["words"])

    def test_from_the_summary_each_answer_can_be_changed(self):
        page = self.client.get(self.page("summary"))
        for step in set(steps_for(self.intake)) - {"questions", "summary"}:
            self.assertContains(page, self.page(step, then="summary"))
        answer = self.client.post(self.page("onset", then="summary"), {"value": "days"})
        self.assertRedirects(answer, self.page("summary"))
        self.assertContains(self.client.get(self.page("summary")), "Some days ago")

    def test_the_summary_says_what_is_still_missing(self):
        self.assertContains(self.client.get(self.page("summary")), "say what is wrong")
        self.assertNotContains(self.client.get(self.page("summary")), 'id="send"')

    def test_a_page_that_does_not_exist(self):
        self.assertEqual(self.client.get(self.page("horoscope")).status_code, 404)

    def test_another_method_is_refused(self):
        self.assertEqual(self.client.put(self.page("words")).status_code, 405)

    def test_a_whole_story(self):
        self.client.post(self.page("words"), {"words": "My throat hurts"})
        self.client.post(self.page("consent"), AGREED)
        answer = self.client.post(reverse("intake:send", args=[self.intake.visit_id]))
        self.assertRedirects(answer, reverse("visit", args=[self.intake.visit_id]))
        self.assertEqual(self.state(), State.WAITING)


class BadInputTest(TellingTestCase):
    def setUp(self):
        super().setUp()
        self.begin()

    def test_words_with_a_null_character(self):
        self.assertEqual(self.client.post(self.page("words"), {"words": "pain\x00"}).status_code, 200)

    def test_a_5_mb_paste_meets_a_page_with_a_sentence(self):
        answer = self.client.post(self.page("words"), {"words": "a" * 5_000_000})
        self.assertContains(answer, "too long or too large", status_code=400)

    def test_vitals_beyond_what_can_be(self):
        for key, text, sentence in (
            ("spo2", "130", "between 50 and 100 %"),
            ("sbp", "-5", "between 40 and 280 mmHg"),
            ("temp", "98,6", "°C"),
            ("hr", "fast", "please write a number"),
            ("hr", "NaN", "please write a number"),
            ("hr", "1e9999", "please write a number"),
        ):
            with self.subTest(key=key, text=text):
                self.assertContains(self.client.post(self.page("vitals"), {key: text}), sentence)
        self.assertFalse(self.intake.visit.vitals.exists())

    def test_vitals_may_be_left_out(self):
        self.assertRedirects(self.client.post(self.page("vitals"), {}), self.page("photo"))

    def test_sent_twice_is_sent_once(self):
        self.client.post(self.page("words"), {"words": "My throat hurts"})
        self.client.post(self.page("consent"), AGREED)
        for _click in range(2):
            answer = self.client.post(reverse("intake:send", args=[self.intake.visit_id]))
        self.assertRedirects(answer, reverse("visit", args=[self.intake.visit_id]))
        self.assertEqual(AuditEvent.objects.filter(action="intake.send").count(), 1)

    def test_a_page_left_open_after_sending_says_so(self):
        self.client.post(self.page("words"), {"words": "My throat hurts"})
        self.client.post(self.page("consent"), AGREED)
        self.client.post(reverse("intake:send", args=[self.intake.visit_id]))
        answer = self.client.post(self.page("words"), {"words": "something new"}, follow=True)
        self.assertContains(answer, "You have already sent this")
        self.assertEqual(Intake.objects.get().words, "My throat hurts")

    def test_a_visit_that_is_over_takes_no_more_words(self):
        flow.leave(self.intake.visit, by=self.user)
        answer = self.client.post(self.page("words"), {"words": "something new"})
        self.assertRedirects(answer, reverse("visit", args=[self.intake.visit_id]))
        self.assertEqual(Intake.objects.get().words, "")


class RedFlagTest(TellingTestCase):
    def test_the_emergency_card_stands_on_every_page_that_follows(self):
        self.begin(ALARMING)
        for step in steps_for(self.intake):
            with self.subTest(step):
                page = self.client.get(self.page(step))
                self.assertContains(page, 'href="tel:119"')
                self.assertContains(page, "I have read this, go on")

    def test_who_has_read_the_card_keeps_a_bar_with_the_number(self):
        self.begin(ALARMING)
        self.client.get(self.page("onset") + "?alarm=read")
        page = self.client.get(self.page("conditions"))
        self.assertContains(page, 'href="tel:119"')
        self.assertContains(page, "naru-alarm-bar")
        self.assertNotContains(page, "naru-emergency")

    def test_no_alarm_no_card(self):
        self.begin("I have had a runny nose for two days")
        self.assertNotContains(self.client.get(self.page("onset")), "naru-emergency")

    def test_send_now_asks_for_consent_alone_and_sends(self):
        self.begin(ALARMING)
        answer = self.client.post(self.page("onset"), {"value": "hours", "send_now": "yes"})
        self.assertRedirects(answer, self.page("consent", then="send"))
        answer = self.client.post(self.page("consent", then="send"), AGREED)
        self.assertRedirects(answer, reverse("visit", args=[self.intake.visit_id]))
        self.assertEqual(self.state(), State.WAITING)

    def test_send_now_takes_along_what_stands_on_the_page_and_waits_for_nothing(self):
        for step, facts, kept in ("onset", {"value": "hours"}, 1), ("onset", {}, 0), ("vitals", {"temp": "high"}, 0):
            with self.subTest(step=step, **facts):
                self.begin(ALARMING)
                self.client.post(self.page("consent"), AGREED)
                self.assertContains(self.client.get(self.page(step)), 'form="story" name="send_now"')
                self.client.post(self.page(step), {**facts, "send_now": "yes"})
                self.assertEqual(self.state(), State.WAITING)
                self.assertEqual(self.intake.answers.filter(question="onset", value="hours").count(), kept)
                flow.leave(Visit.objects.get(pk=self.intake.visit_id), by=None)

    def test_enter_in_a_field_never_sends(self):
        self.begin(ALARMING)
        page = self.client.get(self.page("vitals")).content.decode()
        first = page.index('form="story"')
        self.assertNotIn("send_now", page[first : page.index(">", first)])  # a browser presses the first button of a form

    def test_send_now_without_words_asks_for_words_first(self):
        self.begin()
        answer = self.client.post(self.page("consent", then="send"), AGREED)
        self.assertRedirects(answer, self.page("words", then="send"))
        self.client.post(self.page("words", then="send"), {"words": ALARMING})
        self.assertEqual(self.state(), State.WAITING)


class WhoMayTellTest(TellingTestCase):
    def test_a_link_of_another_visit_opens_nothing(self):
        self.begin()
        self.client.logout()
        self.client.get(links.make(make_intake().visit))
        for step in ("words", "summary"):
            self.assertEqual(self.client.get(self.page(step)).status_code, 404)
        self.assertEqual(self.client.post(self.page("words"), {"words": "mine?"}).status_code, 404)

    def test_an_expired_link_says_what_to_do(self):
        self.begin()
        self.client.logout()
        token = links.make(self.intake.visit)
        with override_settings(VISIT_LINK_HOURS=0):
            self.assertEqual(self.client.get(token).status_code, 410)

    def test_after_a_new_link_was_made_the_old_one_is_closed(self):
        self.begin()
        self.client.logout()
        self.client.get(links.make(self.intake.visit))
        Visit.objects.filter(pk=self.intake.visit_id).update(link_nonce="new")
        self.assertEqual(self.client.get(self.page("words")).status_code, 404)

    def test_a_doctor_reads_but_does_not_write_the_story(self):
        self.begin()
        self.client.force_login(make_doctor(clinic=self.patient.clinic))
        self.assertEqual(self.client.post(self.page("words"), {"words": "x"}).status_code, 404)


@override_settings(MEDIA_ROOT=tempfile.mkdtemp(prefix="photos-", dir=os.environ["NARU_STATE"]))
class PhotoTest(TellingTestCase):
    def setUp(self):
        super().setUp()
        self.begin()

    def send(self, content, name="x.png"):
        return self.client.post(self.page("photo"), {"photo": SimpleUploadedFile(name, content, "image/png")})

    def picture(self, size=(40, 30), kind="PNG", **options):
        out = io.BytesIO()
        Image.new("RGB", size, "red").save(out, kind, **options)
        return out.getvalue()

    def test_a_photo_taken_sideways_stands_upright(self):
        exif = Image.Exif()
        exif[0x0112] = 6  # turned by a quarter
        self.send(self.picture(kind="JPEG", exif=exif))
        self.assertEqual(Image.open(Photo.objects.get().file).size, (30, 40))

    def test_what_is_no_picture_is_explained(self):
        half = self.picture(size=(400, 400))[:200]
        for content in (b"GIF89a", b"%PDF-1.7", half, b"<svg xmlns='http://www.w3.org/2000/svg'/>"):
            with self.subTest(content=content[:8]):
                self.assertContains(self.send(content), "not a photo we can open")
        self.assertFalse(Photo.objects.exists())

    def test_a_picture_that_unfolds_into_a_gigabyte(self):
        bomb = io.BytesIO()
        Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
        self.assertContains(self.send(bomb.getvalue()), "not a photo we can open")

    @override_settings(PHOTO_MAX_BYTES=50)
    def test_a_photo_that_is_too_big(self):
        self.assertContains(self.send(self.picture()), "too big")

    def test_every_look_at_a_photo_is_written_down(self):
        self.send(self.picture())
        doctor = make_doctor(clinic=self.patient.clinic)
        self.client.force_login(doctor)
        self.client.get(reverse("intake:photo", args=[Photo.objects.get().pk]))
        self.assertEqual(AuditEvent.objects.get(action="photo.read").by, doctor)

    def test_staff_of_another_clinic_do_not_find_it(self):
        self.send(self.picture())
        address = reverse("intake:photo", args=[Photo.objects.get().pk])
        self.client.force_login(make_doctor())
        self.assertEqual(self.client.get(address).status_code, 404)
        self.assertEqual(self.client.post(address).status_code, 405)


class OldAgeTest(TestCase):
    def test_a_newborn_has_a_story_too(self):
        intake = make_intake(patient=make_patient(birth_date=timezone.localdate() - timedelta(days=2)))
        self.assertNotIn("pregnant", steps_for(intake))

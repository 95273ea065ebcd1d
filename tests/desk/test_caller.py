import uuid

from django.test import TestCase
from django.urls import reverse

from messaging.models import Message
from scheduling.models import Appointment, VisitType
from tests.factories import make_assistant, make_clinic, make_doctor, make_patient, make_practitioner, make_user
from tests.scheduling import make_open_doctor


class CallerTest(TestCase):
    def setUp(self):
        self.doctor, self.clinic = make_open_doctor(clinic=make_clinic(language="en", phone="02-555-0101"))
        self.coordinator = make_practitioner(clinic=self.clinic, role="coordinator").user
        self.coordinator.language = "en"
        self.coordinator.save()
        self.client.force_login(self.coordinator)
        self.page = reverse("desk:caller")

    def choices(self, **asked):
        return self.client.get(self.page, asked).context["choices"]

    def call(self, time=None, **changes):
        person = {"name": "Choi Jeomsun", "birth_date": "19440215", "phone": "010-1234-5678", "language": "en"}
        data = {**person, "clinic": self.clinic.pk, "request_key": uuid.uuid4(), "time": time or self.choices()[0].value}
        with self.captureOnCommitCallbacks(execute=True):
            return self.client.post(self.page, {**data, **changes})

    def test_three_fields_and_one_button_make_the_person_the_booking_and_the_words(self):
        choice = self.choices()[2]
        answer = self.client.get(self.call(choice.value).url)
        appointment = Appointment.objects.get()
        self.assertEqual((appointment.start, appointment.practitioner), (choice.slot.start, self.doctor))
        self.assertEqual((appointment.patient.name, appointment.booked_by), ("Choi Jeomsun", self.coordinator))
        self.assertContains(answer, "Choi Jeomsun, you have a video visit on")
        self.assertContains(answer, "the number that ends in 5678")
        self.assertContains(answer, "call 02-555-0101")

    def test_the_link_goes_to_the_phone(self):
        self.call()
        message = Message.objects.get(kind="confirmation")
        self.assertEqual((message.channel, message.to), ("sms", "010-1234-5678"))

    def test_who_is_known_is_found_and_the_number_on_file_stays(self):
        facts = {"name": "Choi Jeomsun", "birth_date": "1944-02-15", "language": "en"}
        known = make_patient(clinic=self.clinic, phone="010-9999-0000", **facts)
        look = self.call(look="1")
        self.assertContains(look, "Choi Jeomsun is known here. The number on file ends in 0000.")
        self.assertFalse(Appointment.objects.exists())
        self.assertContains(self.client.get(self.call().url), "the number that ends in 0000")
        self.assertEqual(Appointment.objects.get().patient, known)

    def test_who_is_known_without_a_number_gets_one(self):
        known = make_patient(clinic=self.clinic, name="Choi Jeomsun", birth_date="1944-02-15")
        self.call()
        known.refresh_from_db()
        self.assertEqual(known.phone, "010-1234-5678")

    def test_the_words_are_in_the_language_of_the_caller(self):
        self.assertContains(self.client.get(self.call(language="ko").url), "화상 진료가 예약되었습니다")

    def test_the_kind_decides_how_long_it_takes(self):
        VisitType.objects.create(clinic=self.clinic, name_ko="재진", name_en="Follow-up", minutes=10)
        long = VisitType.objects.create(clinic=self.clinic, name_ko="초진", name_en="First visit", minutes=30)
        (choice, *_) = self.choices(kind=long.pk)
        self.assertEqual((choice.slot.end - choice.slot.start).seconds, 1800)
        self.call(choice.value, kind=long.pk)
        self.assertEqual(Appointment.objects.get().kind, long)

    def test_a_time_that_was_just_taken_keeps_what_was_typed(self):
        value = self.choices()[0].value
        self.call(value)
        answer = self.call(value, name="Somebody Else")
        self.assertContains(answer, "This time has just been taken.", status_code=409)
        self.assertContains(answer, "Somebody Else", status_code=409)
        self.assertNotIn(value, [choice.value for choice in answer.context["choices"]])

    def test_a_second_click_books_nothing_more(self):
        key, value = uuid.uuid4(), self.choices()[0].value
        self.assertEqual(self.call(value, request_key=key).url, self.call(value, request_key=key).url)
        self.assertEqual(Appointment.objects.count(), 1)

    def test_the_page_that_was_gone_back_to_books_for_the_next_caller(self):
        key, (first, second, *_more) = uuid.uuid4(), [choice.value for choice in self.choices()]
        self.call(first, request_key=key)
        self.call(second, request_key=key, name="Somebody Else")
        self.assertEqual(Appointment.objects.count(), 2)

    def test_bad_input_is_explained_and_nobody_is_made(self):
        wrong = {"phone": "12", "birth_date": "1944-2-30", "name": ""}
        answer = self.call(**wrong)
        for sentence in "Please write the whole number", "Please write the date of birth as", "Please write the name.":
            self.assertContains(answer, sentence, status_code=400)
        for time in "", "x|y|z", f"{self.doctor.pk}|2020-01-01T00:00+00:00|2020-01-01T00:15+00:00", "0|2999-01-01|2999-01-02":
            self.assertIn(self.call(time or "nothing").status_code, {400, 409})
        self.assertFalse(Appointment.objects.exists())

    def test_only_the_desk_of_the_clinic_and_only_the_right_methods(self):
        booked = self.call().url
        self.assertEqual(self.client.put(self.page).status_code, 405)
        self.assertEqual(self.client.post(booked).status_code, 405)
        for stranger in make_user(), make_doctor(clinic=self.clinic):
            self.client.force_login(stranger)
            self.assertEqual(self.client.get(self.page).status_code, 404)
        self.client.force_login(make_assistant())
        self.assertEqual(self.client.get(booked).status_code, 404)

    def test_clinics_of_others_cannot_be_named(self):
        other = make_open_doctor()[1]
        self.assertEqual(self.client.get(self.page, {"clinic": other.pk}).context["clinic"], self.clinic)

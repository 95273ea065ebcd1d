from datetime import timedelta

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from records import signing
from tests.factories import make_assistant, make_doctor, make_intake, make_patient, make_practitioner, make_user, make_visit
from visits import duty, handover
from visits.models import DutyCall, Shift, Task
from visits.states import State

POSTS = ("duty-begin", "duty-pause", "duty-end")


class ShiftPageTest(TestCase):
    def setUp(self):
        self.doctor = make_doctor()
        self.clinic = self.doctor.practitioner.clinics.get()
        self.client.force_login(self.doctor)
        self.client.cookies["django_language"] = "en"

    def post(self, name, **fields):
        return self.client.post(reverse(f"desk:{name}"), fields)

    def test_on_duty_a_pause_and_off_again(self):
        self.assertContains(self.client.get(reverse("desk:queue")), "Off duty")
        self.assertRedirects(self.post("duty-begin"), reverse("desk:queue"))
        self.assertContains(self.client.get(reverse("desk:queue")), "<b>On duty</b>")
        self.post("duty-pause")
        self.assertContains(self.client.get(reverse("desk:duty")), "<b>On a break</b>")
        self.post("duty-begin")
        self.assertRedirects(self.post("duty-end"), reverse("desk:queue"))
        self.assertFalse(Shift.objects.open().exists())

    def test_with_somebody_in_the_room_it_is_explained_why_not(self):
        make_visit(state=State.IN_PROGRESS, doctor=self.doctor, clinic=self.clinic)
        for name in "duty-pause", "duty-end":
            self.assertContains(self.post(name), "Somebody is in your room", status_code=409)

    def test_every_page_and_fragment_is_a_sign_of_life(self):
        duty.begin(by=self.doctor)
        for name in "queue", "duty", "handover":
            Shift.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
            self.client.get(reverse(f"desk:{name}"))
            self.assertTrue(Shift.objects.present().exists(), name)

    def test_the_handover_sheet_has_who_waits_what_is_open_and_what_is_unsigned(self):
        waiting = make_intake(clinic=self.clinic, words="I have had a runny nose for two days", sent=True).visit
        held = make_visit(state=State.ON_HOLD, doctor=self.doctor, clinic=self.clinic)
        signing.draft_for(held, by=self.doctor)
        Task.objects.create(visit=waiting, kind=Task.Kind.PERSON, words="my place is wrong")
        page = self.client.get(reverse("desk:handover"))
        for words in (waiting.patient.name, held.patient.name, "runny nose", "my place is wrong"):
            self.assertContains(page, words)
        self.assertEqual([note.visit for note in page.context["unsigned"]], [held])

    def test_others_do_not_find_these_pages_and_a_wrong_method_is_refused(self):
        for name in POSTS:
            self.assertEqual(self.client.get(reverse(f"desk:{name}")).status_code, 405)
        for name in "duty", "handover":
            self.assertEqual(self.client.post(reverse(f"desk:{name}")).status_code, 405)
        for stranger in make_user(), make_assistant(clinic=self.clinic):
            self.client.force_login(stranger)
            self.assertEqual(self.client.get(reverse("desk:duty")).status_code, 404)
            self.assertEqual(self.client.get(reverse("desk:handover")).status_code, 404)
            for name in POSTS:
                self.assertEqual(self.post(name).status_code, 404)


class CalledTest(TestCase):
    def setUp(self):
        self.doctor = make_doctor()
        self.clinic = self.doctor.practitioner.clinics.get()
        self.coordinator = make_practitioner(clinic=self.clinic, role="coordinator").user
        self.client.cookies["django_language"] = "en"

    def call(self, who=None, doctor=None):
        self.client.force_login(who or self.coordinator)
        return self.client.post(reverse("desk:call-doctor"), {"doctor": (doctor or self.doctor).practitioner.pk})

    def test_one_click_asks_the_doctor_who_reads_it_on_every_page_and_says_yes(self):
        self.assertRedirects(self.call(), reverse("desk:board"))
        self.assertContains(self.client.get(reverse("desk:board")), "no answer yet")
        self.client.force_login(self.doctor)
        for name in "desk:queue", "desk:duty", "scheduling:calendars":
            self.assertContains(self.client.get(reverse(name)), "Can you come on duty?")
        answer = reverse("desk:duty-answer", args=[DutyCall.objects.get().pk])
        self.assertRedirects(self.client.post(answer, {"comes": "yes"}), reverse("desk:queue"))
        self.assertNotContains(self.client.get(reverse("desk:queue")), "Can you come on duty?")
        self.assertTrue(Shift.objects.present().exists())
        self.assertContains(self.client.post(answer, {"comes": "no"}), "This call is over", status_code=409)

    def test_no_stands_on_the_board(self):
        self.call()
        duty.answer(DutyCall.objects.get(), False, by=self.doctor)
        self.assertContains(self.client.get(reverse("desk:board")), "cannot come")

    def test_who_has_left_the_clinic_is_neither_listed_nor_called(self):
        self.doctor.is_active = False
        self.doctor.save()
        self.assertEqual(self.call().status_code, 404)
        self.assertNotContains(self.client.get(reverse("desk:board")), self.doctor.practitioner.name)

    def test_who_is_on_duty_is_not_called_and_it_is_explained(self):
        duty.begin(by=self.doctor)
        self.assertContains(self.call(), "on duty already", status_code=409)

    def test_strangers_get_404_and_a_wrong_method_405(self):
        elsewhere = make_doctor()
        self.assertEqual(self.call(doctor=elsewhere).status_code, 404)
        self.assertEqual(self.client.post(reverse("desk:call-doctor"), {"doctor": "x"}).status_code, 404)
        for stranger in self.doctor, make_user(), make_assistant(clinic=self.clinic):
            self.assertEqual(self.call(stranger).status_code, 404)
        self.client.force_login(self.coordinator)
        self.assertEqual(self.client.get(reverse("desk:call-doctor")).status_code, 405)
        self.call()
        answer = reverse("desk:duty-answer", args=[DutyCall.objects.get().pk])
        self.client.force_login(elsewhere)
        self.assertEqual(self.client.post(answer, {"comes": "yes"}).status_code, 404)
        self.assertEqual(self.client.get(answer).status_code, 405)


class OtherWaysTest(TestCase):
    def setUp(self):
        self.user = make_user()
        self.visit = make_visit(patient=make_patient(user=self.user), acuity=4)
        self.urgent = make_visit(clinic=self.visit.clinic, acuity=3)
        self.client.cookies["django_language"] = "en"
        self.client.force_login(make_practitioner(clinic=self.visit.clinic, role="coordinator").user)

    def test_who_can_wait_is_offered_a_booked_time_once_and_keeps_the_place(self):
        self.assertContains(self.client.get(reverse("desk:board")), "Offer 1 person who can wait")
        self.assertRedirects(self.client.post(reverse("desk:other-ways")), reverse("desk:board"))
        self.assertNotContains(self.client.get(reverse("desk:board")), "who can wait")
        self.assertEqual([message.visit for message in self.visit.messages.all()], [self.visit])
        self.assertFalse(self.urgent.messages.exists())
        self.client.force_login(self.user)
        page = self.client.get(reverse("visit", args=[self.visit.pk]))
        self.assertContains(page, "the wait will be long today")
        self.assertContains(page, "Your place in the queue")

    def test_others_cannot_and_a_wrong_method_is_refused(self):
        self.assertEqual(self.client.get(reverse("desk:other-ways")).status_code, 405)
        for stranger in self.user, make_doctor(clinic=self.visit.clinic), make_user("administrator"):
            self.client.force_login(stranger)
            self.assertEqual(self.client.post(reverse("desk:other-ways")).status_code, 404)


class LeftAloneTest(TestCase):
    def test_the_patient_reads_that_the_place_is_kept_and_the_coordinator_that_somebody_was_left(self):
        user = make_user()
        visit = make_visit(patient=make_patient(user=user), state=State.IN_PROGRESS)
        Shift.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
        handover.sweep()
        self.client.cookies["django_language"] = "en"
        self.client.force_login(user)
        self.assertContains(self.client.get(reverse("visit", args=[visit.pk])), "You are back in your place")
        self.client.force_login(make_practitioner(clinic=visit.clinic, role="coordinator").user)
        self.assertContains(self.client.get(reverse("desk:board")), "The doctor was away")

from datetime import timedelta

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts import proxies
from accounts.errors import Refused
from accounts.models import AuditEvent, Grant
from desk import following, readiness
from scheduling.models import VisitType
from tests.factories import (
    make_assistant,
    make_doctor,
    make_grant,
    make_intake,
    make_patient,
    make_practitioner,
    make_user,
    make_visit,
)
from tests.scheduling import make_open_doctor
from video import opinions, rooms, tried
from video.models import Participant, SecondOpinion
from visits import duty, flow
from visits.models import Visit
from visits.states import State


class TeamTest(TestCase):
    def setUp(self):
        practitioner, self.clinic = make_open_doctor()
        self.doctor = practitioner.user
        self.colleague = make_practitioner(clinic=self.clinic, name="Dr Heart", specialty_en="Cardiology")
        duty.begin(by=self.colleague.user)
        self.visit = flow.call_in(make_intake(clinic=self.clinic, sent=True).visit, by=self.doctor)
        self.client.force_login(self.doctor)

    def address(self, name, pk=None):
        return reverse(f"desk:{name}", args=[pk or self.visit.pk])

    def ask(self, **facts):
        return self.client.post(self.address("ask-opinion"), {"colleague": self.colleague.pk, "question": "ECG?", **facts})


class HandOverTest(TeamTest):
    def test_to_a_colleague_and_to_a_specialty(self):
        facts = {"colleague": self.colleague.pk, "reason": "needs an ECG"}
        self.assertRedirects(self.client.post(self.address("give"), facts), reverse("desk:queue"))
        self.client.force_login(self.colleague.user)
        self.assertContains(self.client.get(reverse("desk:queue")), "needs an ECG")
        self.assertContains(self.client.get(self.address("visit")), self.address("resume"))
        other = make_practitioner(clinic=self.clinic, specialty_en="Surgery")
        duty.begin(by=other.user)
        self.client.post(self.address("give"), {"specialty": "Surgery", "reason": "a boil"})
        self.assertEqual(Visit.objects.get().practitioner, other)

    def test_a_refusal_is_explained_and_strangers_find_nothing(self):
        self.assertEqual(self.client.post(self.address("give"), {"colleague": "x", "reason": "y"}).status_code, 409)
        self.assertEqual(self.client.get(self.address("give")).status_code, 405)
        for stranger in (make_user(), make_doctor(), make_assistant(clinic=self.clinic)):
            self.client.force_login(stranger)
            for name in "give", "ask-opinion", "follow-up":
                self.assertEqual(self.client.post(self.address(name)).status_code, 404)


class OpinionTest(TeamTest):
    def test_the_colleague_is_told_comes_in_and_answers(self):
        self.ask()
        opinion = SecondOpinion.objects.get()
        self.client.force_login(self.colleague.user)
        self.assertContains(self.client.get(reverse("desk:queue")), "ECG?")
        page = self.client.get(self.address("visit"))
        self.assertContains(page, reverse("video:room", args=[self.visit.pk]))
        self.assertEqual(rooms.part_in(self.visit, self.colleague.user), Participant.Role.CONSULTANT)
        self.client.post(self.address("answer-opinion", opinion.pk), {"answer": "Yes, today."})
        self.client.force_login(self.doctor)
        self.assertContains(self.client.get(self.address("visit")), "Yes, today.")

    def test_who_was_not_asked_stays_out_of_the_room(self):
        with self.assertRaises(rooms.NotOfThisVisit):
            rooms.part_in(self.visit, self.colleague.user)

    def test_a_page_with_a_script_gets_its_part_anew(self):
        facts = {"colleague": self.colleague.pk, "question": "ECG?"}
        answer = self.client.post(self.address("ask-opinion"), facts, headers={"HX-Request": "true"})
        self.assertContains(answer, 'id="together"')

    def test_refusals(self):
        self.ask()
        self.assertEqual(self.ask().status_code, 409)  # once at a time
        for wrong in ({"question": " "}, {"colleague": make_practitioner().pk}):
            self.assertEqual(self.ask(**wrong).status_code, 409)
        opinion = SecondOpinion.objects.get()
        with self.assertRaises(Refused):
            opinions.answer(opinion, text=" ", by=self.colleague.user)
        self.assertEqual(self.client.post(self.address("answer-opinion", opinion.pk), {"answer": "me"}).status_code, 404)
        self.assertEqual(self.client.get(self.address("answer-opinion", opinion.pk)).status_code, 405)
        opinions.answer(opinion, text="Yes", by=self.colleague.user)
        with self.assertRaises(Refused):
            opinions.answer(opinion, text="No", by=self.colleague.user)


class FollowUpTest(TeamTest):
    def book(self, slot, **facts):
        typed = {"slot": f"{slot.start.isoformat()} {slot.end.isoformat()}", "days": "7", "times": "1", **facts}
        return self.client.post(self.address("follow-up"), typed)

    def slot(self, days=7):
        return following.slots_near(self.visit, self.doctor.practitioner, days)[0]

    def test_a_follow_up_is_booked_and_stands_on_the_page(self):
        self.assertRedirects(self.book(self.slot()), self.address("visit") + "#follow-up")
        appointment = following.planned(self.visit)[0]
        self.assertLess(abs(appointment.start - timezone.now() - timedelta(days=7)), timedelta(hours=3))

    def test_a_series_keeps_its_distance_or_nothing_is_booked(self):
        self.book(self.slot(3), days="3", times="4")
        starts = [appointment.start for appointment in following.planned(self.visit)]
        self.assertEqual([(after - first).days for first, after in zip(starts, starts[1:], strict=False)], [3, 3, 3])
        self.assertEqual(self.book(self.slot(7), days="7", times="4").status_code, 409)
        self.assertEqual(len(following.planned(self.visit)), 4)

    def test_a_kind_of_visit_with_a_longer_horizon_reaches_further(self):
        self.assertNotIn(28, following.days_for(self.visit))
        VisitType.objects.create(clinic=self.clinic, name_ko="재진", name_en="Follow-up", horizon_days=90)
        self.assertIn(84, following.days_for(self.visit))

    def test_the_page_shows_times_and_explains_a_time_that_is_gone(self):
        self.assertContains(self.client.get(self.address("follow-up"), {"days": "3"}), "naru-slots")
        slot = self.slot()
        self.book(slot)
        self.assertEqual(self.book(slot).status_code, 409)
        self.assertEqual(self.client.post(self.address("follow-up"), {"slot": "soon"}).status_code, 400)


class ReadinessTest(TeamTest):
    def signs(self, visit=None):
        return [sign.is_good for sign in readiness.of(visit or self.visit, [])]

    def test_a_tried_device_a_known_person_and_consent_are_seen_before_the_call(self):
        self.assertEqual(self.signs(), [False, False, True, False])
        tried.write_down(self.visit, picture=False, sound=True, by=None)
        self.assertEqual(self.signs()[0], True)
        assistant = make_assistant(clinic=self.clinic)
        brought = flow.arrive(make_visit(state=State.CANCELLED, clinic=self.clinic).patient, self.clinic, by=assistant)
        self.assertEqual(self.signs(brought), [False, True, False, False])

    def test_the_page_of_the_check_tells_it(self):
        user = make_user()
        visit = make_intake(sent=True).visit
        visit.patient.user = user
        visit.patient.save()
        self.client.force_login(user)
        address = reverse("video:checked", args=[visit.pk])
        self.assertEqual(self.client.post(address, {"picture": "yes", "sound": "yes"}).status_code, 204)
        self.assertTrue(visit.device_check.picture)
        self.assertEqual(self.client.get(address).status_code, 405)
        self.client.force_login(make_user())
        self.assertEqual(self.client.post(address).status_code, 404)


class SpeakingTest(TestCase):
    """A daughter begins the visit for her mother; a son may be in it too."""

    def setUp(self):
        self.daughter, self.son = make_user(first_name="Mina"), make_user(first_name="Jun")
        self.patient = make_patient(user=make_user())
        self.grants = [make_grant(user=self.son, patient=self.patient, may_book=False)]
        self.grants.append(make_grant(user=self.daughter, patient=self.patient, may_read=False))
        Grant.objects.update(relationship="elder")
        self.visit = flow.arrive(self.patient, self.patient.clinic, by=self.daughter)
        self.client.force_login(make_doctor(clinic=self.patient.clinic))
        self.client.cookies["django_language"] = "en"

    def page(self):
        return self.client.get(reverse("desk:visit", args=[self.visit.pk]))

    def test_the_doctor_reads_who_speaks_for_whom_and_what_they_may_do(self):
        page = self.page()
        self.assertContains(page, "<b>Mina</b> (for their parent or an older person)")
        self.assertContains(page, "May also speak for the patient: <b>Jun</b>")
        first, second = page.context["speakers"]
        self.assertEqual((first.came, len(first.scopes), second.came, len(second.scopes)), (True, 2, False, 2))

    def test_a_right_that_has_ended_is_told(self):
        for grant in self.grants:
            proxies.end(grant, by=self.patient.user)
        self.assertEqual([speaker.name for speaker in self.page().context["speakers"]], ["Mina"])
        self.assertContains(self.page(), "this right has ended")

    def test_a_patient_who_comes_alone_has_nobody_named(self):
        Grant.objects.all().delete()
        self.assertNotContains(self.page(), "data-speaker")


class LookTest(TestCase):
    def test_a_part_of_the_page_is_a_look_too_and_the_page_with_its_parts_is_one(self):
        visit = make_visit()
        doctor, other = make_doctor(clinic=visit.clinic), make_doctor(clinic=visit.clinic)
        for reader, names in (doctor, ["patient-fragment"]), (other, ["visit", "patient-fragment", "patient-fragment"]):
            self.client.force_login(reader)
            for name in names:
                self.client.get(reverse(f"desk:{name}", args=[visit.pk]))
            self.assertEqual(AuditEvent.objects.filter(by=reader, action="visit.read", subject_id=str(visit.pk)).count(), 1)

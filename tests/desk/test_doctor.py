from datetime import timedelta

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from intake import telling
from records import signing
from tests.factories import (
    make_assistant,
    make_clinic,
    make_doctor,
    make_intake,
    make_patient,
    make_practitioner,
    make_user,
    make_visit,
)
from triage import assessment
from video.models import Participant
from visits.models import Visit
from visits.states import State

HEART = "가슴이 조이고 식은땀이 나요"


class QueueTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.doctor = make_doctor(clinic=self.clinic)
        self.client.force_login(self.doctor)

    def page(self):
        return self.client.get(reverse("desk:queue"))

    def test_who_still_writes_under_a_red_flag_is_on_top_with_a_phone(self):
        patient = make_patient(clinic=self.clinic, phone="010-5550-0199")
        with self.captureOnCommitCallbacks(execute=True):
            make_intake(words=HEART, language="ko", patient=patient)
        page = self.page()
        self.assertEqual([visit.patient for visit in page.context["alarms"]], [patient])
        self.assertContains(page, "tel:010-5550-0199")

    def test_who_is_late_is_said_in_words(self):
        visit = make_visit(clinic=self.clinic)
        Visit.objects.filter(pk=visit.pk).update(waiting_since=timezone.now() - timedelta(minutes=45))
        self.doctor.language = "en"
        self.doctor.save()
        self.assertContains(self.page(), "45 of 30 min · 150 % of the safe wait")

    def test_level_one_has_no_safe_wait(self):
        make_visit(clinic=self.clinic, acuity=1)
        self.assertNotContains(self.page(), "<meter")

    def test_the_reason_of_a_clinician_is_shown(self):
        intake = make_intake(clinic=self.clinic, sent=True)
        assessment.override(intake.visit, 1, reason="looks grey", by=self.doctor)
        self.assertContains(self.page(), "looks grey")

    def test_what_i_put_on_hold_can_go_on_from_the_list(self):
        visit = make_visit(state=State.ON_HOLD, clinic=self.clinic, doctor=self.doctor)
        self.assertContains(self.page(), reverse("desk:resume", args=[visit.pk]))

    def test_a_colleagues_visit_is_not_with_me(self):
        make_visit(state=State.IN_PROGRESS, clinic=self.clinic)
        self.assertEqual(self.page().context["mine"], [])

    def test_who_is_seen_in_the_list_is_written_down_once_however_often_it_is_drawn(self):
        seen = [str(make_intake(clinic=self.clinic, sent=True).visit_id)]
        self.page()
        seen.append(str(make_intake(clinic=self.clinic, sent=True).visit_id))
        for _again in range(3):
            self.client.get(reverse("desk:queue-fragment"))
        looks = AuditEvent.objects.filter(action="queue.read", by=self.doctor)
        self.assertEqual(sorted(looks.values_list("subject_id", flat=True)), sorted(seen))

    def test_the_list_is_only_read(self):
        for name in "queue", "queue-fragment":
            self.assertEqual(self.client.post(reverse(f"desk:{name}")).status_code, 405)


class WorkspaceTest(TestCase):
    def setUp(self):
        self.intake = make_intake(words=HEART, language="ko", sent=True)
        self.clinic = self.intake.visit.clinic
        self.doctor = make_doctor(clinic=self.clinic)
        self.client.force_login(self.doctor)

    def address(self, name="visit"):
        return reverse(f"desk:{name}", args=[self.intake.visit_id])

    def call_in(self):
        self.client.post(self.address("call-in"))

    def test_answers_vitals_consents_and_judgement_stand_on_the_page(self):
        telling.save_vitals(self.intake.visit, {"spo2": "91"}, by=None)
        assessment.assess(self.intake.pk)
        page = self.client.get(self.address())
        self.assertContains(page, "91")
        self.assertEqual(len(page.context["consents"]), 3)
        self.assertEqual(len(page.context["chances"]), 5)
        self.assertContains(page, page.context["judgement"].model_version)

    def test_an_unjudged_visit_says_so(self):
        self.assertIsNone(self.client.get(self.address()).context["judgement"])

    def test_the_doctor_who_called_in_has_room_and_note(self):
        self.call_in()
        page = self.client.get(self.address())
        self.assertContains(page, "data-room-tiles")
        self.assertContains(page, 'id="note-form"')

    def test_whoever_else_looks_does_not_walk_into_the_room(self):
        self.call_in()
        seats = Participant.objects.count()
        for user in (make_doctor(clinic=self.clinic), make_assistant(clinic=self.clinic)):
            self.client.force_login(user)
            page = self.client.get(self.address())
            self.assertNotContains(page, "data-room-tiles")
            self.assertNotContains(page, 'id="note-form"')
        self.assertContains(page, reverse("video:room", args=[self.intake.visit_id]))  # the assistant may go in
        self.assertEqual(Participant.objects.count(), seats)

    def test_an_assistant_reads_but_has_no_deeds_and_no_drafts(self):
        self.call_in()
        signing.save_draft(signing.draft_for(self.intake.visit, by=self.doctor), {"plan": "secret so far"}, by=self.doctor)
        self.client.force_login(make_assistant(clinic=self.clinic))
        page = self.client.get(self.address())
        for deed in "call-in", "hold", "break-off":
            self.assertNotContains(page, self.address(deed))
            self.assertEqual(self.client.post(self.address(deed), {"reason": "x"}).status_code, 404)
        self.assertNotContains(page, "secret so far")

    def test_earlier_visits_bring_their_summaries(self):
        past = make_visit(state=State.IN_PROGRESS, patient=make_patient(clinic=self.clinic))
        doctor = past.practitioner.user
        texts = {"assessment": "gout", "plan": "rest", "summary": "Your toe is inflamed."}
        signing.sign(signing.save_draft(signing.draft_for(past, by=doctor), texts, by=doctor), by=doctor)
        now = make_visit(patient=past.patient)
        self.assertContains(self.client.get(reverse("desk:visit", args=[now.pk])), "Your toe is inflamed.")

    def test_after_the_end_the_next_patient_is_one_click_away(self):
        self.call_in()
        waiting = make_visit(clinic=self.clinic)
        self.client.post(self.address("break-off"), {"reason": "line lost"})
        self.assertContains(self.client.get(self.address()), reverse("desk:call-in", args=[waiting.pk]))

    def test_breaking_off_wants_a_reason(self):
        self.call_in()
        self.assertEqual(self.client.post(self.address("break-off"), {"reason": " "}).status_code, 409)
        self.assertEqual(Visit.objects.get(pk=self.intake.visit_id).state, State.IN_PROGRESS)

    def test_changing_the_level_without_a_reason_is_explained(self):
        answer = self.client.post(reverse("triage:override", args=[self.intake.visit_id]), {"level": "2", "reason": ""})
        self.assertEqual(answer.status_code, 409)

    def test_the_live_parts_show_the_same_and_leave_no_second_trace(self):
        self.client.get(self.address())
        for name in "patient-fragment", "short-fragment":
            self.assertContains(self.client.get(self.address(name)), self.intake.visit.patient.name)
        self.assertEqual(AuditEvent.objects.filter(action="visit.read", by=self.doctor).count(), 1)

    def test_strangers_find_nothing(self):
        strangers = [make_user(), make_doctor(), make_assistant(), make_practitioner(role="coordinator").user]
        for stranger in strangers:
            self.client.force_login(stranger)
            for name in "visit", "patient-fragment", "short-fragment":
                self.assertEqual(self.client.get(self.address(name)).status_code, 404)
            for name in "call-in", "hold", "resume", "break-off":
                self.assertEqual(self.client.post(self.address(name)).status_code, 404)

    def test_the_wrong_method_is_refused(self):
        for name in "visit", "patient-fragment", "short-fragment":
            self.assertEqual(self.client.post(self.address(name)).status_code, 405)
        for name in "call-in", "hold", "resume", "break-off":
            self.assertEqual(self.client.get(self.address(name)).status_code, 405)


class NextTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.client.force_login(make_doctor(clinic=self.clinic))
        self.address = reverse("desk:call-in-next")

    def test_one_click_calls_in_whoever_is_next(self):
        make_visit(clinic=self.clinic, acuity=4)
        urgent = make_visit(clinic=self.clinic, acuity=2)
        self.assertRedirects(self.client.post(self.address), reverse("desk:visit", args=[urgent.pk]))

    def test_an_emergency_is_before_everybody(self):
        make_visit(clinic=self.clinic, acuity=2)
        emergency = make_visit(clinic=self.clinic, acuity=1)
        self.assertRedirects(self.client.post(self.address), reverse("desk:visit", args=[emergency.pk]))

    def test_where_nobody_waits_nobody_is_called(self):
        make_visit()
        self.assertRedirects(self.client.post(self.address), reverse("desk:queue"))

    def test_it_is_for_doctors_and_by_post(self):
        self.assertEqual(self.client.get(self.address).status_code, 405)
        self.client.force_login(make_assistant(clinic=self.clinic))
        self.assertEqual(self.client.post(self.address).status_code, 404)

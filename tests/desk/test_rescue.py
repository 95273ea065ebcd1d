"""The rescue board: who is shown, what is said of them, and what a coordinator may do."""

import time
from dataclasses import replace
from datetime import timedelta

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from tests.factories import make_assistant, make_clinic, make_doctor, make_patient, make_practitioner, make_user, make_visit
from tests.video.faults import HEARD, WELL
from video import rooms, watching
from video.models import Participant
from visits.models import Visit
from visits.states import State

DEEDS = ("send-link", "call", "sound", "park", "take-back")


class BoardTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.coordinator = make_practitioner(clinic=self.clinic, role="coordinator").user
        self.client.force_login(self.coordinator)
        patient = make_patient(clinic=self.clinic, phone="010-1234-5678", user=make_user())
        self.visit = make_visit(state=State.IN_PROGRESS, patient=patient)
        self.doctor = self.visit.practitioner.user

    def sit(self, user, *, since=60, visit=None, **record):
        """Somebody is in the room, and this is known of them."""
        seat = rooms.admit(visit or self.visit, user=user)
        rooms.enter(seat, "socket")
        Participant.objects.filter(pk=seat.pk).update(joined_at=timezone.now() - timedelta(seconds=since))
        now = time.time()
        known = watching.Record(
            **{"report": WELL, "report_at": now, "heard": HEARD, "heard_at": now, "since": now - 20, **record}
        )
        watching.redis().set(watching.record_key(seat.pk), known.dump(), ex=60)
        return seat

    def rows(self):
        return self.client.get(reverse("desk:rescue")).context["rows"]

    def said(self):
        """Name, cause and level of everybody in the first visit."""
        return [(line.name, str(line.cause), str(line.level)) for line in self.rows()[0].lines]

    def test_a_visit_that_goes_well_is_good(self):
        self.sit(self.doctor), self.sit(self.visit.patient.user)
        self.assertEqual([line[1:] for line in self.said()], [("fine", "green")] * 2)

    def test_the_cause_is_named_in_words_with_what_to_do(self):
        self.sit(self.doctor)
        self.sit(self.visit.patient.user, report=replace(WELL, problem="denied", camera="none", microphone="none", up="none"))
        self.assertEqual(self.said()[1], (self.visit.patient.name, "denied", "red"))
        page = self.client.get(reverse("desk:rescue"), headers={"Accept-Language": "en"})
        self.client.cookies["django_language"] = "en"
        page = self.client.get(reverse("desk:rescue"))
        self.assertContains(page, "camera and microphone are not allowed")
        self.assertContains(page, "tap the lock beside the address")
        self.assertContains(page, "Help now")
        self.assertContains(page, "for 20 s")

    def test_a_doctor_who_left_is_gone_and_the_patient_who_waits_is_fine(self):
        rooms.go(self.sit(self.doctor, cut=False), "socket")
        self.sit(self.visit.patient.user)
        self.assertEqual([line[1] for line in self.said()], ["doctor-gone", "fine"])

    def test_a_patient_who_was_called_half_a_minute_ago_and_did_not_come_is_gone(self):
        self.sit(self.doctor)
        self.assertEqual([line[1] for line in self.said()], ["fine", "fine"])
        Visit.objects.update(called_at=timezone.now() - timedelta(seconds=40))
        self.assertEqual([line[1] for line in self.said()], ["fine", "patient-gone"])

    def test_a_page_that_nothing_was_heard_of_is_cut_whatever_the_database_says(self):
        self.sit(self.doctor)
        long_ago = time.time() - 40
        self.sit(self.visit.patient.user, report_at=long_ago, heard_at=long_ago)
        self.assertEqual(self.said()[1][1], "uplink")

    def test_in_a_village_clinic_the_patient_sits_beside_the_assistant(self):
        Visit.objects.update(channel=Visit.Channel.CLINIC, called_at=timezone.now() - timedelta(minutes=5))
        self.visit.refresh_from_db()
        self.sit(self.doctor), self.sit(make_assistant(clinic=self.clinic))
        self.assertEqual([line[1] for line in self.said()], ["fine", "fine"])

    def test_the_worst_stands_first_and_a_parked_visit_is_no_fault(self):
        good, parked = (make_visit(state=State.IN_PROGRESS, clinic=self.clinic) for _visit in range(2))
        self.sit(good.practitioner.user, visit=good)
        self.client.post(reverse("desk:park", args=[parked.pk]), {"reason": "battery"})
        Visit.objects.update(called_at=timezone.now() - timedelta(seconds=10))
        Visit.objects.filter(pk=self.visit.pk).update(called_at=timezone.now() - timedelta(seconds=50))
        self.assertEqual([row.visit for row in self.rows()], [self.visit, good, parked])
        self.assertEqual(self.rows()[2].parked.reason, "battery")

    def test_a_longer_board_costs_no_more_queries(self):
        fragment = reverse("desk:rescue-fragment")
        self.sit(self.doctor)
        self.client.get(fragment)
        with self.assertNumQueries(5):
            self.client.get(fragment)
        for _visit in range(3):
            visit = make_visit(state=State.IN_PROGRESS, clinic=self.clinic)
            self.sit(visit.practitioner.user, visit=visit)
        self.client.get(fragment)  # who saw whom is written down once
        with self.assertNumQueries(5):
            self.client.get(fragment)

    def test_who_saw_it_is_written_down(self):
        self.rows()
        self.assertTrue(AuditEvent.objects.filter(action="rescue.read", by=self.coordinator, patient=self.visit.patient).exists())

    def test_clinics_of_others_are_not_shown(self):
        elsewhere = make_visit(state=State.IN_PROGRESS)
        self.assertNotIn(elsewhere, [row.visit for row in self.rows()])

    def test_an_administrator_reads_and_does_nothing(self):
        self.client.force_login(make_user("administrator"))
        page = self.client.get(reverse("desk:rescue"))
        self.assertContains(page, self.visit.patient.name)
        self.assertNotContains(page, reverse("desk:park", args=[self.visit.pk]))
        self.assertEqual(self.client.post(reverse("desk:park", args=[self.visit.pk])).status_code, 404)

    # --- deeds

    def do(self, deed, visit=None, **words):
        return self.client.post(reverse(f"desk:{deed}", args=[(visit or self.visit).pk]), words)

    def test_two_clicks_reach_the_patient(self):
        for deed, action in (("send-link", "visit.link-sent"), ("call", "visit.phone")):
            page = self.client.get(self.do(deed).url)
            self.assertContains(page, "sms:010-1234-5678?body=")
            self.assertContains(page, "tel:010-1234-5678")
            self.assertTrue(AuditEvent.objects.filter(action=action, by=self.coordinator).exists())

    def test_the_message_is_in_the_patients_language(self):
        Visit.objects.update(language="en")
        page = self.client.get(reverse("desk:reach", args=[self.visit.pk]))
        self.assertIn("please open your video visit again", page.context["text"])

    def test_both_are_switched_to_sound_and_back(self):
        self.do("sound")
        self.assertTrue(self.rows()[0].sound_only)
        self.do("sound", pictures="yes")
        self.assertFalse(self.rows()[0].sound_only)

    def test_a_visit_is_parked_and_taken_back(self):
        self.do("park")
        self.assertEqual(Visit.objects.get(pk=self.visit.pk).state, State.ON_HOLD)
        self.do("take-back")
        self.assertEqual(Visit.objects.get(pk=self.visit.pk).state, State.IN_PROGRESS)

    def test_each_refusal_is_explained(self):
        waiting = make_visit(clinic=self.clinic)
        for deed in DEEDS:
            with self.subTest(deed=deed):
                self.assertContains(self.do(deed, waiting), 'role="alert"', status_code=409)

    def test_without_a_number_a_call_is_refused_with_the_clinics_number(self):
        other = make_visit(state=State.IN_PROGRESS, clinic=self.clinic)
        self.assertEqual(self.do("call", other).status_code, 409)

    def test_strangers_find_nothing(self):
        strangers = [make_practitioner(role="coordinator").user, make_user(), self.doctor, make_assistant(clinic=self.clinic)]
        for user in strangers:
            self.client.force_login(user)
            for deed in DEEDS:
                with self.subTest(user=user.role, deed=deed):
                    self.assertEqual(self.do(deed).status_code, 404)
            self.assertEqual(self.client.get(reverse("desk:reach", args=[self.visit.pk])).status_code, 404)
        for user in (make_user(), make_doctor(clinic=self.clinic), make_assistant(clinic=self.clinic)):
            self.client.force_login(user)
            for name in ("rescue", "rescue-fragment"):
                self.assertEqual(self.client.get(reverse(f"desk:{name}")).status_code, 404)
        self.visit.refresh_from_db()
        self.assertEqual(self.visit.state, State.IN_PROGRESS)

    def test_wrong_methods_are_refused(self):
        for deed in DEEDS:
            self.assertEqual(self.client.get(reverse(f"desk:{deed}", args=[self.visit.pk])).status_code, 405)
        for name in ("rescue", "rescue-fragment"):
            self.assertEqual(self.client.post(reverse(f"desk:{name}")).status_code, 405)
        self.assertEqual(self.client.post(reverse("desk:reach", args=[self.visit.pk])).status_code, 405)

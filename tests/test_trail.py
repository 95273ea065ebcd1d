"""Every step of a visit is in the audit, and in the visit's own history."""

from django.test import TestCase

from accounts.models import AuditEvent
from records import signing
from tests.factories import make_doctor, make_intake, make_patient, make_user
from triage import assessment
from video import rooms
from visits import flow

STEPS = [
    "visit.arrive", "intake.save", "intake.send", "visit.waiting", "triage.assess", "visit.read", "visit.in-progress",
    "room.join", "room.say", "room.leave", "note.sign", "visit.completed", "note.read",
]  # fmt: skip


class TrailTest(TestCase):
    def test_every_step_from_arrival_to_the_summary_is_written_down(self):
        user = make_user()
        intake = make_intake(patient=make_patient(user=user), sent=True)
        visit, doctor = intake.visit, make_doctor(clinic=intake.visit.clinic)
        assessment.assess(intake.pk)
        self.client.force_login(doctor)
        self.client.get(f"/desk/visit/{visit.pk}/")
        visit = flow.call_in(visit, by=doctor)
        seat = rooms.seat(visit, user=doctor).participant
        rooms.enter(seat, "socket")
        rooms.say(seat, "hello")
        rooms.go(seat, "socket")
        note = signing.draft_for(visit, by=doctor)
        signing.save_draft(note, {"assessment": "cold", "plan": "rest", "summary": "A cold."}, by=doctor)
        signing.sign(note, by=doctor)
        self.client.force_login(user)
        self.client.get(f"/visit/{visit.pk}/summary/")
        written = AuditEvent.objects.filter(patient=visit.patient)
        self.assertEqual([step for step in STEPS if not written.filter(action=step).exists()], [])
        self.assertEqual(written.get(action="note.sign").by, doctor)
        history = list(visit.changes.filter(what="state").values_list("new", flat=True))
        self.assertEqual(history, ["arrived", "waiting", "in-progress", "completed"])

"""Who agrees to what, when a recording may run, and what ends it."""

from django.test import TestCase, override_settings
from django.utils import translation

from accounts.appendonly import Unchangeable
from accounts.errors import NotAllowed, Refused
from accounts.models import AuditEvent
from tests.factories import make_assistant, make_clinic, make_doctor, make_grant, make_patient, make_user, make_visit
from video import recording, rooms
from video.media.protocol import Event
from video.models import Participant, Recording, RecordingConsent, Room
from visits import flow
from visits.states import State

Why = Recording.Why


@override_settings(RECORDING_KEY="a secret of the clinic")
class RoomTest(TestCase):
    """A doctor and a patient in their room; others may come."""

    def setUp(self):
        self.clinic = make_clinic()
        self.owner = make_user()
        self.patient = make_patient(clinic=self.clinic, user=self.owner)
        self.visit = make_visit(state=State.IN_PROGRESS, patient=self.patient, doctor=make_doctor(clinic=self.clinic))
        self.her, self.doctor = self.come(self.owner), self.come(self.visit.practitioner.user)

    def come(self, user):
        seat = rooms.admit(self.visit, user=user)
        rooms.enter(seat, seat.pk.hex)
        return seat

    def go(self, seat):
        seat.refresh_from_db()
        rooms.go(seat, seat.session)

    def ask(self):
        recording.ask(recording.wording().version, by=self.doctor)

    def says(self, seat, agreed):
        recording.answer(agreed, recording.wording().version, by=seat)

    def everybody_agrees(self):
        self.ask()
        self.says(self.her, True)

    def last(self):
        return Recording.objects.last()

    def wish(self):
        return recording.wish(self.her.room_id)

    def is_running(self):
        return bool((self.wish() or {}).get("recording"))


class ConsentTest(RoomTest):
    def test_nobody_is_asked_and_nothing_is_wished(self):
        self.assertIsNone(self.wish())

    def test_who_asks_agrees_and_nothing_runs_before_the_other_agrees_too(self):
        self.ask()
        self.assertFalse(self.is_running())
        self.assertEqual(Recording.objects.get().started_at, None)
        self.says(self.her, True)
        self.assertTrue(self.is_running())
        self.assertEqual(set(self.wish()["people"]), {str(self.her.pk), str(self.doctor.pk)})

    def test_everybody_present_is_asked_whatever_their_part(self):
        child = make_user()
        make_grant(user=child, patient=self.patient)
        more = [self.come(make_assistant(clinic=self.clinic)), self.come(child)]
        self.everybody_agrees()
        for seat in more:
            self.assertFalse(self.is_running())
            self.says(seat, True)
        self.assertTrue(self.is_running())

    def test_each_answer_is_a_row_with_text_version_and_time_that_never_changes(self):
        with translation.override("ko"):
            self.everybody_agrees()
        self.says(self.her, False)
        rows = RecordingConsent.objects.filter(participant=self.her)
        self.assertEqual([row.given for row in rows], [True, False])
        self.assertEqual((rows[0].version, rows[0].language), (recording.wording().version, "ko"))
        self.assertIsNotNone(rows[0].at)
        for deed in (rows[0].delete, lambda: rows.update(given=True), rows[0].save):
            with self.assertRaises(Unchangeable):
                deed()

    def test_an_older_text_does_not_count(self):
        self.ask()
        with self.assertRaises(Refused):
            recording.answer(True, "2020-1-1", by=self.her)
        RecordingConsent.objects.create(participant=self.her, version="2020-1-1", language="ko", given=True)
        recording.review(self.her.room)
        self.assertFalse(self.is_running())

    def test_how_long_it_is_kept_is_part_of_the_text_and_of_its_version(self):
        with override_settings(RECORDING_DAYS=30), translation.override("en"):
            self.assertIn("30 days", recording.wording().text)
            self.assertIn("30d", recording.wording().version)

    def test_a_no_ends_the_question(self):
        self.ask()
        self.says(self.her, False)
        self.assertEqual((self.last().why, self.last().started_at), (Why.DECLINED, None))
        self.assertFalse(self.is_running())

    def test_after_a_no_one_can_be_asked_again(self):
        self.ask()
        self.says(self.her, False)
        self.everybody_agrees()
        self.assertTrue(self.is_running())

    def test_only_the_doctor_asks_and_stops(self):
        for deed in (lambda: recording.ask(recording.wording().version, by=self.her), lambda: recording.stop(by=self.her)):
            with self.assertRaises(NotAllowed):
                deed()
        self.assertFalse(Recording.objects.exists())

    def test_asking_twice_is_asking_once(self):
        self.ask()
        self.ask()
        self.assertEqual(Recording.objects.count(), 1)

    @override_settings(RECORDING_KEY="")
    def test_without_a_key_nobody_is_asked(self):
        with self.assertRaises(Refused):
            self.ask()

    def test_one_person_alone_is_not_recorded(self):
        self.go(self.her)
        self.ask()
        self.assertFalse(self.is_running())


class RunningTest(RoomTest):
    def setUp(self):
        super().setUp()
        self.everybody_agrees()

    def stopped(self, why):
        self.assertFalse(self.is_running())
        self.assertEqual(Recording.objects.filter(started_at__isnull=False).last().why, why)

    def test_the_recorder_sits_in_the_room_where_everybody_sees_it(self):
        seat = Participant.objects.get(role=Participant.Role.RECORDER)
        self.assertIn(seat, rooms.everybody(self.her.room))
        self.assertNotIn(seat, rooms.inside(self.her.room))  # and takes nobody's place
        recording.stop(by=self.doctor)
        self.assertNotIn(seat, rooms.everybody(self.her.room))

    def test_the_patient_without_an_account_has_a_seat_beside_the_recorder(self):
        self.assertEqual(rooms.admit(self.visit).role, Participant.Role.PATIENT)

    def test_whoever_takes_their_consent_back_stops_it(self):
        self.says(self.her, False)
        self.stopped(Why.WITHDRAWN)

    def test_a_no_is_heard_whichever_text_was_read(self):
        recording.answer(False, "2020-1-1", by=self.her)
        self.stopped(Why.WITHDRAWN)

    def test_even_after_they_left(self):
        self.go(self.her)
        self.assertTrue(self.is_running())
        self.says(self.her, False)
        self.stopped(Why.WITHDRAWN)

    def test_a_newcomer_stops_it_and_it_goes_on_when_they_agree(self):
        first = self.last()
        newcomer = self.come(make_assistant(clinic=self.clinic))
        self.stopped(Why.NEWCOMER)
        self.assertIsNone(self.last().stopped_at)  # they are asked
        self.says(newcomer, True)
        self.assertTrue(self.is_running())
        self.assertNotEqual(self.last(), first)

    def test_it_goes_on_too_when_the_newcomer_leaves(self):
        self.go(self.come(make_assistant(clinic=self.clinic)))
        self.assertTrue(self.is_running())

    def test_a_reload_changes_nothing(self):
        was = self.last()
        rooms.enter(self.her, "a new socket")
        self.assertEqual((self.last(), self.is_running()), (was, True))

    def test_in_an_empty_room_nothing_runs_and_who_comes_back_has_agreed(self):
        self.go(self.her)
        self.go(self.doctor)
        self.stopped(Why.EMPTY)
        self.come(self.owner)
        self.come(self.doctor.user)
        self.assertTrue(self.is_running())

    def test_the_doctor_stops_it(self):
        recording.stop(by=self.doctor)
        self.stopped(Why.STOPPED)

    def test_it_ends_with_the_visit(self):
        with self.captureOnCommitCallbacks(execute=True):
            flow.finish(self.visit, by=self.doctor.user)
        self.stopped(Why.OVER)
        with self.assertRaises(rooms.RoomClosed):
            self.says(self.her, True)

    def test_each_wish_is_newer_than_the_one_before(self):
        seen = [self.wish()["revision"]]
        for deed in (lambda: self.says(self.her, False), self.ask, lambda: self.says(self.her, True)):
            deed()
            seen.append(self.wish()["revision"])
        self.assertEqual(seen, sorted(set(seen)))

    def test_every_page_is_told(self):
        with self.captureOnCommitCallbacks() as told:
            self.says(self.her, False)
        self.assertIn({"type": "room.recording"}, [call.args[1] for call in told])

    def test_the_media_worker_says_that_it_writes(self):
        recording.heard(Event("recording", recording=str(self.last().pk)))
        begun = self.last().begun_at
        self.assertIsNotNone(begun)
        recording.heard(Event("recording", recording=str(self.last().pk)))
        self.assertEqual(self.last().begun_at, begun)

    def test_a_problem_stops_it_with_a_sentence_and_the_visit_goes_on(self):
        recording.heard(Event("recording", recording=str(self.last().pk), problem="disk"))
        self.stopped(Why.PROBLEM)
        self.assertEqual(self.last().problem, Recording.Problem.DISK)
        self.visit.refresh_from_db()
        self.assertEqual(self.visit.state, State.IN_PROGRESS)

    def test_every_step_is_in_the_audit_of_the_patient(self):
        self.says(self.her, False)
        steps = list(
            AuditEvent.objects.filter(action__startswith="recording.", patient=self.patient).values_list("action", flat=True)
        )
        self.assertEqual(
            steps,
            ["recording.ask", "recording.agree", "recording.agree", "recording.start", "recording.refuse", "recording.stop"],
        )

    def test_there_is_one_room_and_one_live_recording(self):
        self.assertEqual((Room.objects.count(), Recording.objects.live().count()), (1, 1))

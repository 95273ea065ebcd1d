"""What was recorded: known, checked every day, mended after a killed worker, played piece by piece, deleted in time."""

import json
import shutil
import tempfile
import time
import uuid
from datetime import timedelta
from pathlib import Path

import time_machine
from asgiref.sync import async_to_sync
from django.conf import settings
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, User
from tests.factories import make_assistant, make_doctor, make_practitioner, make_user
from video import recording, stored, tasks
from video.media.recorder import DONE, facts
from video.media.vault import Vault
from video.media.webm import HEADER, Webm
from video.models import Recording, RecordingFile
from visits import links

from .test_recording import RoomTest
from .test_webm import decoded, film

Problem = Recording.Problem


class StoredTest(RoomTest):
    """A recording of doctor and patient that has run and stopped; its files come as a worker leaves them."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        change = override_settings(RECORDINGS_ROOT=Path(folder.name) / "recordings")
        change.enable()
        self.addCleanup(change.disable)
        self.everybody_agrees()
        recording.stop(by=self.doctor)
        self.recording = self.last()
        self.folder = stored.folder_of(self.recording)
        self.folder.mkdir(parents=True)

    def leave(self, *seats, told=True, cut=0):
        """Files as a worker leaves them; `told`: it finished; `cut`: it was killed, and so many bytes are missing."""
        found = []
        for number, seat in enumerate(seats or (self.her, self.doctor)):
            tracks, frames = film()
            webm = Webm(tracks)
            body = b"".join(webm.add(frame) for frame in frames)
            body += webm.finish() if not cut else b""
            path = self.folder / f"{seat.pk}.1.{number}.webm.enc"
            began_ms = int(time.time() * 1000) + 500 * number
            vault = Vault(path, settings.RECORDING_KEY, began_ms)
            vault.append(webm.header() + body)
            found.append(facts(path.name, began_ms, webm, vault.close()))
            if cut:
                path.write_bytes(path.read_bytes()[:-cut])
        if told:
            (self.folder / DONE).write_text(json.dumps(found))
        self.plain = len(webm.header() + body)

    def kept(self, **options):
        self.leave(**options)
        stored.collect(self.recording.pk)
        self.recording.refresh_from_db()

    def file(self):
        return self.recording.files.get(participant=self.her)

    def path(self):
        return self.folder / self.file().name

    def read(self, answer):
        """The whole of an answer that comes in pieces."""

        async def pieces():
            return [piece async for piece in answer]

        return b"".join(async_to_sync(pieces)())

    def play(self, **headers):
        return self.client.get(reverse("video:recording-file", args=[self.file().pk]), **headers)


class CollectTest(StoredTest):
    def test_files_are_known_once_the_worker_says_so(self):
        self.leave(told=False)
        self.assertFalse(stored.collect(self.recording.pk))
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        self.leave()
        self.assertTrue(stored.collect(self.recording.pk))
        self.assertTrue(stored.collect(self.recording.pk))
        self.recording.refresh_from_db()
        self.assertIsNotNone(self.recording.stored_at)
        first, second = self.recording.files.all()
        self.assertEqual((first.participant, first.begins_ms, second.participant), (self.her, 0, self.doctor))
        self.assertGreaterEqual(second.begins_ms, 500)
        self.assertEqual(self.file().bytes, self.path().stat().st_size)
        self.assertEqual(AuditEvent.objects.filter(action="recording.store").count(), 1)

    def test_what_belongs_to_nobody_of_the_room_is_not_kept(self):
        self.leave()
        told = json.loads((self.folder / DONE).read_text())
        for name in (f"{uuid.uuid4()}.1.1.webm.enc", f"{self.her.pk}.1/../../elsewhere"):
            told.append({**told[0], "name": name})
        (self.folder / DONE).write_text(json.dumps(told))
        stored.collect(self.recording.pk)
        self.assertEqual(RecordingFile.objects.count(), 2)

    def test_the_sweeper_finds_what_nobody_was_told_of(self):
        self.leave()
        tasks.sweep_recordings()
        self.assertTrue(Recording.objects.kept().exists())

    def test_what_a_killed_worker_left_is_mended_after_a_minute(self):
        self.leave(told=False, cut=70)
        stored.sweep()
        self.assertFalse(Recording.objects.kept().exists())  # it may still be writing
        with time_machine.travel(timezone.now() + stored.FINISHING * 2):
            stored.sweep()
        self.recording.refresh_from_db()
        self.assertTrue(self.recording.is_kept)
        self.client.force_login(self.owner)
        found, duration = decoded(self.read(self.play()))
        self.assertEqual((len(found["video"]) > 20, duration > 900_000), (True, True))

    def test_a_recording_that_was_stopped_before_anything_came_is_no_loss(self):
        with time_machine.travel(timezone.now() + stored.FINISHING * 2):
            stored.sweep()
        self.assertTrue(Recording.objects.kept().exists())


class ReconcileTest(StoredTest):
    def test_what_was_started_was_stored(self):
        self.kept()
        self.assertEqual(stored.reconcile(), [])

    def test_what_was_written_and_never_stored_is_seen_by_the_coordinator(self):
        Recording.objects.update(begun_at=timezone.now())
        with time_machine.travel(timezone.now() + stored.LOST * 2):
            tasks.reconcile_recordings()
        self.assertEqual(Recording.objects.get().problem, Problem.LOST)
        self.client.force_login(make_practitioner(clinic=self.clinic, role=User.Role.COORDINATOR).user)
        self.assertContains(self.client.get(reverse("desk:board")), 'id="incomplete"')
        self.client.force_login(make_practitioner(role=User.Role.COORDINATOR).user)
        self.assertNotContains(self.client.get(reverse("desk:board")), 'id="incomplete"')

    def test_a_missing_and_a_changed_file_are_seen(self):
        self.kept()
        good = self.path().read_bytes()
        self.path().write_bytes(good[:-30] + b"x" + good[-29:])
        self.assertEqual([found.problem for found in stored.reconcile()], [Problem.CHANGED])
        self.path().unlink()
        self.assertEqual([found.problem for found in stored.reconcile()], [Problem.MISSING])

    def test_a_folder_of_nothing_we_know_is_logged(self):
        self.kept()
        (settings.RECORDINGS_ROOT / "stray").mkdir()
        with self.assertLogs("video.stored", "ERROR") as said:
            stored.reconcile()
        self.assertIn("stray", said.output[0])


class ExpiryTest(StoredTest):
    def test_after_its_days_it_is_deleted_and_that_it_existed_stays_known(self):
        self.kept()
        with time_machine.travel(timezone.now() + timedelta(settings.RECORDING_DAYS - 1)):
            self.assertEqual(stored.expire(), 0)
        self.assertTrue(self.path().exists())
        with time_machine.travel(timezone.now() + timedelta(settings.RECORDING_DAYS + 1)):
            tasks.expire_recordings()
            self.assertFalse(self.folder.exists())
            self.assertEqual(stored.reconcile(), [])
        self.assertFalse(Recording.objects.kept().exists())
        self.assertTrue(AuditEvent.objects.filter(action="recording.expire").exists())
        self.client.force_login(self.owner)
        self.assertEqual(self.play().status_code, 404)

    def test_what_cannot_be_deleted_is_not_said_to_be_deleted(self):
        self.kept()
        shutil.rmtree(self.folder)
        self.folder.write_text("no folder")
        with time_machine.travel(timezone.now() + timedelta(settings.RECORDING_DAYS + 1)):
            self.assertEqual(stored.expire(), 0)
        self.assertTrue(Recording.objects.kept().exists())


class PlayTest(StoredTest):
    def setUp(self):
        super().setUp()
        self.kept()
        self.client.force_login(self.owner)
        self.page = reverse("video:play", args=[self.recording.pk])

    def test_the_patients_side_and_the_treating_doctor_play_it(self):
        for user in (self.owner, self.doctor.user):
            self.client.force_login(user)
            self.assertContains(self.client.get(self.page), "<video", count=2)
            found, duration = decoded(self.read(self.play()))
            self.assertEqual((len(found["video"]), duration), (75, 3_000_000))

    def test_who_holds_the_link_of_the_visit_plays_it(self):
        self.client.logout()
        self.client.get(links.make(self.visit))
        self.assertEqual(self.client.get(self.page).status_code, 200)

    def test_for_everybody_else_it_is_not_there(self):
        coordinator = make_practitioner(clinic=self.clinic, role=User.Role.COORDINATOR).user
        others = [make_user(), make_doctor(clinic=self.clinic), make_doctor(), make_assistant(clinic=self.clinic), coordinator]
        for user in others:
            self.client.force_login(user)
            self.assertEqual((self.client.get(self.page).status_code, self.play().status_code), (404, 404))
        self.client.logout()
        self.assertEqual((self.client.get(self.page).status_code, self.play().status_code), (404, 404))

    def test_the_coordinator_sees_that_it_exists_and_no_more(self):
        self.client.force_login(make_practitioner(clinic=self.clinic, role=User.Role.COORDINATOR).user)
        page = self.client.get(reverse("desk:visit", args=[self.visit.pk]))
        self.assertContains(page, 'id="recordings"')
        self.assertNotContains(page, self.page)

    def test_the_doctor_and_the_patient_find_it_on_their_pages(self):
        self.assertContains(self.client.get(reverse("records:summary", args=[self.visit.pk])), self.page)
        self.client.force_login(self.doctor.user)
        self.assertContains(self.client.get(reverse("desk:visit", args=[self.visit.pk])), self.page)

    def test_each_playing_is_written_down_once_and_the_patient_reads_it(self):
        self.client.force_login(self.doctor.user)
        self.client.get(self.page)
        for start in (0, 100, 5000):
            self.play(HTTP_RANGE=f"bytes={start}-")
        self.assertEqual(AuditEvent.objects.get(action="recording.play").by, self.doctor.user)
        self.client.force_login(self.owner)
        self.assertContains(
            self.client.get(reverse("records:summary", args=[self.visit.pk])), "recording" if False else self.page
        )
        looks = self.client.get(reverse("records:summary", args=[self.visit.pk])).context["looks"]
        self.assertIn("recording.play", [event.action for event, _what, _times in looks])

    def test_any_part_can_be_asked_for(self):
        whole = self.read(self.play())
        self.assertEqual(len(whole), self.plain)
        for asked, start, end in [
            ("bytes=0-", 0, self.plain), ("bytes=0-0", 0, 1), ("bytes=16380-16390", 16380, 16391),
            ("bytes=-10", self.plain - 10, self.plain), (f"bytes=5-{10**9}", 5, self.plain),
        ]:  # fmt: skip
            answer = self.play(HTTP_RANGE=asked)
            self.assertEqual((answer.status_code, self.read(answer)), (206, whole[start:end]))
            self.assertEqual(answer["Content-Range"], f"bytes {start}-{end - 1}/{self.plain}")
            self.assertEqual(answer["Content-Length"], str(end - start))

    def test_a_part_beyond_the_end_is_refused_and_nonsense_gets_everything(self):
        self.assertEqual(self.play(HTTP_RANGE=f"bytes={self.plain}-").status_code, 416)
        for asked in ("bytes=-", "bytes=1-2,5-6", "pages=1-2", "bytes=x-", "bytes=" + "9" * 5000 + "-"):
            self.assertEqual(self.play(HTTP_RANGE=asked).status_code, 200)

    def test_nobody_keeps_a_copy_on_the_way(self):
        self.assertEqual(self.play()["Cache-Control"], "private, no-store")

    def test_a_changed_file_is_refused_with_a_sentence(self):
        good = self.path().read_bytes()
        for bad in (b"x" + good[1:], good[:60] + bytes([good[60] ^ 1]) + good[61:], good[:-1], good + b"x"):
            self.path().write_bytes(bad)
            answer = self.play()
            self.assertEqual(answer.status_code, 409)
            self.assertTemplateUsed(answer, "refused.html")
        self.assertEqual(Recording.objects.get().problem, Problem.CHANGED)
        self.assertFalse(AuditEvent.objects.filter(action="recording.play").exists())

    def test_a_file_changed_further_on_breaks_off(self):
        good = self.path().read_bytes()
        at = len(good) - HEADER
        self.path().write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        answer = self.play()
        with self.assertRaises(Exception):  # noqa: B017 - whatever ends the answer
            self.read(answer)
        self.assertEqual(Recording.objects.get().problem, Problem.CHANGED)

    def test_a_file_that_is_gone_is_refused_with_a_sentence(self):
        self.path().unlink()
        self.assertEqual(self.play().status_code, 409)

    def test_without_its_key_it_is_not_played_and_with_an_old_one_it_is(self):
        with override_settings(RECORDING_KEY="a new secret"):
            self.assertEqual(self.play().status_code, 409)
            with override_settings(RECORDING_OLD_KEYS=["a secret of the clinic"]):
                self.assertEqual(self.play().status_code, 200)

    def test_nothing_can_be_posted_to_it(self):
        self.assertEqual(self.client.post(self.page).status_code, 405)

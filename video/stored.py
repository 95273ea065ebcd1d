"""What was recorded: which files there are, whether they are what was written, and when they are deleted."""

import logging
import shutil
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import audit

from .media.mending import mend
from .media.recorder import ENDING, done
from .media.vault import Tampered, keys, measure
from .models import Participant, Recording, RecordingFile

log = logging.getLogger(__name__)
FINISHING = timedelta(seconds=20)  # a worker that has not finished a recording by then is dead
LOST = timedelta(hours=1)
CHECKED = timedelta(days=2)  # files of the last days are read as a whole; older ones are looked for
READING_SECONDS = 30  # a day, at most: other work waits behind it
Problem = Recording.Problem


def known_keys() -> dict[str, str]:
    """The keys of this house; the newest writes."""
    return keys(settings.RECORDING_KEY, *settings.RECORDING_OLD_KEYS)


def folder_of(recording) -> Path:
    return settings.RECORDINGS_ROOT / str(recording.pk)


@transaction.atomic
def collect(pk) -> bool:
    """Know the files that a worker says are finished. Collecting twice is collecting once."""
    recording = Recording.objects.select_for_update(of=("self",)).select_related("room__visit").get(pk=pk)
    found = done(folder_of(recording))
    if found is None or recording.stored_at:
        return found is not None
    left = _mended(recording, besides={file["name"] for file in found}) if recording.stopped_at else []
    _keep(recording, found + left)
    return True


def sweep() -> None:
    """Every few seconds: what nobody told us of, since everybody had left, and what a killed worker left behind."""
    waiting = Recording.objects.made().filter(stopped_at__gt=timezone.now() - CHECKED, stored_at=None, deleted_at=None)
    for recording in waiting.exclude(problem__in=(Problem.LOST, Problem.OFF, Problem.ENGINE)).select_related("room__visit"):
        try:
            if not collect(recording.pk) and recording.stopped_at < timezone.now() - FINISHING:
                _recover(recording)
        except OSError as error:
            log.error("recording %s cannot be read or mended: %s", recording.pk, error)


def reconcile() -> list[Recording]:
    """Every day: started = stored. What does not agree is marked for the coordinator, logged, and returned."""
    sweep()
    now, began = timezone.now(), time.monotonic()
    made = Recording.objects.made().filter(deleted_at=None).select_related("room__visit").prefetch_related("files")
    for recording in made.filter(stored_at__isnull=False):
        whole = recording.stored_at > now - CHECKED and time.monotonic() - began < READING_SECONDS
        _mark(recording, _harm(recording, whole))
    for recording in made.filter(stored_at=None, stopped_at__lt=now - LOST, problem=""):
        _mark(recording, Problem.LOST)
    for stray in set(_folders()) - {str(pk) for pk in made.values_list("pk", flat=True)}:
        log.error("recording folder %s belongs to no recording", stray)
    return list(made.exclude(problem=""))


def expire() -> int:
    """Every day: what was kept long enough is deleted; that it existed stays known."""
    over = Recording.objects.made().filter(deleted_at=None, stopped_at__lt=timezone.now() - timedelta(settings.RECORDING_DAYS))
    return sum(_delete(recording) for recording in over.select_related("room__visit"))


def incomplete(user):
    """Recordings of somebody's clinics that are not what they should be."""
    return (
        Recording.objects.made()
        .filter(room__visit__clinic__in=user.clinics, deleted_at=None)
        .exclude(problem="")
        .select_related("room__visit")
    )


def _delete(recording) -> bool:
    """Only what is really gone counts as deleted; the rest is tried again tomorrow."""
    try:
        if folder_of(recording).exists():
            shutil.rmtree(folder_of(recording))
    except OSError as error:
        log.error("recording %s cannot be deleted: %s", recording.pk, error)
        return False
    with transaction.atomic():
        Recording.objects.filter(pk=recording.pk).update(deleted_at=timezone.now())
        audit.record(None, "recording.expire", recording)
    return True


def _keep(recording, found):
    """Write down each file, and that all are there once the recording has stopped."""
    seats = {str(pk) for pk in Participant.objects.filter(room=recording.room).values_list("pk", flat=True)}
    first = min((file["began_ms"] for file in found), default=0)
    for file in found:
        name = file["name"]
        whose = name.partition(".")[0]
        if whose in seats and "/" not in name:
            told = {key: file[key] for key in ("duration_ms", "mime", "bytes", "sha256")}
            told |= {"participant_id": whose, "begins_ms": file["began_ms"] - first}
            RecordingFile.objects.update_or_create(recording=recording, name=name, defaults=told)
    if recording.stopped_at:
        Recording.objects.filter(pk=recording.pk).update(stored_at=timezone.now())
        audit.record(None, "recording.store", recording)


def _recover(recording):
    """The worker is dead: finish what it left. If it never began to write, there is nothing to find."""
    found = _mended(recording)
    if found or recording.begun_at is None and recording.stopped_at - recording.started_at < timedelta(seconds=5):
        with transaction.atomic():
            _keep(recording, found)


def _mended(recording, besides=frozenset()) -> list[dict]:
    """The files that a killed worker left without an end; what holds nothing that can be read stays as it is."""
    found = []
    for path in sorted(folder_of(recording).glob(f"*{ENDING}")):
        try:
            found += [] if path.name in besides else [mend(path, known_keys())]
        except (Tampered, ValueError) as error:
            log.error("recording %s: %s cannot be mended: %r", recording.pk, path.name, error)
    return found


def _harm(recording, whole) -> str:
    """What is wrong with the stored files; "" if nothing is."""
    for file in recording.files.all():
        path = folder_of(recording) / file.name
        if not path.exists():
            return Problem.MISSING
        if path.stat().st_size != file.bytes or whole and measure(path).sha256 != file.sha256:
            return Problem.CHANGED
    return ""


def _mark(recording, problem):
    if problem:
        log.error("recording %s: %s", recording.pk, problem)
        Recording.objects.filter(pk=recording.pk).update(problem=problem)


def _folders():
    root = settings.RECORDINGS_ROOT
    return [path.name for path in root.iterdir() if path.is_dir()] if root.exists() else []

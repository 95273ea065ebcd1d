"""Play what was recorded: from anywhere to anywhere, decrypted on the way out, and written down."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused

from . import stored
from .media.vault import Opened, Tampered
from .models import Recording

log = logging.getLogger(__name__)
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})$")
ONE_PLAYING_SECONDS = 600


class NotPlayable(Refused):
    """The file is not there, or not what was written."""


def listed(visit):
    """What was recorded of a visit, with its files."""
    return Recording.objects.made().filter(room__visit=visit).prefetch_related("files__participant")


def note(request, recording, *, by) -> None:
    """Write down a playing: once, though a player asks for many pieces."""
    played = request.session.get("played", {})
    if time.time() - played.get(str(recording.pk), 0) > ONE_PLAYING_SECONDS:
        audit.record(by, "recording.play", recording.visit)
        request.session["played"] = {**played, str(recording.pk): time.time()}


def answer(request, file):
    """The file, or the part of it that the player asks for."""
    opened = _opened(file)
    start, end, status = _part(request.headers.get("Range", ""), opened.size)
    if status == 416:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{opened.size}"})
    response = StreamingHttpResponse(_pieces(file, opened, start, end), status=status, content_type=file.mime)
    response["Content-Length"], response["Accept-Ranges"] = end - start, "bytes"
    response["Cache-Control"], response["Content-Encoding"] = "private, no-store", "identity"  # no use in packing it again
    if status == 206:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{opened.size}"
    return response


def _opened(file) -> Opened:
    """The file, if it is the one that was written: refused before anything of it is shown."""
    path = stored.folder_of(file.recording) / file.name
    try:
        opened = Opened(path, stored.known_keys())
        if path.stat().st_size != file.bytes:
            raise Tampered("another size")
        next(opened.read(0, 1), None)
        return opened
    except FileNotFoundError:
        raise NotPlayable(_("This recording is not there any more. Please tell the clinic.")) from None
    except Tampered as error:
        _report(file, error)
        sentence = _("This recording was changed after it was written, so it is not played. Please tell the clinic.")
        raise NotPlayable(sentence) from None


async def _pieces(file, opened, start, end) -> AsyncIterator[bytes]:
    """Piece by piece; at a piece that was changed the answer breaks off."""
    pieces = opened.read(start, end)
    try:
        while piece := await asyncio.to_thread(next, pieces, b""):
            yield piece
    except Tampered as error:
        await sync_to_async(_report)(file, error)
        raise


def _report(file, error):
    """The coordinator sees it too."""
    Recording.objects.filter(pk=file.recording_id, problem="").update(problem=Recording.Problem.CHANGED)
    log.error("recording %s, file %s: %s", file.recording_id, file.pk, error)


def _part(asked: str, size: int) -> tuple[int, int, int]:
    """From where to where, and the status of the answer (RFC 9110, 14). What is not understood gets everything."""
    found = RANGE.match(asked)
    if not found or found.groups() == ("", ""):
        return 0, size, 200
    first, last = found.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    return (start, end, 206) if start < end else (0, 0, 416)

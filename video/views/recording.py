"""The recording on the pages of a room: ask, agree, take it back; and play it afterwards."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from visits.access import actor, visit_of_person

from .. import playing, recording
from ..access import guest_here, visit_here
from ..models import Participant, Recording, RecordingFile


def _seat(request, pk) -> Participant:
    """The seat of who asks, as long as they may be in the visit; nobody else's is to be found."""
    people = Participant.objects.exclude(role=Participant.Role.RECORDER).select_related("room__visit", "user")
    seat = get_object_or_404(people, pk=pk)
    if seat.invitation_id:
        guest_here(request, seat.invitation_id)
    elif seat.user == actor(request):
        visit_here(request, seat.room.visit_id)
    else:
        raise Http404
    return seat


def _back(request, seat):
    """A page that asks beside the conversation gets the fragment; a form leads back to where it came from."""
    if "HX-Request" in request.headers:
        return render(request, "video/_recording.html", recording.shown_to(seat))
    return redirect("video:guest-room", seat.invitation_id) if seat.invitation_id else redirect("visit", seat.room.visit_id)


@never_cache
@require_safe
def state(request, pk):
    """What this person sees of the recording: the banner, the question, what was answered."""
    return render(request, "video/_recording.html", recording.shown_to(_seat(request, pk)))


@require_POST
def ask(request, pk):
    """The doctor agrees and asks the others."""
    seat = _seat(request, pk)
    recording.ask(request.POST.get("version"), by=seat)
    return _back(request, seat)


@require_POST
def answer(request, pk):
    """Yes, no, or no longer."""
    seat = _seat(request, pk)
    recording.answer(request.POST.get("agreed") == "yes", request.POST.get("version"), by=seat)
    return _back(request, seat)


@require_POST
def stop(request, pk):
    """The doctor has recorded enough."""
    seat = _seat(request, pk)
    recording.stop(by=seat)
    return _back(request, seat)


def _may_play(request, found):
    """The patient's side and the treating doctor; for everybody else it is not there."""
    if not request.user.is_authenticated or not Recording.objects.playable_by(request.user).filter(pk=found.pk).exists():
        visit_of_person(request, found.room.visit_id)


@require_safe
def play(request, pk):
    """All files of a recording, side by side."""
    found = get_object_or_404(Recording.objects.kept().select_related("room__visit__patient"), pk=pk)
    _may_play(request, found)
    playing.note(request, found, by=actor(request))
    facts = {"recording": found, "visit": found.visit, "files": found.files.select_related("participant")}
    return render(request, "video/recording.html", facts)


@require_safe
def file(request, pk):
    """One file, as the player asks for it."""
    files = RecordingFile.objects.filter(recording__in=Recording.objects.kept())
    found = get_object_or_404(files.select_related("recording__room__visit"), pk=pk)
    _may_play(request, found.recording)
    answer = playing.answer(request, found)
    playing.note(request, found.recording, by=actor(request))
    return answer

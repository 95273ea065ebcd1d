"""The room's page, its pass, the device check, and writing a line without a socket."""

from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import allow_devices
from visits.access import actor, visit_of_person
from visits.models import Visit
from visits.states import WITH_DOCTOR

from . import rooms, tokens
from .reach import ice_servers


def _visit(request, pk):
    """The visit for all who may be in its room: the patient's side, its doctor, the clinic's staff."""
    try:
        return visit_of_person(request, pk)
    except Http404:
        mine = Visit.objects.treatable_by(request.user) | Visit.objects.hosted_by(request.user)
        return get_object_or_404(mine.with_people(), pk=pk)


@require_safe
def room(request, pk):
    """The room; before it opens and after it closes the visit's page says what is going on."""
    visit = _visit(request, pk)
    if visit.state not in WITH_DOCTOR:
        return redirect("visit", pk)
    rooms.role_of(visit, actor(request))
    facts = {"visit": visit, "room": rooms.seat(visit, user=actor(request)), "said": rooms.said(visit)}
    return allow_devices(render(request, "video/room.html", facts))


@never_cache
@require_safe
def seat(request, pk):
    """A fresh pass for the socket; asked for at each (re)connection, and checked each time."""
    participant = rooms.admit(_visit(request, pk), user=actor(request))
    return JsonResponse({"token": tokens.token_for(participant), "iceServers": ice_servers(participant)})


@require_safe
def check(request, pk):
    """Try camera and sound before the doctor calls."""
    return allow_devices(render(request, "video/check.html", {"visit": _visit(request, pk)}))


@require_POST
def say(request, pk):
    """Write a line by form, for browsers without a socket."""
    participant = rooms.admit(_visit(request, pk), user=actor(request))
    rooms.say(participant, request.POST.get("text", ""))
    return redirect("video:room", pk)

"""The room's page, its pass, and writing a line without a socket."""

from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import allow_devices
from visits.access import actor
from visits.states import WITH_DOCTOR

from .. import rooms, tokens
from ..access import visit_here
from ..reach import ice_servers


@require_safe
def room(request, pk):
    """The room; before it opens and after it closes the visit's page says what is going on."""
    visit = visit_here(request, pk)
    if visit.state not in WITH_DOCTOR:
        return redirect("visit", pk)
    rooms.role_of(visit, actor(request))
    return show(request, rooms.seat(visit, user=actor(request)))


@never_cache
@require_safe
def seat(request, pk):
    """A fresh pass for the socket; asked for at each (re)connection, and checked each time."""
    return give_pass(rooms.admit(visit_here(request, pk), user=actor(request)))


@require_POST
def say(request, pk):
    """Write a line by form, for browsers without a socket."""
    participant = rooms.admit(visit_here(request, pk), user=actor(request))
    rooms.say(participant, request.POST.get("text", ""))
    return redirect("video:room", pk)


def show(request, place):
    """The room as somebody sees it from their seat."""
    facts = {"visit": place.visit, "room": place, "said": rooms.said(place.visit)}
    return allow_devices(render(request, "video/room.html", facts))


def give_pass(participant):
    """What a browser needs to come in, once."""
    return JsonResponse({"token": tokens.token_for(participant), "iceServers": ice_servers(participant)})

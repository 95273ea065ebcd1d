"""The door of a room: invite somebody, see who stands there, let them in or not now."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from visits.access import actor

from .. import admission, rooms
from ..access import visit_here
from ..models import Invitation


@require_safe
def guests(request, pk):
    """Who was invited to this visit, and a form to invite somebody."""
    visit = visit_here(request, pk)
    rooms.part_in(visit, actor(request))
    return render(request, "video/guests.html", {"visit": visit, "guests": visit.invitations.all()})


@require_POST
def invite(request, pk):
    """Make a link for one more person."""
    visit, said = visit_here(request, pk), request.POST
    made = admission.invite(visit, role=said.get("role", ""), name=said.get("name", ""), by=actor(request))
    page = "video/_invited.html" if "HX-Request" in request.headers else "video/guests.html"
    link = request.build_absolute_uri(admission.link(made))
    return render(request, page, {"visit": visit, "made": made, "link": link, "guests": visit.invitations.all()})


@require_safe
def qr(request, pk, guest):
    """The link of an invitation as a picture."""
    import segno

    invitation = get_object_or_404(visit_here(request, pk).invitations, pk=guest)
    response = HttpResponse(content_type="image/svg+xml")
    address = request.build_absolute_uri(admission.link(invitation))
    segno.make(address, error="m").save(response, kind="svg", scale=5, border=2)
    return response


@require_safe
def asking(request, pk):
    """Who stands at the door now, for those who open it."""
    return _at_the_door(request, visit_here(request, pk))


@require_POST
def admit(request, pk):
    """Let a guest in."""
    return _answered(request, admission.admit_in(_at_my_door(request, pk), by=request.user))


@require_POST
def turn_away(request, pk):
    """Not now."""
    return _answered(request, admission.turn_away(_at_my_door(request, pk), by=request.user))


def _at_my_door(request, pk):
    return get_object_or_404(Invitation.objects.answerable_by(request.user), pk=pk)


def _answered(request, invitation):
    by_form = "HX-Request" not in request.headers
    return redirect("video:room", invitation.visit_id) if by_form else _at_the_door(request, invitation.visit)


def _at_the_door(request, visit):
    return render(request, "video/_asking.html", {"room": rooms.seat(visit, user=actor(request))})

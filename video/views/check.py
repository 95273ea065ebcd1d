"""Try camera, sound and the way to us before the doctor calls; or be called by phone instead."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import allow_devices
from visits import links
from visits.access import actor, appointment_of_person, visit_of_person
from visits.models import Visit

from .. import browsers, echo, phone, tried
from ..access import guest_here, visit_here


@require_safe
def check(request, pk):
    """Try everything before the doctor calls."""
    visit = visit_here(request, pk)
    facts = {"visit": visit, "back": reverse("visit", args=[pk])}
    return _show(request, pk, **facts, **_at_the_patients_side(request, pk))


@require_safe
def check_guest(request, pk):
    """The same for a guest."""
    guest_here(request, pk)
    return _show(request, pk, back=reverse("video:guest", args=[pk]))


@require_safe
def check_ahead(request, pk):
    """The same before a booked visit begins."""
    appointment_of_person(request, pk)
    return _show(request, pk, back=reverse("visits:ahead", args=[pk]))


def _show(request, pk, *, link="", **facts):
    agent, link = request.headers.get("User-Agent", ""), link or request.build_absolute_uri()
    facts |= {"socket": echo.address(pk), "app": browsers.in_app(agent), "way_out": browsers.way_out(agent, link), "link": link}
    return allow_devices(render(request, "video/check.html", facts))


def _at_the_patients_side(request, pk):
    """Another browser knows nobody: it gets the visit's own link. And who is ill may be called by phone."""
    try:
        visit = visit_of_person(request, pk)
    except Http404:
        return {}
    wish = phone.wish_of(visit)
    number = wish.number if wish else visit.patient.phone
    return {"may_phone": visit.is_open, "wish": wish, "number": number, "link": request.build_absolute_uri(links.make(visit))}


@require_POST
def checked(request, pk):
    """The page tells how the try went, so that the doctor knows before the call."""
    picture, sound = (request.POST.get(name) == "yes" for name in ("picture", "sound"))
    tried.write_down(visit_of_person(request, pk), picture=picture, sound=sound, by=actor(request))
    return HttpResponse(status=204)


@require_POST
def ask_for_call(request, pk):
    """Call me by phone instead."""
    phone.ask_for_call(visit_of_person(request, pk), number=request.POST.get("number", ""), by=actor(request))
    return redirect("visit", pk=pk)


@require_POST
def take_back(request, pk):
    """By video after all."""
    phone.take_back(visit_of_person(request, pk), by=actor(request))
    return redirect("visit", pk=pk)


@require_POST
def called(request, pk):
    """The doctor, or whoever brings patients in, rang them up."""
    staffed = Visit.objects.treatable_by(request.user) | Visit.objects.hosted_by(request.user)
    phone.called(get_object_or_404(staffed, pk=pk), by=request.user)
    return redirect("desk:visit", pk=pk)

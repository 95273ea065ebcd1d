"""Doors into a visit."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.models import Scope
from scheduling import away, booking, clock, ics
from scheduling.forms import by_day, chosen_day, chosen_slot
from scheduling.models import Appointment
from scheduling.openings import open_slots
from scheduling.views import doctors_of

from . import ahead, errands, flow, links
from .access import actor, appointment_of_person, appointment_to_read, or_sign_in, visit_of_person
from .models import Visit


@require_safe
def link(request, token):
    """Open a visit by its link: a staff session ends first, so that a lent tablet shows one visit only."""
    appointment = links.booked(token)
    visit = links.of_appointment(appointment) if appointment else links.open_link(token)
    subject, mine = (visit, Visit.objects) if visit else (appointment, Appointment.objects)
    if request.user.is_authenticated and not mine.of_patient(request.user).filter(pk=subject.pk).exists():
        logout(request)
    if visit is None:
        return _to_the_door(request, appointment)
    # an account opens it anyway, and for whoever acts for the patient only as long as they may
    if not request.user.is_authenticated:
        links.remember(request.session, visit)
    return _in_language(redirect("visit", pk=visit.pk), visit.language)


def _to_the_door(request, appointment):
    if not request.user.is_authenticated:
        request.session[links.BOOKED_KEY] = str(appointment.pk)
    request.session["time_zone"] = ahead.zone_of(appointment).key
    return _in_language(redirect("visits:ahead", pk=appointment.pk), appointment.patient.language)


def _in_language(response, language):
    response.set_cookie("django_language", language, samesite="Lax")
    return response


@require_safe
@or_sign_in
def appointment(request, pk):
    """A booked visit before it begins: when its door opens, and what can be done until then."""
    found = appointment_to_read(request, pk)
    if hasattr(found, "visit"):
        return redirect("visit", pk=found.visit.pk)
    audit.record(actor(request), "appointment.read", found)
    return render(request, "visits/appointment.html", ahead.facts(found, request.user))


@require_safe
def door(request, pk):
    """The live part of that page."""
    return render(request, "visits/_door.html", ahead.facts(appointment_to_read(request, pk), request.user))


@require_http_methods(["GET", "HEAD", "POST"])
def move(request, pk):
    """Another time with the same doctor; with a colleague where the own doctor is away."""
    found = ahead.movable(appointment_of_person(request, pk, to=Scope.BOOK))
    doctor = _doctor(found, (request.POST or request.GET).get("doctor", ""))
    try:
        if request.method == "POST":
            moved = ahead.move(found, chosen_slot(request.POST), by=actor(request), practitioner=doctor)
            messages.success(request, _("Moved. The new time: %(time)s") % {"time": clock.said_here(moved.start)})
            return redirect("visits:ahead", pk=pk)
    except booking.SlotTaken as taken:
        return render(request, "visits/move.html", _times(request, found, doctor) | {"sentence": taken}, status=409)
    return render(request, "visits/move.html", _times(request, found, doctor))


def _doctor(appointment, wanted: str):
    return next((doctor for doctor in _colleagues(appointment) if str(doctor.pk) == wanted), appointment.practitioner)


def _colleagues(appointment):
    """Whom one may choose among; nobody else as long as the own doctor is there."""
    return doctors_of(appointment.clinic) if away.live(appointment) else []


def _times(request, appointment, doctor):
    days = by_day(open_slots(doctor, appointment.clinic, kind=appointment.kind, by=actor(request), moving=appointment))
    day = chosen_day(request.GET, list(days))
    page = {"appointment": appointment, "days": list(days), "day": day, "slots": days.get(day, [])}
    return page | {"doctor": doctor, "doctors": _colleagues(appointment)}


@require_POST
def accept(request, pk):
    """Take the time that is offered instead, since the doctor is away."""
    found = appointment_of_person(request, pk, to=Scope.BOOK)
    try:
        away.accept(found, by=actor(request))
    except booking.SlotTaken as taken:
        return render(request, "visits/move.html", _times(request, found, found.practitioner) | {"sentence": taken}, status=409)
    return redirect("visits:ahead", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request, pk):
    """Ask once, then give the time back."""
    found = ahead.changeable(appointment_of_person(request, pk, to=Scope.BOOK))
    if request.method != "POST":
        return render(request, "visits/cancel.html", {"appointment": found})
    ahead.cancel(found, by=actor(request))
    messages.success(request, _("Cancelled: %(time)s. Nobody waits for you then.") % {"time": clock.said_here(found.start)})
    return redirect("visits:ahead", pk=pk)


@require_safe
def calendar(request, pk):
    """The appointment as a file for the patient's own calendar."""
    found = appointment_of_person(request, pk)
    link = request.build_absolute_uri(links.for_reader(actor(request), found))
    response = HttpResponse(ics.copy(found, link=link), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="naru-{str(found.pk)[:8]}.ics"'
    return response


@require_POST
def leave(request, pk):
    """The patient decides to go."""
    flow.leave(visit_of_person(request, pk), by=actor(request), reason="patient left")
    return redirect("visit", pk=pk)


@require_POST
def ask_for_person(request, pk):
    """The patient's right: a person looks at the place, the level, the wait."""
    errands.ask_for_person(visit_of_person(request, pk), by=actor(request), words=request.POST.get("words", ""))
    return redirect("visit", pk=pk)


@require_safe
def qr(request, pk):
    """The visit's link as a picture, for the staff who hand it over."""
    import segno

    visit = get_object_or_404(Visit.objects.hosted_by(request.user).open(), pk=pk)
    code = segno.make(request.build_absolute_uri(links.make(visit)), error="m")
    response = HttpResponse(content_type="image/svg+xml")
    code.save(response, kind="svg", scale=6, border=2)
    return response

"""A booked time in the hands of staff: book it for somebody, read it, move it, cancel it."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit, people
from scheduling import booking
from scheduling.forms import by_day, chosen_day, chosen_slot, picked
from scheduling.models import Appointment, VisitType
from scheduling.openings import open_slots
from visits import ahead

from ..access import only_for
from ..forms import FindForm
from ..plan import Whose, doctors_of
from ..plan_forms import ForWhomForm, NewPersonForm
from .calendar import STAFF


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*STAFF)
def book(request):
    """A free time of the calendar for somebody of the clinic: find them, or write down who is new."""
    page = _wish(request)
    facts = {"practitioner": page["whose"].doctor, "clinic": page["whose"].clinic, "kind": page["kind"], "by": request.user}
    try:
        if request.method == "POST" and (chosen := _for_whom(request, page)):
            return redirect("desk:appointment", booking.book(page["slot"], **chosen, **facts).pk)
        booking.hold(page["slot"], **facts)
    except booking.SlotTaken as taken:
        return render(request, "desk/calendar/book.html", page | {"sentence": taken, "slots": taken.alternatives}, status=409)
    return render(request, "desk/calendar/book.html", page, status=400 if request.method == "POST" else 200)


def _wish(request) -> dict:
    """Which time, and the two ways to say for whom."""
    data = request.POST or request.GET
    whose = Whose(data, request.user)
    if whose.doctor is None:
        raise Http404
    kind = picked(VisitType.objects.filter(clinic=whose.clinic), data.get("kind", ""))
    find = FindForm(request.GET if "find" in request.GET else None)
    found = find.found_for(request.user) if find.is_valid() else None
    for patient in found or []:
        audit.record(request.user, "patient.find", patient)
    new = NewPersonForm(user=request.user, initial={"clinic": whose.clinic.pk, "language": whose.clinic.language})
    form = ForWhomForm(user=request.user)
    return {"whose": whose, "kind": kind, "slot": chosen_slot(data), "find_form": find, "found": found, "new": new, "form": form}


def _for_whom(request, page) -> dict | None:
    """The person and the key of the request; None when something is still missing, which the page then says."""
    page["form"] = form = ForWhomForm(request.POST, user=request.user)
    if not form.is_valid():
        return None
    if form.cleaned_data["patient"]:
        return form.cleaned_data
    page["new"] = new = NewPersonForm(request.POST, user=request.user)
    return form.cleaned_data | {"patient": people.bring_in(**new.person(), by=request.user)} if new.is_valid() else None


@require_safe
@only_for(*STAFF)
def appointment(request, pk):
    """When, who, how to reach them, and what happened to it so far."""
    found = _found(request, pk)
    audit.record(request.user, "appointment.read", found)
    changes = found.changes.select_related("by__practitioner", "practitioner")
    page = ahead.facts(found, request.user) | {"changes": changes, "may_change": ahead.is_changeable(found)}
    return render(request, "desk/calendar/appointment.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*STAFF)
def move(request, pk):
    """Another time, or another doctor of the clinic."""
    found = ahead.changeable(_found(request, pk))
    data = request.POST or request.GET
    doctor = picked(doctors_of(found.clinic), data.get("doctor", "")) or found.practitioner
    try:
        if request.method == "POST":
            ahead.move(found, chosen_slot(data), by=request.user, practitioner=doctor)
            return redirect("desk:appointment", pk)
    except booking.SlotTaken as taken:
        return render(request, "desk/calendar/move.html", _times(data, found, doctor) | {"sentence": taken}, status=409)
    return render(request, "desk/calendar/move.html", _times(data, found, doctor))


def _times(data, found, doctor) -> dict:
    days = by_day(open_slots(doctor, found.clinic, kind=found.kind, moving=found))
    near = min(days, key=lambda day: abs(day - timezone.localdate(found.start)), default=None)
    day = chosen_day(data, [near] if near else [])
    page = {"appointment": found, "doctor": doctor, "doctors": doctors_of(found.clinic)}
    return page | {"days": list(days), "day": day, "slots": days.get(day, [])}


@require_POST
@only_for(*STAFF)
def cancel(request, pk):
    """The time is free again; the patient is told."""
    ahead.cancel(_found(request, pk), by=request.user, reason=request.POST.get("reason", ""))
    return redirect("desk:appointment", pk)


def _found(request, pk) -> Appointment:
    mine = Appointment.objects.visible_to(request.user)
    return get_object_or_404(mine.select_related("patient", "practitioner", "clinic", "kind", "room", "visit"), pk=pk)

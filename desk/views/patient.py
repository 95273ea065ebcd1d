"""The patient's own pages: home, and the one page of a visit that is true from arrival to the summary."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts import audit
from messaging import other_ways
from records import cancelling, signing
from scheduling.models import Appointment
from video import phone
from visits import clock, handover, links, load, queue
from visits.access import actor, or_sign_in, visit_of_person
from visits.models import Acuity, Task, Visit
from visits.states import State


@require_safe
@login_required
def home(request):
    """Where a patient begins: go on, be seen now, book, read what was said."""
    visits = Visit.objects.of_patient(request.user).with_people().order_by("-arrived_at")
    facts = {
        "open_visits": [visit for visit in visits if visit.is_open],
        "past_visits": [visit for visit in visits if not visit.is_open][:20],
        "appointments": Appointment.objects.of_patient(request.user)
        .upcoming()
        .select_related("clinic", "practitioner", "patient"),
    }
    return render(request, "desk/patient/home.html", facts)


@require_safe
@or_sign_in
def visit(request, pk):
    """The visit's page; staff are led to their own view of it."""
    try:
        found = visit_of_person(request, pk)
    except Http404:
        if Visit.objects.visible_to(request.user).filter(pk=pk).exists() and request.user.is_staff_member:
            return redirect("desk:visit", pk=pk)
        raise
    audit.record(actor(request), "visit.read", found)
    own = actor(request) is None or found.patient.user_id == request.user.pk
    link = request.build_absolute_uri(links.make(found)) if own else ""
    return render(request, "desk/patient/visit.html", {**_now(found), "link": link})


@require_safe
def visit_fragment(request, pk):
    """The live part of the visit's page."""
    return render(request, "desk/patient/_now.html", _now(visit_of_person(request, pk)))


def _now(found):
    place = queue.place_of(found) if found.state == State.WAITING else None
    waits = found.state == State.WAITING
    return {
        "visit": found,
        "other_ways": waits and other_ways.is_offered(found),
        "came_back": handover.came_back(found),
        "question": clock.open_question(found),
        "person": found.tasks.filter(kind=Task.Kind.PERSON).select_related("done_by__practitioner").last(),
        "overloaded": waits and found.acuity > Acuity.EMERGENT and load.is_overloaded(queue.clinics_beside(found.clinic_id)),
        "place": place,
        "wish": phone.wish_of(found) if found.is_open else None,
        "expectation": queue.in_words(queue.expectation(place)) if place else "",
        "note": signing.signed(found) if found.state == State.COMPLETED else None,
        "cancelled_papers": cancelling.of_visit(found),
    }

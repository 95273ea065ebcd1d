"""A doctor's shift: on and off duty, pauses, the handover sheet, the answer to who asks them to come."""

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.models import User
from records.models import Note
from triage import blind
from visits import duty, handover, queue
from visits.models import DutyCall, Task, Visit
from visits.states import WITH_DOCTOR

from ..access import only_for


@require_safe
@only_for(User.Role.DOCTOR)
def fragment(request):
    """The line above every page, live; asking for it is the sign of life."""
    return render(request, "desk/_duty.html")


@require_POST
@only_for(User.Role.DOCTOR)
def begin(request):
    """On duty, or back from a pause."""
    duty.begin(by=request.user)
    return redirect("desk:queue")


@require_POST
@only_for(User.Role.DOCTOR)
def pause(request):
    """A few minutes away."""
    duty.pause(by=request.user)
    return redirect("desk:queue")


@require_POST
@only_for(User.Role.DOCTOR)
def end(request):
    """The shift is over."""
    handover.end_shift(by=request.user)
    messages.info(request, _("Your shift has ended. Thank you."))
    return redirect("desk:queue")


@require_POST
@only_for(User.Role.DOCTOR)
def answer(request, pk):
    """Yes, I come; or no."""
    asked = get_object_or_404(DutyCall, pk=pk, practitioner__user=request.user)
    duty.answer(asked, request.POST.get("comes") == "yes", by=request.user)
    return redirect("desk:queue")


@require_safe
@only_for(User.Role.DOCTOR)
def sheet(request):
    """Who waits for what, what is still to be done, which notes are not signed: for whoever comes next."""
    user, seen = request.user, Visit.objects.visible_to(request.user)
    places = [*queue.emergencies(user), *queue.of_staff(user)]
    prefetch_related_objects([place.visit for place in places], "intake")
    facts = {
        "places": places,
        "mine": list(seen.filter(practitioner__user=user, state__in=WITH_DOCTOR).with_people()),
        "tasks": Task.objects.filter(visit__in=seen).open().select_related("visit__patient", "visit__clinic"),
        "unsigned": Note.objects.filter(author__user=user, status=Note.Status.DRAFT).select_related("visit__patient"),
    }
    blind.mark([*facts["mine"], *(place.visit for place in places)], user)
    listed = {place.visit for place in places} | {row.visit for name in ("tasks", "unsigned") for row in facts[name]}
    audit.saw(user, "queue.read", listed | set(facts["mine"]))
    return render(request, "desk/handover.html", facts)

"""Booked, and not here: try to reach them, then say what it was."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.models import User
from scheduling.models import Appointment
from visits import noshow
from visits.models import ContactAttempt

from ..access import only_for

ROLES = (User.Role.DOCTOR, User.Role.COORDINATOR, User.Role.ASSISTANT)


@require_safe
@only_for(*ROLES)
def page(request):
    """Whose booked time has begun without them, and what was tried."""
    here = list(noshow.missing(request.user))
    audit.saw(request.user, "appointment.read", here)
    rows = [(appointment, noshow.attempts_missing(appointment)) for appointment in here]
    return render(request, "desk/missed.html", {"rows": rows, "ways": ContactAttempt.Way.choices})


@require_POST
@only_for(*ROLES)
def attempt(request, pk):
    """Somebody tried to reach them."""
    facts = {"way": request.POST.get("way", ""), "words": request.POST.get("words", "")}
    noshow.attempt(_appointment(request, pk), **facts, with_doctor="with_doctor" in request.POST, by=request.user)
    messages.success(request, _("Written down."))
    return redirect("desk:missed")


@require_POST
@only_for(*ROLES)
def did_not_come(request, pk):
    """They did not come, and could not be reached."""
    noshow.did_not_come(_appointment(request, pk), by=request.user)
    messages.success(request, _("Written down: did not come."))
    return redirect("desk:missed")


@require_POST
@only_for(*ROLES)
def technology_failed(request, pk):
    """It was the technology, and nobody's fault."""
    noshow.technology_failed(_appointment(request, pk), by=request.user, reason=request.POST.get("reason", ""))
    messages.success(request, _("Written down: the technology failed."))
    return redirect("desk:missed")


def _appointment(request, pk):
    return get_object_or_404(Appointment.objects.filter(clinic__in=request.user.clinics), pk=pk)

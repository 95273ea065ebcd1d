"""The coordinator's board: all clinics at a glance."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.models import User
from messaging import other_ways
from video import stored
from visits import duty, load, queue
from visits.models import Acuity, Visit
from visits.states import WITH_DOCTOR

from .. import board as board_of
from .. import plan
from ..access import only_for

ROLES = (User.Role.COORDINATOR, User.Role.ADMINISTRATOR)


@require_safe
@only_for(*ROLES)
def board(request):
    """All clinics of a coordinator, for reading."""
    return render(request, "desk/board.html", _board(request.user))


@require_safe
@only_for(*ROLES)
def board_fragment(request):
    """The live part of the board."""
    return render(request, "desk/_board.html", _board(request.user))


@require_POST
@only_for(User.Role.COORDINATOR)
def call_doctor(request):
    """One click: a doctor is asked to come on duty."""
    doctor = get_object_or_404(plan.doctors_in(request.user.clinics), pk=_number(request.POST.get("doctor", "")))
    duty.call(doctor, by=request.user)
    messages.info(request, _("%(doctor)s is asked to come. The answer appears here.") % {"doctor": doctor.name})
    return redirect("desk:board")


@require_POST
@only_for(User.Role.COORDINATOR)
def offer_other_ways(request):
    """One click: whoever can wait is offered a booked time; the place is kept."""
    number = other_ways.offer(other_ways.may_be_offered(request.user), by=request.user)
    words = ngettext("%(number)d person was offered a booked time.", "%(number)d people were offered a booked time.", number)
    messages.info(request, words % {"number": number})
    return redirect("desk:board")


def _board(user):
    """Per clinic who waits, how long, who is late, who is with a doctor; the load, the doctors, what is to be done."""
    places, todo = [*queue.emergencies(user), *queue.of_staff(user)], board_of.todo(user)
    busy = list(Visit.objects.visible_to(user).filter(state__in=WITH_DOCTOR).with_people())
    audit.saw(user, "queue.read", {place.visit for place in places} | {item.visit for item in todo} | set(busy))
    doctors = board_of.doctors(user)
    rows = [_row(clinic, places, busy, doctors) for clinic in user.clinics]
    facts = {"rows": rows, "places": places, "levels": Acuity.choices, "todo": todo, "doctors": doctors}
    facts["on_duty"] = sum(doctor.is_on_duty for doctor in doctors)
    facts["can_wait"] = other_ways.may_be_offered(user).count()
    facts["may_act"] = user.role == User.Role.COORDINATOR
    return facts | {"forecast": load.forecast(user.clinics), "incomplete": stored.incomplete(user)}


def _number(text):
    if not text.isdecimal():
        raise Http404
    return int(text)


def _row(clinic, places, busy, doctors):
    here = [place for place in places if place.visit.clinic_id == clinic.pk]
    return {
        "clinic": clinic,
        "levels": [(level, name, sum(place.visit.acuity == level for place in here)) for level, name in Acuity.choices],
        "waiting": len(here),
        "on_duty": sum(doctor.is_on_duty and clinic in doctor.practitioner.clinics.all() for doctor in doctors),
        "longest": max((place.waited_minutes for place in here), default=0),
        "late": sum(place.is_late for place in here),
        "busy": [visit for visit in busy if visit.clinic_id == clinic.pk],
    }

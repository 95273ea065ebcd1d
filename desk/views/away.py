"""A doctor is late, or not there: everybody who is booked hears of it, and staff see who has answered."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from scheduling import away, lateness
from scheduling.agenda import midnight
from scheduling.models import TimeOff

from ..access import only_for
from ..hours_forms import LateForm
from ..plan import Plan, Whose
from .calendar import STAFF, shown


def _spoken_for(request) -> Whose:
    whose = Whose(request.POST or request.GET, request.user)
    if not whose.may_speak:
        raise Http404
    return whose


@require_POST
@only_for(*STAFF)
def late(request):
    """Say that the next visit begins later; everybody after is told."""
    whose, form = _spoken_for(request), LateForm(request.POST)
    if not form.is_valid():
        return shown(request, Plan(request.POST, request.user), late=form)
    told = len(lateness.after(lateness.say(whose.doctor, form.cleaned_data["minutes"], by=request.user)))
    messages.info(
        request, ngettext("Said. %(number)s person is told.", "Said. %(number)s people are told.", told) % {"number": told}
    )
    return redirect(f"{reverse('desk:calendar')}?{whose.query}")


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*STAFF)
def ill(request):
    """Not there for the rest of the day: one press offers everybody another time."""
    whose = _spoken_for(request)
    now = timezone.now()
    tomorrow = timezone.localdate(timezone=whose.clinic_clock) + timedelta(days=1)
    span = now.replace(second=0, microsecond=0), midnight(tomorrow, whose.clinic_clock)
    people = list(away.hit(whose.doctor, *span).filter(visit=None))
    if request.method == "POST":
        off = away.take_off(whose.doctor, *span, by=request.user)
        away.redistribute(off, people, by=request.user)
        return redirect("desk:away", off.pk)
    clinics = list(request.user.clinics)
    audit.saw(request.user, "calendar.read", [person for person in people if person.clinic in clinics])
    return render(request, "desk/hours/ill.html", {"whose": whose, "people": people, "clinics": clinics})


def _time_off(request, pk) -> TimeOff:
    mine = TimeOff.objects.filter(practitioner__clinics__in=request.user.clinics, outside=None).distinct()
    return get_object_or_404(mine.select_related("practitioner"), pk=pk)


@require_safe
@only_for(*STAFF)
def page(request, pk):
    """Who was offered what, and what they said; who is still booked in this time."""
    off = _time_off(request, pk)
    offered = off.proposals.filter(change__appointment__clinic__in=request.user.clinics)
    people = ("change__appointment__patient", "change__appointment__practitioner", "practitioner")
    live = set(off.proposals.live().values_list("pk", flat=True))
    rows = [(proposal, proposal.pk in live) for proposal in offered.select_related(*people)]
    kept = away.hit(off.practitioner, off.start, off.end).filter(visit=None, clinic__in=request.user.clinics)
    audit.saw(request.user, "calendar.read", [*(proposal.appointment for proposal, _live in rows), *kept])
    facts = {"off": off, "rows": rows, "kept": kept, "is_over": off.end <= timezone.now()}
    return render(request, "desk/hours/away.html", facts | {"may_speak": _may_speak(request, off)})


@require_POST
@only_for(*STAFF)
def offer(request, pk):
    """Offer another time to those who were left as they were, too."""
    off = _said_by(request, pk)
    away.redistribute(off, away.hit(off.practitioner, off.start, off.end).filter(visit=None), by=request.user)
    return redirect("desk:away", pk)


@require_POST
@only_for(*STAFF)
def give_back(request, pk):
    """There after all."""
    off = _said_by(request, pk)
    away.give_back(off, by=request.user)
    messages.info(request, _("The time is open again. Whoever had not answered keeps the booked time and is told so."))
    return redirect(f"{reverse('desk:calendar')}?doctor={off.practitioner_id}&clinic={_clinic(request, off).pk}")


def _said_by(request, pk) -> TimeOff:
    off = _time_off(request, pk)
    if not _may_speak(request, off):
        raise Http404
    return off


def _may_speak(request, off) -> bool:
    return Whose({"clinic": str(_clinic(request, off).pk), "doctor": str(off.practitioner_id)}, request.user).may_speak


def _clinic(request, off):
    return off.practitioner.clinics.filter(pk__in=request.user.clinics).first()

"""Doctors among themselves: hand a patient over, ask for a second opinion, answer one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Practitioner
from video import opinions
from video.models import SecondOpinion
from visits import handing_over
from visits.models import Visit


@require_POST
@login_required
def give(request, pk):
    """Hand the patient over: to a colleague by name, or to a specialty."""
    visit, reason = _treatable(request, pk), request.POST.get("reason", "")
    if specialty := request.POST.get("specialty"):
        visit = handing_over.send_to_specialty(visit, specialty, by=request.user, reason=reason)
    else:
        visit = handing_over.hand_over(visit, to=_colleague(request), by=request.user, reason=reason)
    messages.info(request, _("%(doctor)s has the patient now.") % {"doctor": visit.practitioner.name})
    return redirect("desk:queue")


@require_POST
@login_required
def ask_opinion(request, pk):
    """Ask a colleague into the visit."""
    visit = _treatable(request, pk)
    opinions.ask(visit, colleague=_colleague(request), question=request.POST.get("question", ""), by=request.user)
    if request.headers.get("HX-Request"):
        return render(request, "desk/_together.html", {"visit": visit, **panel(visit, request.user)})
    return redirect("desk:visit", pk=pk)


@require_POST
@login_required
def answer_opinion(request, pk):
    """Say what one thinks."""
    opinion = get_object_or_404(SecondOpinion, pk=pk, colleague__user=request.user, visit__in=_visits(request))
    opinions.answer(opinion, text=request.POST.get("answer", ""), by=request.user)
    return redirect("desk:visit", pk=opinion.visit_id)


def panel(visit, user):
    """Who can be asked, who is there to take the patient, and the specialties of those."""
    takers = handing_over.takers(visit, of=user)
    return {
        "colleagues": handing_over.colleagues(visit, of=user),
        "takers": takers,
        "specialties": handing_over.specialties(takers),
    }


def for_me(user):
    """What colleagues want of this doctor."""
    if not user.is_doctor:
        return {}
    asked = SecondOpinion.objects.of_colleague(user).select_related("visit__patient", "asked_by__practitioner")
    return {"opinions_asked": asked, "handed_over": handing_over.handed_to(user)}


def _visits(request):
    return Visit.objects.treatable_by(request.user).with_people()


def _treatable(request, pk):
    return get_object_or_404(_visits(request), pk=pk)


def _colleague(request):
    chosen = request.POST.get("colleague", "")
    return Practitioner.objects.filter(pk=chosen).first() if chosen.isdigit() else None

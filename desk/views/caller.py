"""The page for somebody who calls: a person, a kind of visit, a time, done; by keyboard alone if one likes."""

from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.models import User
from messaging.models import Channel, Message
from scheduling.booking import SlotTaken
from scheduling.models import Appointment

from .. import calling
from ..access import only_for

DESK = (User.Role.COORDINATOR, User.Role.ASSISTANT)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*DESK)
def book(request):
    """Three fields, and the next free times as buttons."""
    clinic, kind = calling.clinic_and_kind(request.POST or request.GET, request.user)
    form, sentence = calling.CallerForm(request.POST or None, clinic=clinic), ""
    try:
        if form.is_bound and form.is_valid() and "look" not in request.POST:
            choice = calling.chosen(request.POST.get("time", ""), clinic)
            appointment = calling.book(form.cleaned_data, choice, clinic=clinic, kind=kind, by=request.user)
            return redirect("desk:caller-booked", pk=appointment.pk)
    except SlotTaken as taken:  # what was typed stays, and other times are there
        sentence = taken
    page = {"form": form, "clinic": clinic, "kind": kind, "sentence": sentence, "clinics": request.user.clinics}
    page |= {"choices": calling.next_times(clinic, kind), "known": calling.known(form, clinic, by=request.user)}
    return render(request, "desk/caller.html", page, status=409 if sentence else 400 if form.errors else 200)


@require_safe
@only_for(*DESK)
def booked(request, pk):
    """What to read out to the caller, in their language, and where the link goes."""
    found = get_object_or_404(Appointment.objects.filter(clinic__in=request.user.clinics).select_related("patient"), pk=pk)
    audit.record(request.user, "appointment.read", found)
    ways = set(Message.objects.filter(change__appointment=found).values_list("channel", flat=True))
    phone = found.patient.phone if ways & {Channel.SMS, Channel.KAKAO} else ""
    page = {"appointment": found, "phone": phone, "ending": found.patient.phone[-4:], "language": found.patient.language}
    with translation.override(found.patient.language):
        page["words"] = render_to_string("desk/_read_out.html", page)
    return render(request, "desk/caller_booked.html", page)

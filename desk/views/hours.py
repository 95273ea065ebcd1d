"""When a doctor is open: weekly hours, extra openings, time off, a limit a day."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Practitioner
from scheduling import hours
from scheduling.models import Availability, DayLimit, Opening

from ..access import only_for
from ..hours_forms import ExtraForm, LimitForm, TimeOffForm, WeeklyForm
from ..plan import LEADING, Whose
from .calendar import STAFF

TITLES = {
    "weekly": gettext_lazy("Weekly hours"),
    "extra": gettext_lazy("An extra opening"),
    "off": gettext_lazy("Time off"),
    "limit": gettext_lazy("A limit a day"),
}


def editable(request) -> Whose:
    """The doctor whose hours this person may set; everybody else gets 404."""
    whose = Whose(request.POST or request.GET, request.user)
    if not whose.may_edit:
        raise Http404
    return whose


def editable_doctors(user) -> QuerySet[Practitioner]:
    """A doctor sets their own hours, a coordinator those of the clinics' doctors."""
    if user.role in LEADING:
        return Practitioner.objects.filter(clinics__in=user.clinics).distinct()
    return Practitioner.objects.filter(user=user)


@require_safe
@only_for(*STAFF)
def page(request):
    """Everything that makes a doctor's openings in one clinic."""
    whose = editable(request)
    mine = {"practitioner": whose.doctor, "clinic": whose.clinic}
    limit = DayLimit.objects.filter(**mine).first()
    facts = {
        "whose": whose,
        "weekly": Availability.objects.filter(**mine),
        "extra": Opening.objects.filter(**mine, end__gt=timezone.now()).order_by("start"),
        "off": whose.doctor.times_off.filter(outside=None, end__gt=timezone.now()).order_by("start"),
        "outside": hours.booked_outside(whose.doctor, whose.clinic),
        "form": LimitForm(initial={"most": limit.most if limit else None}),
    }
    return render(request, "desk/hours/page.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*STAFF)
def weekly(request):
    """Open every week, with break and validity."""
    whose = editable(request)
    return _filled_in(request, "weekly", whose, WeeklyForm(request.POST or None, whose=whose))


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*STAFF)
def change_weekly(request, pk):
    """Other hours instead of these."""
    row = get_object_or_404(Availability.objects.filter(practitioner__in=editable_doctors(request.user)), pk=pk)
    whose = Whose({"clinic": str(row.clinic_id), "doctor": str(row.practitioner_id)}, request.user)
    return _filled_in(request, "weekly", whose, WeeklyForm(request.POST or None, whose=whose, row=row))


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*STAFF)
def extra(request):
    """Open once more."""
    whose = editable(request)
    return _filled_in(request, "extra", whose, ExtraForm(request.POST or None, whose=whose))


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*STAFF)
def time_off(request):
    """Away; who is booked then is listed, and nothing happens before somebody has said what becomes of them."""
    whose = editable(request)
    form = TimeOffForm(request.POST or None, whose=whose)
    if form.is_bound and form.is_valid():
        return redirect("desk:away", form.save(by=request.user).pk)
    return _shown(request, "off", whose, form)


@require_POST
@only_for(*STAFF)
def limit(request):
    """No more than so many a day."""
    whose, form = editable(request), LimitForm(request.POST)
    if form.is_valid():
        hours.limit_day(whose.doctor, whose.clinic, form.cleaned_data["most"], by=request.user)
        messages.info(request, _("Saved."))
        return redirect(_back(whose))
    return _shown(request, "limit", whose, form)


@require_POST
@only_for(*STAFF)
def end_weekly(request, pk):
    """Not open then any more."""
    row = get_object_or_404(Availability.objects.filter(practitioner__in=editable_doctors(request.user)), pk=pk)
    hours.end_weekly(row, by=request.user)
    return redirect(_page_of(row))


@require_POST
@only_for(*STAFF)
def close_again(request, pk):
    """The extra opening is taken back."""
    row = get_object_or_404(Opening.objects.filter(practitioner__in=editable_doctors(request.user)), pk=pk)
    hours.close_again(row, by=request.user)
    return redirect(_page_of(row))


def _filled_in(request, what, whose, form):
    if form.is_bound and form.is_valid():
        form.save(by=request.user)
        messages.info(request, _("Saved."))
        return redirect(_back(whose))
    return _shown(request, what, whose, form)


def _shown(request, what, whose, form):
    page = {"title": TITLES[what], "whose": whose, "form": form, "back": _back(whose)}
    return render(request, "desk/hours/form.html", page, status=400 if form.is_bound else 200)


def _back(whose) -> str:
    return f"{reverse('desk:hours')}?{whose.query}"


def _page_of(row) -> str:
    return f"{reverse('desk:hours')}?clinic={row.clinic_id}&doctor={row.practitioner_id}"

"""Which kinds of visit a clinic offers, and its rooms."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from scheduling import hours
from scheduling.models import ClinicRoom, VisitType

from ..access import only_for
from ..hours_forms import KindForm, RoomForm
from ..plan import LEADING, Whose

WHO = (User.Role.DOCTOR, *LEADING)


@require_safe
@only_for(*WHO)
def page(request):
    """All kinds and rooms of one clinic."""
    return _page(request, Whose(request.GET, request.user).clinic, RoomForm())


def _page(request, clinic, form):
    page = {"clinic": clinic, "kinds": clinic.visit_types.all(), "rooms": clinic.rooms.all(), "form": form}
    return render(request, "desk/hours/kinds.html", page, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*WHO)
def new(request):
    """One kind more."""
    return _edit(request, VisitType(clinic=Whose(request.POST or request.GET, request.user).clinic))


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(*WHO)
def change(request, pk):
    """Another length, another notice; what is booked stays as it is."""
    return _edit(request, get_object_or_404(VisitType.objects.filter(clinic__in=request.user.clinics), pk=pk))


def _edit(request, kind):
    form = KindForm(request.POST or None, instance=kind)
    if form.is_bound and form.is_valid():
        hours.save_kind(form.instance, by=request.user)
        messages.info(request, _("Saved."))
        return redirect(_back(kind.clinic))
    page = {"title": kind.name or _("A new kind of visit"), "clinic": kind.clinic, "form": form, "back": _back(kind.clinic)}
    return render(request, "desk/hours/form.html", page, status=400 if form.is_bound else 200)


@require_POST
@only_for(*WHO)
def add_room(request):
    """One room more."""
    clinic, form = Whose(request.POST, request.user).clinic, RoomForm(request.POST)
    if not form.is_valid():
        return _page(request, clinic, form)
    hours.add_room(clinic, form.cleaned_data["name"], by=request.user)
    return redirect(_back(clinic))


@require_POST
@only_for(*WHO)
def remove_room(request, pk):
    """One room less; not one in which people are booked."""
    room = get_object_or_404(ClinicRoom.objects.filter(clinic__in=request.user.clinics), pk=pk)
    hours.remove_room(room, by=request.user)
    return redirect(_back(room.clinic))


def _back(clinic) -> str:
    return f"{reverse('desk:kinds')}?clinic={clinic.pk}"

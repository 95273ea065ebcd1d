"""The rescue board: live visits whose line may be bad, and what a coordinator does for them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.models import User
from video import rescue, watching
from visits import links
from visits.models import Visit

from .. import rescue as live
from ..access import only_for
from .coordinator import ROLES


@require_safe
@only_for(*ROLES)
def board(request):
    """All live visits of a coordinator's clinics."""
    return render(request, "desk/rescue.html", _live(request.user))


@require_safe
@only_for(*ROLES)
def fragment(request):
    """The live part of the board."""
    return render(request, "desk/_rescue.html", _live(request.user))


def _live(user):
    rows = live.rows(user)
    audit.saw(user, "rescue.read", [row.visit for row in rows])
    return {"rows": rows, "media_is_up": watching.media_is_up(), "may_act": user.role == User.Role.COORDINATOR}


def _hosted(request, pk):
    return get_object_or_404(Visit.objects.hosted_by(request.user).with_people(), pk=pk)


@require_safe
@only_for(User.Role.COORDINATOR)
def reach(request, pk):
    """The link as a text message and as a picture, and the number: how to get hold of the patient."""
    visit = _hosted(request, pk)
    audit.record(request.user, "visit.read", visit)
    link = request.build_absolute_uri(links.make(visit))
    with translation.override(visit.language):
        text = _("%(clinic)s: please open your video visit again: %(link)s") % {"clinic": visit.clinic.name, "link": link}
    return render(request, "desk/reach.html", {"visit": visit, "link": link, "text": text})


@require_POST
@only_for(User.Role.COORDINATOR)
def send_link(request, pk):
    """The patient gets the link once more."""
    rescue.resend_link(_hosted(request, pk), by=request.user)
    return redirect("desk:reach", pk)


@require_POST
@only_for(User.Role.COORDINATOR)
def call(request, pk):
    """The patient is called by phone."""
    rescue.call_by_phone(_hosted(request, pk), by=request.user)
    return redirect("desk:reach", pk)


@require_POST
@only_for(User.Role.COORDINATOR)
def sound(request, pk):
    """Everybody in the room goes on with sound alone, or gets the pictures back."""
    wanted = request.POST.get("pictures") == "yes"
    deed = rescue.let_pictures_come if wanted else rescue.leave_out_pictures
    deed(_hosted(request, pk), by=request.user)
    messages.info(request, _("Pictures may come again.") if wanted else _("Both go on with sound alone."))
    return redirect("desk:rescue")


@require_POST
@only_for(User.Role.COORDINATOR)
def park(request, pk):
    """The visit is paused, and the place kept."""
    rescue.park(_hosted(request, pk), by=request.user, reason=request.POST.get("reason", "").strip())
    messages.info(request, _("The visit is parked. The patient keeps the place."))
    return redirect("desk:rescue")


@require_POST
@only_for(User.Role.COORDINATOR)
def take_back(request, pk):
    """The visit goes on."""
    rescue.take_back(_hosted(request, pk), by=request.user)
    messages.info(request, _("The visit goes on."))
    return redirect("desk:rescue")

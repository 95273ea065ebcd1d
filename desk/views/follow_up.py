"""Plan a follow-up from the visit."""

import uuid

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from scheduling.forms import chosen_slot
from visits.models import Visit

from .. import following


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def follow_up(request, pk):
    """Choose a distance, then a time; the page of the visit shows what was planned."""
    visit = get_object_or_404(Visit.objects.treatable_by(request.user).with_people(), pk=pk)
    wish = following.Wish.of(request.POST or request.GET, visit)
    if request.method == "POST":
        start, _sep, end = request.POST.get("slot", "").partition(" ")
        slot, key = chosen_slot({"start": start, "end": end}), _key(request)
        following.plan(visit, slot, wish, request_key=key, by=request.user)
        if not request.headers.get("HX-Request"):
            return redirect(reverse("desk:visit", args=[pk]) + "#follow-up")
    part = "desk/_follow_up.html" if request.headers.get("HX-Request") else "desk/follow_up.html"
    slots = following.slots_near(visit, request.user.practitioner, wish.days)
    return render(request, part, {"visit": visit, "slots": slots, "is_open": True, **panel(visit, wish)})


def panel(visit, wish=None):
    """The planned visits, and the choices for one more; the free times are looked up when somebody asks."""
    wish = wish or following.Wish.of({}, visit)
    return {
        "follow_up": wish,
        "distances": [(days, following.in_words(days)) for days in following.days_for(visit)],
        "how_often": following.TIMES,
        "planned": following.planned(visit),
        "request_key": uuid.uuid4(),
    }


def _key(request):
    try:
        return uuid.UUID(request.POST.get("request_key", ""))
    except ValueError:
        return uuid.uuid4()

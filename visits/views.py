"""Doors into a visit."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from . import errands, flow, links
from .access import actor, visit_of_person
from .models import Visit


@require_safe
def link(request, token):
    """Open a visit by its link: a staff session ends first, so that a lent tablet shows one visit only."""
    visit = links.open_link(token)
    if request.user.is_authenticated and not Visit.objects.of_patient(request.user).filter(pk=visit.pk).exists():
        request.session.flush()
    request.session[links.SESSION_KEY] = [str(visit.pk), visit.link_nonce]
    response = redirect("visit", pk=visit.pk)
    response.set_cookie("django_language", visit.language, samesite="Lax")
    return response


@require_POST
def leave(request, pk):
    """The patient decides to go."""
    flow.leave(visit_of_person(request, pk), by=actor(request), reason="patient left")
    return redirect("visit", pk=pk)


@require_POST
def ask_for_person(request, pk):
    """The patient's right: a person looks at the place, the level, the wait."""
    errands.ask_for_person(visit_of_person(request, pk), by=actor(request), words=request.POST.get("words", ""))
    return redirect("visit", pk=pk)


@require_safe
def qr(request, pk):
    """The visit's link as a picture, for the staff who hand it over."""
    import segno

    visit = get_object_or_404(Visit.objects.hosted_by(request.user).open(), pk=pk)
    code = segno.make(request.build_absolute_uri(links.make(visit)), error="m")
    response = HttpResponse(content_type="image/svg+xml")
    code.save(response, kind="svg", scale=6, border=2)
    return response

"""A guest's own pages: the invitation, the waiting room, the seat. They see the conversation, and nothing of the record."""

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from visits.states import WITH_DOCTOR

from .. import admission, rooms
from ..access import guest_here
from ..models import Invitation
from .room import give_pass, show


@require_http_methods(["GET", "HEAD", "POST"])
def invited(request, token):
    """Open an invitation: say who you are, and ask to come in."""
    invitation = admission.open_link(token)
    if request.method != "POST":
        return render(request, "video/invited.html", {"invitation": invitation})
    mine = request.session.get(admission.SESSION_KEY, {})
    key = str(invitation.pk)
    holder = admission.ask_in(invitation, name=request.POST.get("name", ""), holder=mine.get(key, ""))
    request.session[admission.SESSION_KEY] = {**mine, key: holder}
    return redirect("video:guest", pk=invitation.pk)


@require_safe
def waiting(request, pk):
    """Where a guest waits until somebody opens the door."""
    return render(request, "video/guest.html", {"invitation": guest_here(request, pk)})


@require_safe
def waiting_fragment(request, pk):
    """The live part of it."""
    return render(request, "video/_guest.html", {"invitation": guest_here(request, pk)})


@require_POST
def ask_again(request, pk):
    """Who was told "not now" may ask again."""
    invitation = guest_here(request, pk)
    admission.ask_in(invitation, name=invitation.name, holder=invitation.holder)
    return redirect("video:guest", pk=pk)


@require_safe
def room(request, pk):
    """The room, once they were let in and the doctor is there; otherwise the page that says what goes on."""
    invitation = guest_here(request, pk)
    if invitation.state != Invitation.State.ADMITTED or invitation.visit.state not in WITH_DOCTOR:
        return redirect("video:guest", pk=pk)
    return show(request, rooms.Seat(invitation.visit, guest=invitation))


@never_cache
@require_safe
def seat(request, pk):
    """A fresh pass for the guest's socket."""
    return give_pass(rooms.admit_guest(guest_here(request, pk)))


@require_POST
def say(request, pk):
    """Write a line by form."""
    rooms.say(rooms.admit_guest(guest_here(request, pk)), request.POST.get("text", ""))
    return redirect("video:guest-room", pk)

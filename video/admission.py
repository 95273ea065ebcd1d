"""Guests of a visit: invited by a link, and let in by the doctor or an assistant. They need no account."""

import secrets
from datetime import timedelta
from functools import partial

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from visits.hints import push

from . import rooms
from .models import Invitation, Participant

SALT = "video.invitation"
LINK_LIVES = timedelta(hours=4)
MOST_INVITATIONS = 12  # of one visit; whoever makes more is no family
SESSION_KEY = "invitations"
State = Invitation.State


class InvitationEnded(Refused):
    """The link is broken or too old, its visit is over, or another device has it now."""

    status = 410


def guest_group(invitation_id) -> str:
    return f"guest.{invitation_id}"


@transaction.atomic
def invite(visit, *, role, name="", by) -> Invitation:
    """Somebody of this visit wants a companion or an interpreter beside them."""
    rooms.part_in(visit, by)
    if not visit.is_open:
        raise Refused(_("This visit is over, so nobody can be invited."))
    if role not in dict(Invitation.GUESTS) or len(name) > 100:
        raise Refused(_("Please choose who it is: a companion or an interpreter."))
    if visit.invitations.count() >= MOST_INVITATIONS:
        raise Refused(_("Enough people were invited to this visit. Use one of the links that were made."))
    invitation = Invitation.objects.create(visit=visit, role=role, name=name.strip(), invited_by=by)
    audit.record(by, "room.invite", invitation, why=role)
    return invitation


def link(invitation) -> str:
    """The address of this invitation, without the site's name."""
    return reverse("video:invited", args=[signing.dumps(str(invitation.pk), salt=SALT)])


def open_link(token) -> Invitation:
    """The invitation behind a link, while its visit goes on."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=LINK_LIVES)
    except signing.BadSignature:
        raise _ended() from None
    found = Invitation.objects.select_related("visit__clinic", "visit__patient").filter(pk=pk).first()
    if found is None or not found.visit.is_open:
        raise _ended()
    return found


def of_session(session, pk) -> Invitation | None:
    """The invitation that this device asked with; a newer device takes it away."""
    holder = session.get(SESSION_KEY, {}).get(str(pk))
    found = Invitation.objects.select_related("visit__clinic", "visit__patient", "visit__practitioner__user")
    return found.filter(pk=pk, holder=holder).first() if holder else None


@transaction.atomic
def ask_in(invitation, *, name, holder="") -> str:
    """Somebody stands at the door and says their name; the answer is the key of their device."""
    name, invitation = name.strip(), _locked(invitation)
    if not invitation.visit.is_open:
        raise _ended()
    if not name or len(name) > 100:
        raise Refused(_("Please write your name, so that the doctor knows who wants to come in."))
    if invitation.state == State.ADMITTED and invitation.holder == holder:
        return holder
    _show_out(invitation)
    invitation.holder = holder or secrets.token_urlsafe(16)
    invitation.name, invitation.state, invitation.asked_at = name, State.ASKING, timezone.now()
    invitation.save()
    audit.record(None, "room.ask", invitation)
    _tell(invitation)
    return invitation.holder


@transaction.atomic
def admit_in(invitation, *, by) -> Invitation:
    """Let somebody in who stands at the door."""
    return _answer(invitation, State.ADMITTED, by=by, may_be=[State.ASKING])


@transaction.atomic
def turn_away(invitation, *, by) -> Invitation:
    """Not now; who is inside already has to go out. They may ask again."""
    invitation = _answer(invitation, State.TURNED_AWAY, by=by, may_be=[State.ASKING, State.ADMITTED])
    _show_out(invitation)
    return invitation


def _answer(invitation, state, *, by, may_be):
    invitation = _locked(invitation)
    if invitation.state not in may_be or not invitation.visit.is_open:
        raise Refused(_("%(name)s does not ask to come in any more.") % {"name": invitation.name})
    invitation.state, invitation.answered_by, invitation.answered_at = state, by, timezone.now()
    invitation.save()
    audit.record(by, f"room.{state}", invitation)
    _tell(invitation)
    return invitation


def _locked(invitation):
    return Invitation.objects.select_for_update(of=["self"]).select_related("visit").get(pk=invitation.pk)


def _show_out(invitation):
    for seat in Participant.objects.select_related("room").filter(invitation=invitation, joined_at__isnull=False, left_at=None):
        rooms.tell(seat.room, "room.out", person=str(seat.pk))


def _tell(invitation):
    """Whoever opens the door looks again, and so does who stands before it."""
    hint = {"type": "visit.changed", "visit": str(invitation.visit_id)}
    transaction.on_commit(partial(push, rooms.room_group(invitation.visit_id), {"type": "room.asking"}))
    transaction.on_commit(partial(push, guest_group(invitation.pk), hint))


def _ended():
    return InvitationEnded(_("This invitation no longer works. Please ask for a new one."))

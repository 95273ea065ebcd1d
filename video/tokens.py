"""The pass to a room: signed, bound to one seat of one visit, fresh for a minute, and good for one socket."""

import secrets

from django.core import signing
from django.core.cache import cache

from accounts.models import Grant, Scope
from visits.states import WITH_DOCTOR

from .models import Participant, Role

TOKEN_SECONDS = 60
SALT = "video.seat"


def token_for(participant) -> str:
    """A pass for one seat; whoever asks for it was checked a moment ago."""
    return signing.dumps([secrets.token_urlsafe(12), _facts(participant)], salt=SALT)


def spend(token, visit_id) -> Participant | None:
    """The seat that a pass opens, once: whoever shows the same pass again finds the door closed."""
    once, found = _read(token, visit_id)
    return found if found and cache.add(f"pass.{once}", True, 2 * TOKEN_SECONDS) else None


def holder_of(token, visit_id) -> Participant | None:
    """Whose pass it is, if it is fresh, the seat unchanged and the room open."""
    return _read(token, visit_id)[1]


def _read(token, visit_id):
    try:
        once, facts = signing.loads(token, salt=SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        return "", None
    seats = Participant.objects.select_related("room__visit__patient", "user", "invitation")
    found = seats.filter(pk=facts["seat"], room__visit_id=visit_id, room__visit__state__in=WITH_DOCTOR).first()
    return once, found if found and _facts(found) == facts else None


def _facts(participant):
    visit, user, guest = participant.room.visit_id, participant.user_id, participant.invitation
    door = f"{guest.state} {guest.holder}" if guest else None  # who was turned away, or has a newer device, stays outside
    if participant.role == Role.COMPANION and user:  # and so does who lost the right to act for the patient
        grant = Grant.objects.live(Scope.JOIN).filter(user=user, patient=participant.room.visit.patient_id).first()
        door = grant and str(grant.pk)
    return {"seat": str(participant.pk), "visit": str(visit), "user": user, "role": str(participant.role), "door": door}

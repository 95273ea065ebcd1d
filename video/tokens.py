"""The pass to a room: signed, bound to one seat of one visit, fresh for a minute."""

from django.core import signing

from visits.states import WITH_DOCTOR

from .models import Participant

TOKEN_SECONDS = 60
SALT = "video.seat"


def token_for(participant) -> str:
    """A pass for one seat; whoever asks for it was checked a moment ago."""
    return signing.dumps(_facts(participant), salt=SALT)


def holder_of(token, visit_id) -> Participant | None:
    """The seat that a pass opens, if the pass is fresh, the seat unchanged and the room open."""
    try:
        facts = signing.loads(token, salt=SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        return None
    seats = Participant.objects.select_related("room__visit__patient", "user")
    found = seats.filter(pk=facts["seat"], room__visit_id=visit_id, room__visit__state__in=WITH_DOCTOR).first()
    return found if found and _facts(found) == facts else None


def _facts(participant):
    visit, user = participant.room.visit_id, participant.user_id
    return {"seat": str(participant.pk), "visit": str(visit), "user": user, "role": str(participant.role)}

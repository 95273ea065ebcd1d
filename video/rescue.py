"""What a coordinator does for a visit whose line is bad. Nothing here ends a visit, and the patient keeps the place."""

from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from visits import flow
from visits.hints import push
from visits.models import Visit
from visits.states import WITH_DOCTOR, State

from . import rooms
from .models import Room
from .watching import rescue_group


class NotLive(Refused):
    """The visit is not with the doctor now, so there is no line to mend."""


class NoPhone(Refused):
    """There is no number to call."""


def resend_link(visit, *, by) -> None:
    """Somebody sends the visit's link once more; the link itself stays the same, so that both open it."""
    _live(visit)
    audit.record(by, "visit.link-sent", visit)


def call_by_phone(visit, *, by) -> str:
    """The number to call, for staff alone; that it was taken is written down."""
    _live(visit)
    if not visit.patient.phone:
        raise NoPhone(
            _("No phone number is written down for this patient. Call the clinic: %(phone)s.")
            % {"phone": visit.clinic.phone or "—"}
        )
    audit.record(by, "visit.phone", visit)
    return visit.patient.phone


@transaction.atomic
def leave_out_pictures(visit, *, by) -> Room:
    """Everybody goes on with sound alone, also who comes later, until the pictures may come again."""
    return _pictures(visit, False, by=by)


@transaction.atomic
def let_pictures_come(visit, *, by) -> Room:
    """The link is better: pictures may come again."""
    return _pictures(visit, True, by=by)


def park(visit, *, by, reason) -> Visit:
    """Pause the visit while the line is mended; the place with the doctor is kept."""
    return flow.hold(visit, by=by, reason=reason or _("the line is bad; the place is kept"))


def take_back(visit, *, by) -> Visit:
    """The line is good again: go on with the doctor."""
    if visit.state != State.ON_HOLD:
        raise NotLive(_("This visit is not parked. Please reload the page."))
    return flow.resume(visit, by=by)


def _pictures(visit, wanted, *, by):
    room = Room.objects.select_for_update().get(pk=rooms.open_for(_live(visit)).pk)
    room.sound_only = not wanted
    room.save(update_fields=["sound_only"])
    audit.record(by, "room.pictures" if wanted else "room.soundonly", room)
    transaction.on_commit(partial(push, rooms.room_group(visit.pk), {"type": "room.pictures", "wanted": wanted}))
    transaction.on_commit(partial(push, rescue_group(visit.clinic_id), {"type": "visit.changed", "visit": str(visit.pk)}))
    return room


def _live(visit):
    if visit.state not in WITH_DOCTOR:
        raise NotLive(_("This visit is not with the doctor any more, so there is no line to mend. Please reload the page."))
    return visit

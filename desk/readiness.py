"""Ready before the call: device, identity, consent and how old the measurements are, at a glance."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import consents
from accounts.models import User
from video.models import DeviceCheck
from visits.models import Change
from visits.states import State

OLD_MINUTES = 60  # an older measurement says little about now


class Sign(NamedTuple):
    """One thing to know before the call, and whether it is as it should be."""

    is_good: bool
    label: str
    words: str


def of(visit, measured) -> list[Sign]:
    """The four signs of a visit; `measured` are its newest values."""
    return [_device(visit), _identity(visit), _consent(visit), _vitals(measured)]


def age(at: datetime, now: datetime | None = None) -> str:
    """How long ago, in words a person would say."""
    minutes = int(((now or timezone.now()) - at).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)s hour ago", "%(n)s hours ago", hours) % {"n": hours}
    return ngettext("%(n)s day ago", "%(n)s days ago", hours // 24) % {"n": hours // 24}


def _device(visit):
    check = DeviceCheck.objects.filter(visit=visit).first()
    if check is None:
        return Sign(False, _("Device"), _("not tried yet"))
    if check.picture and check.sound:
        words = _("picture and sound work")
    else:
        words = _("only the sound works") if check.sound else _("does not work")
    return Sign(check.sound, _("Device"), f"{words}, {age(check.at)}")


def _identity(visit):
    came = visit.changes.filter(what=Change.What.STATE, new=State.ARRIVED).select_related("by__practitioner").first()
    by = came.by if came else None
    if by is None:
        return Sign(False, _("Identity"), _("came by a link: ask for name and date of birth"))
    if by.pk == visit.patient.user_id:
        return Sign(True, _("Identity"), _("signed in"))
    if by.role == User.Role.PATIENT:
        return Sign(False, _("Identity"), _("%(name)s acts for the patient") % {"name": by})
    return Sign(True, _("Identity"), _("brought in by %(name)s") % {"name": getattr(by, "practitioner", by)})


def _consent(visit):
    agreed = {(given.scope, given.version) for given in visit.consents.all() if given.agreed}
    lacking = [item for item in consents.WORDINGS if item.required and (item.scope, item.version) not in agreed]
    return Sign(not lacking, _("Consent"), _("missing") if lacking else _("given"))


def _vitals(measured):
    if not measured:
        return Sign(False, _("Vitals"), _("nothing was measured"))
    newest = max(vital.taken_at for _measure, vital in measured)
    return Sign(timezone.now() - newest < timedelta(minutes=OLD_MINUTES), _("Vitals"), age(newest))

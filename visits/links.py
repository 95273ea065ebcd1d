"""The visit's link: one signed address that opens one visit on any device, and nothing else.

A booked visit has its link from the booking on: it leads to the door of the appointment, and to the visit once there is one.
"""

import base64
import binascii
import uuid
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from scheduling.models import Appointment

from .models import Visit
from .states import OPEN

SALT = "visits.link"
BOOKED_SALT = "visits.link.booked"
READ_AFTER = timedelta(hours=24)  # the summary stays readable for a day
SESSION_KEY = "visit_link"
BOOKED_KEY = "appointment_link"


class LinkEnded(Refused):
    """The link is broken, too old, or its visit is over."""

    status = 410
    onward = "messaging:again"


_booked = signing.Signer(sep=".", salt=BOOKED_SALT)  # messengers end a link at some signs, never at a dot within


def make(visit) -> str:
    """The address of this visit, without the site's name."""
    return reverse("visits:link", args=[signing.dumps([str(visit.pk), visit.link_nonce], salt=SALT)])


def make_booked(appointment) -> str:
    """The address of a booked visit: short, for a text message, and the same at every call."""
    pk = base64.urlsafe_b64encode(appointment.pk.bytes).rstrip(b"=").decode()
    return reverse("visits:link", args=[_booked.sign(pk)])


def for_reader(user, subject) -> str:
    """The address for somebody: the patient's own link; who acts for them signs in, so that the door closes with the right."""
    is_ahead = isinstance(subject, Appointment)
    if user is None or user.pk == subject.patient.user_id:
        return make_booked(subject) if is_ahead else make(subject)
    return reverse("visits:ahead" if is_ahead else "visit", args=[subject.pk])


def booked(token) -> Appointment | None:
    """The appointment behind a link; None if it is no link of an appointment."""
    try:
        pk = uuid.UUID(bytes=base64.urlsafe_b64decode(_booked.unsign(token) + "=="))
    except (signing.BadSignature, binascii.Error, ValueError):
        return None
    appointment = live_booked(pk)
    if appointment is None:
        raise _ended()
    audit.record(None, "appointment.link", appointment)
    return appointment


def live_booked(pk) -> Appointment | None:
    """The appointment, while its link still opens it: until a day after its end."""
    fresh = Appointment.objects.filter(end__gt=timezone.now() - READ_AFTER)
    return fresh.select_related("patient", "practitioner", "clinic", "visit").filter(pk=pk).first()


def of_appointment(appointment) -> Visit | None:
    """The visit that an appointment has become; None before it has begun."""
    begun = Visit.objects.filter(appointment=appointment).first()
    if begun and live(begun.pk, begun.link_nonce) is None:
        raise _ended()
    return begun


def remember(session, visit) -> None:
    """From now on this browser stands at the patient's side of this visit."""
    session[SESSION_KEY] = [str(visit.pk), visit.link_nonce]


def open_link(token) -> Visit:
    """The visit behind a link."""
    try:
        pk, nonce = signing.loads(token, salt=SALT, max_age=timedelta(hours=settings.VISIT_LINK_HOURS))
    except signing.BadSignature:
        raise _ended() from None
    visit = live(pk, nonce)
    if visit is None:
        raise _ended()
    audit.record(None, "visit.link", visit)
    return visit


def live(pk, nonce) -> Visit | None:
    """The visit, while its link still opens it: until a day after its end, and not after a new link was made."""
    fresh = Q(state__in=OPEN) | Q(ended_at__gt=timezone.now() - READ_AFTER)
    return Visit.objects.filter(fresh, pk=pk, link_nonce=nonce).first()


def _ended():
    return LinkEnded(_("This link no longer works. Please ask the clinic for a new one, or sign in."))

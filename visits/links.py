"""The visit's link: one signed address that opens one visit on any device, and nothing else."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused

from .models import Visit
from .states import OPEN

SALT = "visits.link"
READ_AFTER = timedelta(hours=24)  # the summary stays readable for a day
SESSION_KEY = "visit_link"


class LinkEnded(Refused):
    """The link is broken, too old, or its visit is over."""

    status = 410


def make(visit) -> str:
    """The address of this visit, without the site's name."""
    return reverse("visits:link", args=[signing.dumps([str(visit.pk), visit.link_nonce], salt=SALT)])


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

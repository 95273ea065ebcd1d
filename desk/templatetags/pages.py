"""The pages each role works with, in the order in which a day needs them."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User

register = template.Library()

WORDS = {
    "desk:home": _("My page"),
    "scheduling:openings": _("Book a time"),
    "desk:queue": _("Queue"),
    "desk:frontdesk": _("Front desk"),
    "desk:board": _("All clinics"),
    "desk:rescue": _("Live visits"),
    "desk:caller": _("Somebody calls"),
    "desk:missed": _("Not here"),
    "desk:calendar": _("Calendar"),
    "oversight:ledger": _("Differences"),
    "oversight:fairness": _("Fair waits"),
    "mfa_index": _("Security"),
}
OVERSIGHT = ("oversight:ledger", "oversight:fairness")
OF_ROLE = {
    User.Role.PATIENT: ("desk:home", "scheduling:openings"),
    User.Role.DOCTOR: ("desk:queue", "desk:missed", "desk:calendar", *OVERSIGHT),
    User.Role.ASSISTANT: ("desk:frontdesk", "desk:caller", "desk:missed", "desk:calendar"),
    User.Role.COORDINATOR: ("desk:board", "desk:rescue", "desk:caller", "desk:missed", "desk:calendar", *OVERSIGHT),
    User.Role.ADMINISTRATOR: ("desk:board", "desk:rescue", "desk:calendar", *OVERSIGHT),
    User.Role.REVIEWER: OVERSIGHT,
}
FIT = 3  # pages beside each other on a phone of 360 px; of more, all but the first two fold away there


@register.inclusion_tag("_nav.html", takes_context=True)
def pages(context):
    """The pages of whoever is signed in, and which of them is open."""
    request, user = context.get("request"), context.get("user")
    if not request or not user.is_authenticated:
        return {}
    named = [(name, reverse(name)) for name in (*OF_ROLE[user.role], "mfa_index")]
    found = [{"words": WORDS[name], "url": url, "is_here": request.path == url} for name, url in named]
    shown = len(found) if len(found) <= FIT else FIT - 1
    here = next((page["words"] for page in found[shown:] if page["is_here"]), "")
    return {"first": found[:shown], "more": found[shown:], "here": here}

"""Somebody acts for a child or an elder: the right is offered by a link, taken by whoever it was meant for, and ended.

The link is handed over by the patient or by staff, so no address has to be believed and nobody learns who has an account.
"""

from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit
from .errors import NotAllowed, Refused
from .models import Grant, Patient, Scope
from .signals import grant_ended

SALT = "accounts.grant"
LINK_LIVES = timedelta(hours=48)
MOST_OPEN = 10  # of one patient; whoever makes more is no family


class OfferEnded(Refused):
    """The link is broken, too old, or somebody has taken what it offered."""

    status = 410


@transaction.atomic
def offer(patient, *, scopes, by, relationship="other", days=None, why="") -> Grant:
    """Let somebody act for a patient: the patient decides, or staff for them, who say why."""
    _may_govern(patient, by, why)
    if not scopes:
        raise Refused(_("Please choose what they may do."))
    if patient.grants.open().count() >= MOST_OPEN:
        raise Refused(_("Enough people may act already. Please end a right that is not needed any more."))
    until = timezone.now() + timedelta(days=days) if days else None
    allowed = {f"may_{scope}": scope in scopes for scope in Scope}
    grant = Grant.objects.create(patient=patient, relationship=relationship, expires_at=until, given_by=by, **allowed)
    audit.record(by, "grant.give", grant, why=why or ", ".join(sorted(scopes)))
    return grant


def link(grant) -> str:
    """The address by which it is taken, without the site's name."""
    return reverse("people:take", args=[signing.dumps([grant.pk, grant.nonce], salt=SALT)])


def open_link(token, *, by) -> Grant:
    """What a link offers, while nobody else has taken it."""
    try:
        pk, nonce = signing.loads(token, salt=SALT, max_age=LINK_LIVES)
    except signing.BadSignature:
        raise _ended() from None
    offered = Grant.objects.open().filter(Q(user=None) | Q(user=by)).select_related("patient")
    grant = offered.filter(pk=pk, nonce=nonce).first()
    if grant is None:
        raise _ended()
    return grant


@transaction.atomic
def take(grant, *, by) -> Grant:
    """The person it was meant for takes it; what they could do before is replaced."""
    grant = Grant.objects.open().select_for_update().filter(pk=grant.pk).first()
    if grant and grant.user_id == by.pk:
        return grant  # a second click
    if grant is None or grant.user_id:
        raise _ended()
    if by.is_staff_member:
        raise NotAllowed(_("You are signed in as staff. Please open this link with your private account."))
    if grant.patient.user_id == by.pk:
        raise Refused(_("This is your own record. Give the link to the person who shall act for you."))
    for earlier in Grant.objects.filter(user=by, patient=grant.patient, revoked_at=None):
        _revoke(earlier)
    grant.user = by
    grant.save(update_fields=["user"])
    audit.record(by, "grant.take", grant)
    return grant


@transaction.atomic
def end(grant, *, by, why="") -> None:
    """The right ends now: with the next request, and in open pages and rooms at once."""
    grant = Grant.objects.select_for_update(of=["self"]).select_related("patient").get(pk=grant.pk)
    if grant.user_id != by.pk:
        _may_govern(grant.patient, by, why)
    if grant.revoked_at:
        return
    _revoke(grant)
    audit.record(by, "grant.end", grant, why=why)


def run_out() -> None:
    """Rights whose day has come end like those that somebody ends: in open pages and rooms too. Safe to run twice."""
    for pk in Grant.objects.filter(revoked_at=None, expires_at__lte=timezone.now()).values_list("pk", flat=True):
        with transaction.atomic():
            living = Grant.objects.select_for_update(of=["self"]).select_related("patient").filter(revoked_at=None)
            if grant := living.filter(pk=pk).first():
                _revoke(grant)
                audit.record(None, "grant.run-out", grant)


def may(user, patient, to) -> bool:
    """Whether somebody at the patient's side may do this; who holds the patient's link (no account) may what the patient may."""
    return not user.is_authenticated or Patient.objects.acted_for_by(user, to).filter(pk=patient.pk).exists()


def check(user, patient, to) -> None:
    """Refuse whoever may act for this person, but not in this."""
    if not may(user, patient, to):
        raise NotAllowed(
            _("You may act for %(name)s, but not in this: “%(scope)s” was not given to you.")
            % {"name": patient.name, "scope": Scope(to).label}
        )


def governed_by(user):
    """Whose rights this person decides on: their own, and for staff those of their patients."""
    return Patient.objects.filter(clinic__in=user.clinics) if user.is_staff_member else Patient.objects.filter(user=user)


def _may_govern(patient, by, why):
    if not governed_by(by).filter(pk=patient.pk).exists():
        raise NotAllowed(_("Only the patient, or staff of the clinic, decide who may act for them."))
    if by.is_staff_member and not why.strip():
        raise Refused(_("Please write why you do this for the patient: they can read it."))


def _revoke(grant):
    grant.revoked_at = timezone.now()
    grant.save(update_fields=["revoked_at"])
    if grant.user_id:
        grant_ended.send(sender=Grant, grant=grant)


def _ended():
    return OfferEnded(_("This link no longer works. Please ask for a new one."))

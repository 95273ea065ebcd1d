"""The audit: who did or read what, when, from where, and why."""

from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from django.core.cache import caches

from .models import AuditEvent, Patient

SEEN_SECONDS = 12 * 60 * 60


class Origin(NamedTuple):
    """Where the present deed comes from."""

    via: str = AuditEvent.Via.SYSTEM
    address: str | None = None


SYSTEM = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=SYSTEM)


@contextmanager
def coming_from(via, address=None):
    """Everything recorded inside came this way."""
    token = _origin.set(Origin(via, address))
    try:
        yield
    finally:
        _origin.reset(token)


def record(by, action, subject, *, why=""):
    """Write down that somebody (None: the link's holder, or Naru itself) read or changed something."""
    event = _event(by, action, subject, why)
    event.save()
    return event


def _event(by, action, subject, why=""):
    origin = _origin.get()
    return AuditEvent(
        by=by if by is not None and by.is_authenticated else None,
        via=origin.via,
        address=origin.address,
        action=action,
        subject=subject._meta.label_lower,
        subject_id=str(subject.pk),
        patient_id=_patient_of(subject),
        why=why[:300],
    )


def opened(by, action, subject) -> None:
    """Write down that somebody opened this; the parts of the page that are drawn anew are the same look."""
    record(by, action, subject)
    caches["rows"].set(_seen(by, action, subject), True, SEEN_SECONDS)


def saw(by, action, subjects) -> None:
    """Write down that somebody saw these in a list: once for each in a working day, however often the list is drawn anew."""
    drawn = caches["rows"]
    keys = {_seen(by, action, subject): subject for subject in subjects}
    fresh = keys.keys() - drawn.get_many(keys).keys()
    AuditEvent.objects.bulk_create(_event(by, action, keys[key]) for key in fresh)
    drawn.set_many(dict.fromkeys(fresh, True), SEEN_SECONDS)


def _seen(by, action, subject):
    return f"saw.{by.pk}.{action}.{subject.pk}"


def _patient_of(subject):
    if isinstance(subject, Patient):
        return subject.pk
    owner = subject if hasattr(subject, "patient_id") else getattr(subject, "visit", None)
    return getattr(owner, "patient_id", None)

"""The audit: who did or read what, when, from where, and why."""

from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from .models import AuditEvent, Patient


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
    origin = _origin.get()
    return AuditEvent.objects.create(
        by=by if by is not None and by.is_authenticated else None,
        via=origin.via,
        address=origin.address,
        action=action,
        subject=subject._meta.label_lower,
        subject_id=str(subject.pk),
        patient_id=_patient_of(subject),
        why=why[:300],
    )


def _patient_of(subject):
    if isinstance(subject, Patient):
        return subject.pk
    owner = getattr(subject, "visit", subject)
    return getattr(owner, "patient_id", None)

"""By phone instead: the visit and its place stay as they are; staff see the number, and nobody else does."""

import re

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from visits import hints
from visits.states import State

from . import rooms
from .models import PhoneWish

NUMBER = re.compile(r"\+?\d{7,15}")


@transaction.atomic
def ask_for_call(visit, *, number, by) -> PhoneWish:
    """The patient wants to be called when it is their turn; asked again, the newest number counts."""
    rooms.part_in(visit, by)
    number = re.sub(r"[\s().-]", "", number)
    if not NUMBER.fullmatch(number):
        raise Refused(_("Please write the number with area code, such as 010-1234-5678."))
    if not visit.is_open:
        raise Refused(_("This visit is over. If you still need help, begin again or call the clinic."))
    facts = {"number": number, "asked_by": by, "asked_at": timezone.now()}
    fresh = {"taken_back_at": None, "called_by": None, "called_at": None}
    wish = PhoneWish.objects.update_or_create(visit=visit, defaults={**facts, **fresh})[0]
    return _told(wish, "phone.ask", by)


@transaction.atomic
def take_back(visit, *, by) -> None:
    """By video after all."""
    rooms.part_in(visit, by)
    for wish in PhoneWish.objects.select_for_update().filter(visit=visit, taken_back_at=None):
        wish.taken_back_at = timezone.now()
        wish.save()
        _told(wish, "phone.take-back", by)


@transaction.atomic
def called(visit, *, by) -> PhoneWish:
    """Somebody of the staff rang them up."""
    wish = PhoneWish.objects.select_for_update().filter(visit=visit, taken_back_at=None).first()
    if wish is None:
        raise Refused(_("The patient does not ask for a phone call any more."))
    wish.called_by, wish.called_at = by, timezone.now()
    wish.save()
    return _told(wish, "phone.called", by)


def wish_of(visit) -> PhoneWish | None:
    """The patient's wish, while it stands."""
    return PhoneWish.objects.filter(visit=visit, taken_back_at=None).first()


def with_wishes(visits):
    """The same visits, each with its wish as `by_phone`; one question for all."""
    wishes = {
        wish.visit_id: wish for wish in PhoneWish.objects.filter(visit__in=[visit.pk for visit in visits], taken_back_at=None)
    }
    for visit in visits:
        visit.by_phone = wishes.get(visit.pk)
    return visits


def _told(wish, deed, by):
    audit.record(by, deed, wish)
    hints.tell(wish.visit, line=wish.visit.state == State.WAITING)
    return wish

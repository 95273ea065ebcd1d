"""What a person chooses when they book."""

import uuid
from datetime import UTC, date, datetime
from itertools import groupby

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Refused
from accounts.models import Patient, Scope

from . import calendars, fetching
from .slots import Slot


class NotATime(Refused):
    """The address or form names no time that could be booked."""

    status = 400


def chosen_slot(data) -> Slot:
    """The slot that an address or a form names; a time without zone, or a past one, is refused."""
    named = data.get("slot", "").split("/")  # a button brings both in one
    start, end = map(_moment, named if len(named) == 2 else (data.get("start", ""), data.get("end", "")))
    if end <= start:
        raise _no_time()
    if start <= timezone.now():
        raise NotATime(_("This time is already over. Please choose a later one."))
    return Slot(start, end)


def picked(rows, wanted: str):
    """The row that an address names; None if it names none, 404 if it names one that is not there for this person."""
    if not wanted:
        return None
    if not wanted.isdecimal() or len(wanted) > 18:
        raise Http404
    return get_object_or_404(rows, pk=wanted)


def by_day(slots) -> dict[date, list[Slot]]:
    """Slots by the reader's calendar day."""
    return {day: list(free) for day, free in groupby(slots, key=lambda slot: timezone.localdate(slot.start))}


def chosen_day(data, days: list[date]) -> date | None:
    """The day to show: the one asked for, else the first with free times."""
    asked = data.get("day", "")
    try:
        return date.fromisoformat(asked) if asked else next(iter(days), None)
    except ValueError:
        raise _no_time() from None


def _moment(text):
    try:
        moment = datetime.fromisoformat(text)
        if timezone.is_naive(moment):
            raise _no_time()
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _no_time() from None


def _no_time():
    return NotATime(_("We could not read which time you mean. Please choose one from the list again."))


class PersonForm(forms.Form):
    """Who it is for: oneself, or somebody one acts for."""

    patient = forms.ModelChoiceField(
        Patient.objects.none(),
        label=gettext_lazy("Who is the appointment for?"),
        widget=forms.RadioSelect(attrs={"class": "naru-choices"}),
        empty_label=None,
        error_messages={"required": gettext_lazy("Please choose who the appointment is for.")},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        people = Patient.objects.acted_for_by(user, Scope.BOOK).order_by("name")
        self.fields["patient"].queryset = people
        self.only = people[0] if len(people) == 1 else None  # one person is named and not asked for


class BookingForm(PersonForm):
    """And the key by which a second click is recognised."""

    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["request_key"].initial = uuid.uuid4


class FollowForm(forms.Form):
    """The address of a calendar that a doctor keeps elsewhere."""

    address = forms.URLField(
        label=gettext_lazy("Address of the calendar (ICS)"),
        help_text=gettext_lazy("Begins with https:// and mostly ends with .ics"),
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "nhsuk-input", "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Please write the address of the calendar."),
            "invalid": gettext_lazy("This is not an address. Example: https://calendar.example/doctor.ics"),
        },
    )

    def clean_address(self):
        address = self.cleaned_data["address"].replace("webcal://", "https://", 1)
        try:
            fetching.check(address)
        except fetching.Forbidden:
            raise forms.ValidationError(calendars.Problem.FORBIDDEN.label) from None
        except OSError:
            raise forms.ValidationError(calendars.Problem.AWAY.label) from None
        return address

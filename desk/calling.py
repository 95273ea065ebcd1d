"""Somebody calls and wants a time: three fields, one button."""

import uuid
from typing import NamedTuple

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, people
from accounts.errors import Refused
from accounts.forms import PersonForm
from accounts.models import Clinic, Patient, Practitioner
from messaging.asking import normal
from scheduling import booking, openings
from scheduling.forms import chosen_slot
from scheduling.models import Appointment, VisitType
from scheduling.slots import Slot

CHOICES = 8


class Choice(NamedTuple):
    """A free time of a doctor; its value is what the button sends."""

    doctor: Practitioner
    slot: Slot

    @property
    def value(self) -> str:
        return f"{self.doctor.pk}|{self.slot.start.isoformat()}|{self.slot.end.isoformat()}"


class CallerForm(PersonForm):
    """Name, date of birth, phone; the rest has been chosen."""

    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=30,
        widget=forms.TextInput(attrs={"class": "nhsuk-input nhsuk-input--width-10", "inputmode": "tel", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Please write the phone number: the link goes there.")},
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, clinic, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = clinic.language if clinic else None
        for name in "sex", "clinic":
            del self.fields[name]
        self.fields["name"].widget.attrs["autofocus"] = True
        self.fields["request_key"].initial = uuid.uuid4

    def clean_phone(self):
        if not 8 <= len(normal(self.cleaned_data["phone"])) <= 15:
            raise forms.ValidationError(_("Please write the whole number, for example 010-1234-5678."))
        return self.cleaned_data["phone"].strip()


def clinic_and_kind(asked, user) -> tuple[Clinic | None, VisitType | None]:
    """What the page offers times for: what was chosen, else the first clinic and its shortest visit."""
    clinics = list(user.clinics)
    clinic = next((each for each in clinics if str(each.pk) == asked.get("clinic")), clinics[0] if clinics else None)
    kinds = list(clinic.visit_types.filter(is_offered=True)) if clinic else []
    return clinic, next((kind for kind in kinds if str(kind.pk) == asked.get("kind")), kinds[0] if kinds else None)


def known(form, clinic, *, by) -> Patient | None:
    """Who has been here before, by name and date of birth."""
    if not form.is_bound or not form.is_valid():
        return None
    names = {name: form.cleaned_data[name] for name in ("name", "birth_date")}
    found = Patient.objects.filter(clinic=clinic, **names).first()
    if found:
        audit.record(by, "patient.find", found)
    return found


def next_times(clinic, kind) -> list[Choice]:
    """The next free times of all doctors of a clinic, soonest first."""
    doctors = list(clinic.practitioners.doctors()) if clinic else []
    found = openings.of_doctors(doctors, clinic, kind=kind) if doctors else {}
    every = [Choice(doctor, slot) for doctor in doctors for slot in found[doctor.pk][:CHOICES]]
    return sorted(every, key=lambda choice: (choice.slot.start, choice.doctor.name))[:CHOICES]


def chosen(text, clinic) -> Choice:
    """The time that a button named."""
    try:
        doctor, start, end = text.split("|")
        found = clinic.practitioners.doctors().get(pk=int(doctor))
    except (ValueError, OverflowError, Practitioner.DoesNotExist):
        raise Refused(_("Please choose one of the times.")) from None
    return Choice(found, chosen_slot({"start": start, "end": end}))


@transaction.atomic
def book(person, choice: Choice, *, clinic, kind, by) -> Appointment:
    """Find or make the person and book: both, or neither. A number that is on file stays, since the link goes there."""
    names = ("name", "birth_date", "language")
    facts = {name: person[name] for name in names} | {"sex": Patient.Sex.UNKNOWN, "phone": person["phone"]}
    patient = people.bring_in(**facts, clinic=clinic, by=by)
    if not patient.phone:
        patient.phone = person["phone"]
        patient.save(update_fields=["phone"])
        audit.record(by, "patient.phone", patient)
    key = uuid.uuid5(person["request_key"], str(patient.pk))  # the same page may be gone back to, for the next caller
    return booking.book(
        choice.slot, practitioner=choice.doctor, clinic=clinic, patient=patient, kind=kind, request_key=key, by=by
    )

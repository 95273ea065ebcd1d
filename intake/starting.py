"""Who is it for, and in which clinic?"""

from django import forms
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import people
from accounts.forms import PersonForm
from accounts.models import Grant, Patient, Scope

from . import telling
from .birthdate import BirthDateField
from .models import Intake

NEW_OTHER = "other"


def onward(request) -> str:
    """The page of ours that only wanted to know who it is for, such as a booking; empty if a visit is to begin."""
    address = request.GET.get("next", "")
    return address if address.startswith("/") and url_has_allowed_host_and_scheme(address, {request.get_host()}) else ""


class StartForm(PersonForm):
    """Somebody known, or name, birth date and sex of somebody new."""

    who = forms.CharField(required=False)
    birth_date = BirthDateField(
        label=_("Date of birth"),
        input_formats=PersonForm.base_fields["birth_date"].input_formats,
        error_messages=PersonForm.base_fields["birth_date"].error_messages,
    )
    relationship = forms.ChoiceField(
        label=_("Who is it?"), required=False, choices=Intake.ForWhom.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.known = None
        mine = Patient.objects.filter(user_id=user.pk).first()
        self.has_self = mine is not None
        self.fields["relationship"].initial = Intake.ForWhom.SELF
        if mine:
            self.fields["relationship"].initial = Intake.ForWhom.CHILD
            self.fields["clinic"].initial = mine.clinic_id

    def full_clean(self):
        who = str(self.data.get("who", ""))
        if who.isdecimal() and len(who) < 19:
            self.known = Patient.objects.acted_for_by(self.user, Scope.JOIN).filter(pk=who).first()
        if self.known:  # a known person needs no name again
            for name in ("name", "birth_date", "sex"):
                self.fields[name].required = False
        super().full_clean()

    def clean_birth_date(self):
        return super().clean_birth_date() if self.cleaned_data.get("birth_date") else None

    def introduce(self) -> Patient:
        """Say who it is, and nothing more."""
        return self.known or self._new()

    def begin(self) -> Intake:
        """Open the visit and the story; who has an open visit goes on with that one."""
        patient = self.introduce()
        visit = patient.visits.open().select_related("clinic").first()
        return telling.begin(
            patient,
            visit.clinic if visit else self.cleaned_data["clinic"],
            by=self.user,
            language=self.cleaned_data["language"],
            for_whom=self._for_whom(patient),
        )

    def _for_whom(self, patient):
        if patient.user_id == self.user.pk:
            return Intake.ForWhom.SELF
        grant = Grant.objects.live().filter(user=self.user, patient=patient).first()
        return grant.relationship if grant and grant.relationship in Intake.ForWhom.values else Intake.ForWhom.OTHER

    def _new(self):
        facts = {name: self.cleaned_data[name] for name in ("name", "birth_date", "sex", "clinic", "language")}
        relationship = self.cleaned_data["relationship"] or Intake.ForWhom.SELF
        if relationship == Intake.ForWhom.SELF and self.data.get("who") != NEW_OTHER:
            return people.register(**facts, by=self.user)
        if relationship == Intake.ForWhom.SELF:
            relationship = Intake.ForWhom.OTHER
        return people.care_for(**facts, by=self.user, relationship=relationship)

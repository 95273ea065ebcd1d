"""Who somebody is, in few fields."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .errors import Refused
from .models import Clinic, Language, Patient, Scope
from .people import possible


class BirthDateField(forms.DateField):
    """A full date; two digits of a year are refused, since 240301 may be a baby or a centenarian."""

    def to_python(self, value):
        digits = str(value).strip() if value else ""
        if re.fullmatch(r"\d{8}", digits):
            value = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
        return super().to_python(value)


class PersonForm(forms.Form):
    """Name, date of birth, sex; the language is the page's unless it is asked."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        widget=forms.TextInput(attrs={"class": "nhsuk-input", "autocomplete": "off"}),
        error_messages={"required": _("Please write the name.")},
    )
    birth_date = BirthDateField(
        label=_("Date of birth"),
        help_text=_("For example 1950-3-9"),
        input_formats=["%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d"],
        widget=forms.DateInput(
            attrs={"class": "nhsuk-input nhsuk-input--width-10", "inputmode": "numeric", "autocomplete": "off"}
        ),
        error_messages={
            "required": _("Please write the date of birth."),
            "invalid": _("Please write the date of birth as year-month-day, for example 1950-3-9."),
        },
    )
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=[("", "—"), *Patient.Sex.choices],  # nothing chosen beforehand: a wrong sex would go unnoticed
        widget=forms.Select(attrs={"class": "nhsuk-select"}),
        error_messages={"required": _("Please choose the sex.")},
    )
    clinic = forms.ModelChoiceField(
        label=_("Clinic"), queryset=Clinic.objects.all(), empty_label=None, widget=forms.Select(attrs={"class": "nhsuk-select"})
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=Language.choices, required=False, widget=forms.Select(attrs={"class": "nhsuk-select"})
    )

    def clean_birth_date(self):
        try:
            return possible(self.cleaned_data["birth_date"])
        except Refused as refusal:
            raise ValidationError(str(refusal)) from None

    def clean_language(self):
        return self.cleaned_data["language"] or Language.of_the_page()


class GrantForm(forms.Form):
    """What somebody may do for a patient, and for how long."""

    scopes = forms.MultipleChoiceField(
        label=_("What may they do?"),
        choices=Scope.choices,
        initial=Scope.values,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "naru-choices"}),
        error_messages={"required": _("Please choose what they may do.")},
    )
    days = forms.TypedChoiceField(
        label=_("For how long?"),
        choices=[(1, _("One day")), (30, _("30 days")), (365, _("One year")), (0, _("Until it is ended"))],
        initial=365,
        coerce=int,
        widget=forms.Select(attrs={"class": "nhsuk-select"}),
    )
    why = forms.CharField(
        label=_("Why do you do this for the patient? They can read it."),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "nhsuk-input", "autocomplete": "off"}),
        error_messages={"required": _("Please write why you do this for the patient: they can read it.")},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if not user.is_staff_member:
            del self.fields["why"]

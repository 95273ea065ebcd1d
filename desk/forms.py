"""What the front desk asks for."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import PersonForm
from accounts.models import Patient

MOST_FOUND = 20


class BringInForm(PersonForm):
    """The few fields with which an assistant brings a patient in."""

    phone = forms.CharField(
        label=_("Phone (if any)"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"class": "nhsuk-input", "inputmode": "tel"}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["clinic"].queryset = user.clinics

    def person(self) -> dict:
        names = ("name", "birth_date", "sex", "clinic", "language", "phone")
        return {name: self.cleaned_data[name] for name in names}

    def is_known(self) -> bool:
        """Whether this clinic has somebody of this name and date of birth."""
        person = self.person()
        return Patient.objects.filter(**{key: person[key] for key in ("name", "birth_date", "clinic")}).exists()


class FindForm(forms.Form):
    """A part of a name, or a date of birth."""

    find = forms.CharField(
        label=_("Has been here before? Name or date of birth"),
        min_length=2,
        max_length=100,
        error_messages={"min_length": _("Please write at least two letters of the name, or the date of birth.")},
        widget=forms.TextInput(attrs={"class": "nhsuk-input", "autocomplete": "off"}),
    )

    def found_for(self, user) -> list[Patient]:
        """Patients of the clinics of this person, by name."""
        text = self.cleaned_data["find"]
        wanted = Q(name__icontains=text)
        for born in {_date(text, written) for written in SEARCHED} - {None}:
            wanted |= Q(birth_date=born)
        patients = Patient.objects.visible_to(user).filter(wanted).select_related("clinic")
        return list(patients.order_by("name")[:MOST_FOUND])


# Looking for somebody may guess: what is found shows its full date.
SEARCHED = [*PersonForm.base_fields["birth_date"].input_formats, "%Y%m%d", "%y%m%d"]


def _date(text, written):
    """The day that was meant: of two digits for a year, the century in which somebody can have been born."""
    try:
        day = forms.DateField(input_formats=[written]).clean(text)
    except forms.ValidationError:
        return None
    return day.replace(year=day.year - 100) if "%y" in written and day > timezone.localdate() else day

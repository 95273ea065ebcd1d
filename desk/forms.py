from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PersonForm


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
        self.fields["clinic"].queryset = user.clinics.distinct()

    def person(self) -> dict:
        names = ("name", "birth_date", "sex", "clinic", "language", "phone")
        return {name: self.cleaned_data[name] for name in names}

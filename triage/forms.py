from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Refused
from visits.models import Acuity


class OverrideForm(forms.Form):
    """A clinician's level and the reason for it."""

    level = forms.TypedChoiceField(choices=Acuity.choices, coerce=int, label=gettext_lazy("Level"))
    reason = forms.CharField(max_length=300, label=gettext_lazy("Reason"))

    def said(self):
        """Level and reason, or a refusal that says what is missing."""
        if not self.is_valid():
            raise Refused(_("Please choose a level and say in a few words why."))
        return self.cleaned_data["level"], self.cleaned_data["reason"]

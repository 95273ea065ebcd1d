"""What staff write when they book in the calendar."""

import uuid

from django import forms

from accounts.models import Patient

from .forms import BringInForm


class ForWhomForm(forms.Form):
    """Somebody who was found, or nobody yet; and the key by which a second click is recognised."""

    request_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    patient = forms.ModelChoiceField(Patient.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["patient"].queryset = Patient.objects.visible_to(user)


class NewPersonForm(BringInForm):
    """Name, date of birth, sex, phone; the clinic is that of the calendar."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["clinic"].widget = forms.HiddenInput()

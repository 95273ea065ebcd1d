from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, Patient, Practitioner, User

from .slots import Slot


class SlotField(forms.CharField):
    """A slot as start and end, the way the buttons carry it."""

    def clean(self, value):
        start, _slash, end = super().clean(value).partition("/")
        try:
            slot = Slot(parse_datetime(start), parse_datetime(end))
            sound = is_aware(slot.start) and is_aware(slot.end) and slot.start < slot.end
        except (AttributeError, TypeError, ValueError):
            sound = False
        if not sound:
            raise forms.ValidationError(_("This time is not understood. Please choose one from the list."))
        return slot


class BookForm(forms.Form):
    """One slot of one doctor for one person."""

    slot = SlotField()
    practitioner = forms.ModelChoiceField(Practitioner.objects.filter(user__role=User.Role.DOCTOR))
    clinic = forms.ModelChoiceField(Clinic.objects.all())
    patient = forms.ModelChoiceField(Patient.objects.none())
    request_key = forms.UUIDField()

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["patient"].queryset = Patient.objects.acted_for_by(user)

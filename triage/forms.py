from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Refused
from intake.forms import VitalsForm, tongue
from visits.models import Acuity, Reassessment

from .knowledge.questions import questions


class OverrideForm(forms.Form):
    """A clinician's level and the reason for it."""

    level = forms.TypedChoiceField(choices=Acuity.choices, coerce=int, label=gettext_lazy("Level"))
    reason = forms.CharField(max_length=300, label=gettext_lazy("Reason"))

    def said(self):
        """Level and reason, or a refusal that says what is missing."""
        if not self.is_valid():
            raise Refused(_("Please choose a level and say in a few words why."))
        return self.cleaned_data["level"], self.cleaned_data["reason"]


class ReassessmentForm(VitalsForm):
    """A few questions for somebody who waits, and what was measured since."""

    feeling = forms.ChoiceField(
        label=gettext_lazy("How is it, compared with before?"), choices=Reassessment.Feeling.choices, widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please say whether it is better, the same or worse.")},
    )  # fmt: skip
    danger = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one line. “None of these” is fine.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Anything new? (if you like)"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "class": "nhsuk-textarea"}),
    )  # fmt: skip
    pain = forms.TypedChoiceField(
        label=gettext_lazy("How strong is the pain? 0 is none, 10 the worst there is"), coerce=int, empty_value=None,
        choices=[("", "—"), *((number, number) for number in range(11))], required=False,
        widget=forms.Select(attrs={"class": "nhsuk-select"}),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        asked = questions()["danger"]
        self.fields["danger"].label = asked.text[tongue()]
        self.fields["danger"].choices = [(answer.code, answer.text[tongue()]) for answer in asked.answers]

    def asked(self):
        return [self[name] for name in ("feeling", "danger", "words", "pain")]

    def vitals(self):
        return [field for field in self if field not in self.asked()]

    def clean(self):
        told = {name: self.cleaned_data.pop(name) for name in ("feeling", "danger", "words", "pain") if name in self.cleaned_data}
        return {**super().clean(), **told}

    def answers(self) -> dict:
        told = {name: self.cleaned_data[name] for name in ("feeling", "danger", "words", "pain")}
        measured = {key: value for key, value in self.cleaned_data.items() if value and key not in told}
        return {**told, "measured": measured}

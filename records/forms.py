"""The note, the prescription and the letters while they are written."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Letter, MedicationRequest, Note, Phrase
from .signing import FIELDS


class NoteForm(forms.ModelForm):
    """Nothing is required until the note is signed; `seen` says which text the writer had before them."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Note
        fields = FIELDS
        widgets = {name: forms.Textarea(attrs={"rows": 2, "class": "nhsuk-textarea"}) for name in FIELDS}

    @classmethod
    def of(cls, note):
        """The form that shows a note."""
        return cls(instance=note, prefix="note", initial={"seen": note.updated_at.isoformat()})

    @classmethod
    def typed(cls, post) -> dict:
        """What came from a page, by field; a field that did not come is left as it is."""
        return _typed(cls(post, prefix="note"), post)


class MedicineForm(forms.ModelForm):
    """One medicine; a reason is asked for only when something speaks against it."""

    class Meta:
        model = MedicationRequest
        fields = ("medication", "dose", "unit", "timing", "days", "route", "note", "as_needed", "override_reason")
        widgets = {
            "medication": forms.TextInput(attrs={"class": "nhsuk-input", "list": "usual-medicines", "autocomplete": "off"}),
            "dose": forms.NumberInput(attrs={"class": "nhsuk-input naru-number", "step": "0.25", "min": "0.25"}),
            "days": forms.NumberInput(attrs={"class": "nhsuk-input naru-number", "min": "1", "max": "365"}),
            "unit": forms.Select(attrs={"class": "nhsuk-select"}),
            "timing": forms.Select(attrs={"class": "nhsuk-select"}),
            "route": forms.Select(attrs={"class": "nhsuk-select"}),
            "note": forms.TextInput(attrs={"class": "nhsuk-input", "autocomplete": "off"}),
            "override_reason": forms.TextInput(attrs={"class": "nhsuk-input", "autocomplete": "off"}),
        }
        error_messages = {"medication": {"required": _("Please write the name of the medicine.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix="medicine", **kwargs)


class LetterForm(forms.ModelForm):
    """A letter's fields are sent together with the note, so that one is never kept without the other."""

    class Meta:
        model = Letter
        fields = ("to", "first_day", "last_day", "text")
        widgets = {
            "to": forms.TextInput(attrs={"class": "nhsuk-input", "list": "specialties", "form": "note-form"}),
            "text": forms.Textarea(attrs={"class": "nhsuk-textarea", "rows": 6, "form": "note-form"}),
            **{
                name: forms.DateInput(format="%Y-%m-%d", attrs={"class": "nhsuk-input", "type": "date", "form": "note-form"})
                for name in ("first_day", "last_day")
            },
        }

    @classmethod
    def of(cls, letter):
        """The form that shows a letter."""
        form = cls(instance=letter, prefix=f"letter-{letter.pk}")
        for name in ("to",) if letter.is_sick_note else ("first_day", "last_day"):
            del form.fields[name]
        return form

    @classmethod
    def typed(cls, post, letter) -> dict:
        """What came from a page, by field; a field that did not come is left as it is."""
        return _typed(cls(post, prefix=f"letter-{letter.pk}"), post)


class PhraseForm(forms.ModelForm):
    """A doctor's own phrase."""

    class Meta:
        model = Phrase
        fields = ("shortcut", *Phrase.PARTS)
        help_texts = {"shortcut": _("Without the /. Typed as /cold and a space, it fills the note.")}
        widgets = {
            "shortcut": forms.TextInput(attrs={"class": "nhsuk-input nhsuk-input--width-10", "autocomplete": "off"}),
            **{name: forms.Textarea(attrs={"class": "nhsuk-textarea", "rows": 2}) for name in Phrase.PARTS},
        }
        error_messages = {
            "shortcut": {
                "required": _("Please write a shortcut."),
                "invalid": _("A shortcut is one word: letters, digits, - and _."),
            }
        }

    def clean_shortcut(self):
        shortcut = self.cleaned_data["shortcut"].casefold()
        taken = Phrase.objects.filter(owner=self.instance.owner, shortcut=shortcut).exclude(pk=self.instance.pk)
        if taken.exists():
            raise forms.ValidationError(_("You have this shortcut already."))
        return shortcut


def _typed(form, post) -> dict:
    form.is_valid()
    return {name: value for name, value in form.cleaned_data.items() if form.add_prefix(name) in post}

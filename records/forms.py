from django import forms

from .models import Note
from .signing import FIELDS


class NoteForm(forms.ModelForm):
    """The note while it is written; nothing is required until it is signed."""

    class Meta:
        model = Note
        fields = FIELDS
        widgets = {name: forms.Textarea(attrs={"rows": 3, "class": "nhsuk-textarea", "data-autosave": "yes"}) for name in FIELDS}

    @classmethod
    def of(cls, note):
        return cls(instance=note, prefix="note")

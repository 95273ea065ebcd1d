"""The note while it is written."""

from django import forms

from .models import Note
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
        form = cls(post, prefix="note")
        form.is_valid()
        return {name: text for name, text in form.cleaned_data.items() if form.add_prefix(name) in post}

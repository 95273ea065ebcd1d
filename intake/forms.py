"""One form a page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import consents
from accounts.models import Language

from . import photos
from .plausible import check
from .questions import BY_KEY, UNKNOWN
from .telling import WORDS_LIMIT
from .vitals import MEASURES


def tongue() -> str:
    """The language of this page: "ko" or "en"."""
    return Language.of_the_page()


class WordsForm(forms.Form):
    words = forms.CharField(
        label=_("What is wrong?"),
        help_text=_("Use your own words. When did it start, where is it, what makes it worse?"),
        max_length=WORDS_LIMIT,
        widget=forms.Textarea(attrs={"rows": 6, "data-keep": "yes", "class": "nhsuk-textarea"}),
        error_messages={
            "required": _("Please write what is wrong. One sentence is enough."),
            "max_length": _("This is too long. Please shorten it to 5,000 characters; the doctor will ask for more."),
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["words"].widget.attrs["maxlength"]  # a browser would cut the end off without a word


class AnswerForm(forms.Form):
    """The form of one guided question."""

    def __init__(self, *args, question, **kwargs):
        super().__init__(*args, **kwargs)
        asked = BY_KEY[question]
        words = {"label": asked.title[tongue()], "help_text": asked.hint.get(tongue(), "")}
        if asked.choices:
            choices = [(code, text[tongue()]) for code, text in asked.choices]
            self.fields["value"] = forms.ChoiceField(
                **words, choices=choices, widget=forms.RadioSelect,
                error_messages={"required": _("Please choose one answer. “I don't know” is fine too.")},
            )  # fmt: skip
        else:
            area = forms.Textarea(attrs={"rows": 3, "data-keep": "yes", "class": "nhsuk-textarea"})
            self.fields["value"] = forms.CharField(**words, required=False, max_length=500, widget=area)
            self.fields["unknown"] = forms.BooleanField(label=UNKNOWN[1][tongue()], required=False)

    def answer(self) -> str:
        """What was said; whoever writes something knows something."""
        return self.cleaned_data["value"] or ("unknown" if self.cleaned_data.get("unknown") else "")


class VitalsForm(forms.Form):
    """Whatever has been measured; nothing is required."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for measure in MEASURES:
            number = forms.TextInput(
                attrs={"inputmode": "decimal", "class": "nhsuk-input nhsuk-input--width-5", "autocomplete": "off"}
            )
            self.fields[measure.key] = forms.CharField(
                label=f"{measure.label} ({measure.unit_words})", required=False, max_length=10, widget=number
            )

    def clean(self):
        for key, text in list(self.cleaned_data.items()):
            if text:
                try:
                    self.cleaned_data[key] = check(key, text)
                except forms.ValidationError as error:
                    self.add_error(key, error)
        return self.cleaned_data

    def measured(self) -> dict:
        return {key: value for key, value in self.cleaned_data.items() if value}


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("A photo, if there is something to see"),
        help_text=_("For example a rash or a wound. You can leave this out."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "class": "nhsuk-file-upload"}),
    )

    def clean_photo(self):
        photo = self.cleaned_data["photo"]
        try:
            return photos.clean(photo) if photo else None
        except photos.BadPhoto as refusal:
            raise forms.ValidationError(str(refusal)) from None


class ConsentForm(forms.Form):
    """The texts, each with its own box; the required ones must be ticked."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for item in consents.WORDINGS:
            title = item.title[tongue()]
            self.fields[item.scope] = forms.BooleanField(
                label=title, help_text=item.text[tongue()], required=item.required,
                error_messages={"required": _("Without this we cannot hold the visit: “%(title)s”") % {"title": title}},
            )  # fmt: skip

    def agreed(self) -> set[str]:
        return {scope for scope, ticked in self.cleaned_data.items() if ticked}

"""A date of birth in three boxes, in the order in which the reader says it."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Language

PARTS = {"year": (_("Year"), 4), "month": (_("Month"), 2), "day": (_("Day"), 2)}


class DateBoxes(forms.MultiWidget):
    """Year, month, day: in Korean in this order, in English the other way round. One text "1950-3-9" is understood too."""

    def __init__(self):
        super().__init__({part: forms.TextInput(attrs=self._attributes(width)) for part, (_label, width) in PARTS.items()})

    @staticmethod
    def _attributes(width):
        return {"class": f"nhsuk-input nhsuk-input--width-{width}", "inputmode": "numeric", "autocomplete": "off"}

    def decompress(self, value):
        if isinstance(value, date):
            return [value.year, value.month, value.day]
        return [*(value or "").split("-", 2), "", "", ""][:3]

    def value_from_datadict(self, data, files, name):
        parts = [part.strip() for part in super().value_from_datadict(data, files, name) if part is not None]
        return "-".join(parts) if any(parts) else data.get(name)

    def subwidgets(self, name, value, attrs=None):
        boxes = self.get_context(name, value, attrs)["widget"]["subwidgets"]
        labelled = [{**box, "label": label} for box, (label, _width) in zip(boxes, PARTS.values(), strict=True)]
        return labelled if Language.of_the_page() == Language.KOREAN else labelled[::-1]


class BirthDateField(forms.DateField):
    """Says of a wrong date what is wrong with it."""

    widget = DateBoxes

    def to_python(self, value):
        parts = value.split("-") if isinstance(value, str) else []
        return _day(parts) if len(parts) == len(PARTS) else super().to_python(value)


def _day(parts) -> date:
    """The day that three boxes name, or what is wrong with them."""
    for part, (label, _width) in zip(parts, PARTS.values(), strict=True):
        if not part:
            raise ValidationError(_("The date of birth lacks one box: %(box)s.") % {"box": label})
        if not part.isdecimal():
            raise ValidationError(_("Please write the date of birth in numbers, for example 1950, 3, 9."))
    try:
        return date(*map(int, parts))
    except (ValueError, OverflowError):
        raise ValidationError(_("There is no such day. Please check year, month and day.")) from None

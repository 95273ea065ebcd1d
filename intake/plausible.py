"""Is this value possible in a living person, and in the unit we asked for?"""

from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .vitals import BY_KEY


def check(key: str, text) -> Decimal:
    """The value as a number, or a sentence that says what is wrong with it; a decimal comma is fine."""
    measure = BY_KEY[key]
    try:
        value = Decimal(str(text).strip().replace(",", ".")).quantize(Decimal("0.1"))
        if value.is_nan():
            raise InvalidOperation
    except InvalidOperation:
        raise ValidationError(_("%(label)s: please write a number.") % {"label": measure.label}) from None
    if measure.lowest <= value <= measure.highest:
        return value
    if key == "temp" and 90 <= value <= 110:
        raise ValidationError(_("This looks like Fahrenheit. Please give the temperature in °C."))
    words = {"label": measure.label, "low": measure.lowest, "high": measure.highest, "unit": measure.unit_words}
    raise ValidationError(_("%(label)s: this cannot be right. It must lie between %(low)s and %(high)s %(unit)s.") % words)

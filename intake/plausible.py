"""Whether a measured value can belong to a living person."""

from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.errors import Refused

from .vitals import BY_KEY


class Implausible(Refused):
    """Nobody alive has this value: it was mistyped or mismeasured."""

    status = 400


def check(key: str, value: Decimal) -> Decimal:
    """The value, if a living person can have it; else a refusal that names the limits."""
    measure = BY_KEY.get(key)
    if measure is None:
        raise Implausible(_("“%(key)s” is not something we measure.") % {"key": key[:20]})
    if not value.is_finite() or not measure.lowest <= value <= measure.highest:
        raise Implausible(
            _("%(what)s must be between %(lowest)s and %(highest)s %(unit)s. Please measure again, or leave it empty.")
            % {"what": measure.label, "lowest": measure.lowest, "highest": measure.highest, "unit": measure.unit}
        )
    return value

"""Which values are measured, their units, and the limits within which a living person can be."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .models import Vital


@dataclass(frozen=True)
class Measure:
    """One kind of value: our key, LOINC code, UCUM unit, and what is plausible."""

    key: str
    code: str
    label: str
    unit: str
    lowest: Decimal
    highest: Decimal

    @property
    def unit_words(self) -> str:
        """The unit as the reader's language writes it."""
        return gettext("/min") if self.unit == "/min" else self.unit


MEASURES = [
    Measure("temp", "8310-5", _("Temperature"), "°C", Decimal(30), Decimal(44)),
    Measure("hr", "8867-4", _("Pulse"), "/min", Decimal(20), Decimal(250)),
    Measure("rr", "9279-1", _("Breaths in a minute"), "/min", Decimal(4), Decimal(80)),
    Measure("sbp", "8480-6", _("Blood pressure, upper number"), "mmHg", Decimal(40), Decimal(280)),
    Measure("dbp", "8462-4", _("Blood pressure, lower number"), "mmHg", Decimal(20), Decimal(180)),
    Measure("spo2", "59408-5", _("Oxygen (finger clip)"), "%", Decimal(50), Decimal(100)),
    Measure("glucose", "2339-0", _("Blood sugar"), "mg/dL", Decimal(20), Decimal(900)),
]
BY_KEY = {measure.key: measure for measure in MEASURES}
BY_CODE = {measure.code: measure for measure in MEASURES}


def latest(visit) -> dict[str, Vital]:
    """The newest value of each kind, by our key."""
    return {BY_CODE[vital.code].key: vital for vital in visit.vitals.all() if vital.code in BY_CODE}

"""How far measured values lie outside the usual range: 0 inside it, growing outside. Worse never counts less."""

from collections.abc import Iterator, Mapping
from typing import Final

# Usual ranges by age (upper age in years, lowest, highest): pulse and breaths a minute, from the age bands of the Korean
# triage table's first-order modifiers for children (ministry notice 2023-287) and 60-100, 10-20 for adults.
PULSE: Final = ((0.25, 90, 180), (0.5, 80, 160), (1, 80, 150), (3, 75, 140), (6, 65, 130), (10, 60, 120), (200, 50, 100))
BREATHS: Final = ((0.25, 30, 60), (0.5, 30, 60), (1, 25, 45), (3, 20, 35), (6, 16, 30), (10, 14, 26), (200, 10, 20))
LOWEST_PRESSURE: Final = ((1, 70), (6, 80), (10, 85), (200, 100))  # systolic, mmHg
POSSIBLE: Final = {  # what a living person can have: degrees C, per minute, mmHg, percent, mg/dL, 0-10
    "temp": (30, 44), "hr": (20, 250), "rr": (4, 80), "sbp": (40, 280), "dbp": (20, 180),
    "spo2": (50, 100), "glucose": (20, 900), "pain": (0, 10),
}  # fmt: skip
NOT_ALERT: Final = {"A": 0.0, "C": 1.0, "V": 1.0, "P": 2.0, "U": 3.0}
STEPS: Final = {  # for adults, besides what lies outside the usual range: how much each step counts is fitted
    "pain": (1, 3, 4, 5, 6, 7, 8), "hr": (90, 100, 110, 120, 140), "rr": (20, 22, 25, 30), "temp": (37.5, 38, 38.5, 39, 40),
    "sbp": (150, 160, 180, 200), "dbp": (100, 110),
}  # fmt: skip
FALLS: Final = {"hr": (60, 50, 40), "temp": (36, 35), "sbp": (120, 110, 100, 90, 80), "spo2": (97, 95, 93, 90)}
ADULT: Final = 15  # years, as in the Korean triage table
KINDS: Final = (
    "oxygen", "oxygen_very", "breaths", "pulse", "pulse_very", "pulse_slow", "pressure_low", "pressure_very_low",
    "pressure_high", "fever", "cold", "pain", "pain_very", "sugar_low", "sugar_high", "not_alert",
    *(f"{name}>={step}" for name, steps in STEPS.items() for step in steps),
    *(f"{name}<{step}" for name, steps in FALLS.items() for step in steps),
)  # fmt: skip


def outside(vitals: Mapping[str, float | str], age: float | None) -> dict[str, float]:
    """Vitals as in `Case` -> how bad each kind is, 0 to about 4, only for what was measured."""
    years = 40.0 if age is None else age
    found: dict[str, float] = {}
    if (oxygen := _number(vitals, "spo2")) is not None:
        found |= {"oxygen": _over(95 - oxygen, 3), "oxygen_very": _over(91 - oxygen, 3)}
    if (breaths := _number(vitals, "rr")) is not None:
        low, high = _usual(BREATHS, years)
        found["breaths"] = max(_over(breaths - high, 6), _over(low - breaths, 3))
    if (pulse := _number(vitals, "hr")) is not None:
        low, high = _usual(PULSE, years)
        found |= {"pulse": _over(pulse - high, 20), "pulse_very": _over(pulse - high - 25, 20)}
        found["pulse_slow"] = _over(low - pulse, 10)
    if (pressure := _number(vitals, "sbp")) is not None:
        lowest = _usual(LOWEST_PRESSURE, years)[0]
        found |= {"pressure_low": _over(lowest - pressure, 10), "pressure_very_low": _over(lowest - 10 - pressure, 10)}
        found["pressure_high"] = _over(pressure - 170, 20)
    if (heat := _number(vitals, "temp")) is not None:
        found |= {"fever": _over(heat - 37.9, 1), "cold": _over(35.5 - heat, 1)}
    if (pain := _number(vitals, "pain")) is not None:
        found |= {"pain": pain / 5, "pain_very": _over(pain - 7, 2)}
    if (sugar := _number(vitals, "glucose")) is not None:
        found |= {"sugar_low": _over(70 - sugar, 15), "sugar_high": _over(sugar - 250, 100)}
    if str(vitals.get("avpu", "")).upper()[:1] in NOT_ALERT:
        found["not_alert"] = NOT_ALERT[str(vitals["avpu"]).upper()[:1]]
    return found | (dict(_steps(vitals)) if years >= ADULT else {})


def _steps(vitals) -> Iterator[tuple[str, float]]:
    for name, steps in STEPS.items():
        if (value := _number(vitals, name)) is not None:
            yield from ((f"{name}>={step}", float(value >= step)) for step in steps)
    for name, steps in FALLS.items():
        if (value := _number(vitals, name)) is not None:
            yield from ((f"{name}<{step}", float(value < step)) for step in steps)


def _over(amount: float, step: float) -> float:
    return min(max(amount, 0.0) / step, 4.0)


def _number(vitals, key: str) -> float | None:
    """A value that a living person can have in our unit, else None: 98.6 degrees is somebody else's unit."""
    value, (lowest, highest) = vitals.get(key), POSSIBLE[key]
    return float(value) if isinstance(value, int | float) and lowest <= value <= highest else None


def _usual(bands, years: float):
    return next(band[1:] for band in bands if years < band[0] or band[0] == 200)

"""How busy the next two hours will be, in plain arithmetic: work that comes against doctors who are there, and how sure that is.

People who wait or are booked are certain; who else comes is taken from the same weekday and hour of past weeks; how
long a visit takes is measured. The range holds for eight of ten such hours if these people are like those.
"""

import math
from collections.abc import Sequence
from statistics import mean, stdev
from typing import NamedTuple

from .order import VISIT_MINUTES

HOURS = 2
OVERLOADED = 0.9  # from here on no order of the queue can see everybody in time
USUAL_SPREAD = 0.6  # standard deviation of a visit's length against its mean, until enough are measured
USUAL_COUNTS = 10  # the usual length counts like so many measured visits
ENOUGH_VISITS, ENOUGH_WEEKS = 20, 4
EIGHT_OF_TEN = 1.28  # standard deviations to each side


class Known(NamedTuple):
    """What is known at a moment."""

    waiting: int
    in_rooms: int  # with a doctor now, or on hold
    booked: int  # within the hours, not here yet
    weeks: Sequence[int] = ()  # who came unbooked in the same hours, of each past week that there was
    lately: int = 0  # who came unbooked in the last hours; counts only where no week is known
    minutes: Sequence[float] = ()  # lengths of the last visits
    doctor_minutes: float = HOURS * 60.0


class Forecast(NamedTuple):
    """The load that is expected: 1.0 is all the time of all doctors."""

    load: float
    low: float
    high: float
    people: float
    expected: float  # of them, who has not come yet and is not booked
    visit_minutes: float
    weeks: int
    visits: int

    @property
    def is_overloaded(self) -> bool:
        return self.load > OVERLOADED

    @property
    def may_be_overloaded(self) -> bool:
        return self.high > OVERLOADED

    @property
    def is_measured(self) -> bool:
        """Whether enough weeks and visits stand behind it; otherwise it is a guess."""
        return self.weeks >= ENOUGH_WEEKS and self.visits >= ENOUGH_VISITS


def forecast(known: Known) -> Forecast:
    """The load of the next hours, and the range in which it will be in eight of ten."""
    coming, coming_variance = _coming(known.weeks, known.lately)
    each, spread = _visit(known.minutes)
    rest = (1 + (spread / each) ** 2) / 2  # of a visit that is found going on (the longer ones are found more often)
    people = known.waiting + known.booked + coming
    work = (people + rest * known.in_rooms) * each
    of_the_mean = (people * spread) ** 2 / (len(known.minutes) + USUAL_COUNTS)
    variance = (people + known.in_rooms) * spread**2 + coming_variance * each**2 + of_the_mean
    half = EIGHT_OF_TEN * math.sqrt(variance)
    load, low, high = (part / known.doctor_minutes for part in (work, max(0.0, work - half), work + half))
    return Forecast(load, low, high, people, coming, each, len(known.weeks), len(known.minutes))


def _coming(weeks, lately) -> tuple[float, float]:
    """How many will come, and the variance of that: chance in each week, and too few weeks to know the mean."""
    if not weeks:
        return lately, 2 * lately + 1.0 if lately else 0.0
    usual = mean(weeks)
    between = stdev(weeks) ** 2 if len(weeks) > 1 else usual
    return usual, max(usual, between) * (1 + 1 / len(weeks))


def _visit(minutes) -> tuple[float, float]:
    """Mean and standard deviation of a visit's length."""
    each = (sum(minutes) + USUAL_COUNTS * VISIT_MINUTES) / (len(minutes) + USUAL_COUNTS)
    return each, stdev(minutes) if len(minutes) >= ENOUGH_VISITS else USUAL_SPREAD * each

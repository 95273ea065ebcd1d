"""A group of clinics in a computer: people come, wait, grow worse, do not answer; doctors come and go. No Django in here.

Everybody's fate is drawn before the first minute, so that every order meets the very same people.
"""

import heapq
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import NamedTuple

from . import order

MIX = {1: 0.005, 2: 0.07, 3: 0.35, 4: 0.425, 5: 0.15}  # share of each level among those who come
HOUR, DAY = 60, 24 * 60
BY_HOUR = [0.88] * 6 + [0.92, 0.97, 1.05, 1.1, 1.12, 1.1, 1.05, 1.05, 1.08, 1.08, 1.05, 1.05, 1.08, 1.08, 1.02, 0.98, 0.92, 0.88]
SPREAD = 0.6  # of the lognormal time a visit takes: standard deviation against the mean
NO_SHOW, NO_SHOW_MINUTES = 0.03, 2.0  # who does not answer when called, and what two attempts cost
WORSE_PER_HOUR = 0.02  # of those who wait
STINT_MINUTES, PAUSE_MINUTES = 170, 15  # a doctor works, and goes away
LOOK_MINUTES = 7
INTERRUPT_MINUTES = 0.5  # to put a patient on hold for an emergency
IN_TARGET = {**order.TARGET_MINUTES, 1: 1}  # nobody is there in no time


@dataclass(eq=False)
class Person:
    """Somebody who comes, and what will become of them."""

    came: float
    level: int
    visit_minutes: float
    worse_at: float
    answers: bool = True
    level_since: float = 0.0
    came_as: int = 0  # the level at arrival; `level` may be raised while they wait
    called: float = math.inf

    @property
    def waited(self) -> float:
        """Minutes from arrival to the call."""
        return self.called - self.came

    @property
    def in_target(self) -> bool:
        """Seen within the safe wait of the level, counted from when the level was known."""
        return self.called - self.level_since <= IN_TARGET[self.level]


class Discipline(NamedTuple):
    """Who is next (level and minutes waited give the sort key), and whether an emergency interrupts a doctor."""

    rank: Callable[[int, float], tuple]
    interrupts: bool = False


DISCIPLINES = {
    "safe-wait": Discipline(order.rank, interrupts=True),
    "fifo": Discipline(lambda level, waited: (-waited,)),
    "newest": Discipline(lambda level, waited: (waited,)),
    "strict": Discipline(lambda level, waited: (level, -waited)),
}


def simulate(discipline: Discipline, *, load: float, doctors: int, days: int, seed: int) -> list[Person]:
    """Everybody who came in so many days, each called in (or called in vain) at last."""
    people = list(crowd(load=load, doctors=doctors, days=days, random=Random(seed)))
    return Clinics(people, doctors, discipline).run()


def crowd(*, load: float, doctors: int, days: int, random: Random) -> Iterator[Person]:
    """Who comes: a Poisson stream by the hour that keeps the doctors who are there busy for this share of their time."""
    there = doctors * STINT_MINUTES / (STINT_MINUTES + PAUSE_MINUTES)
    a_minute = load * there / ((1 - NO_SHOW) * order.VISIT_MINUTES + NO_SHOW * NO_SHOW_MINUTES)
    busiest, usual = max(BY_HOUR), sum(BY_HOUR) / len(BY_HOUR)
    now = 0.0
    while (now := now + random.expovariate(a_minute * busiest / usual)) < days * DAY:
        if random.random() * busiest < BY_HOUR[int(now % DAY // HOUR)]:
            yield _person(now, random)


def _person(now, random):
    level = random.choices(list(MIX), list(MIX.values()))[0]
    sigma = math.sqrt(math.log(1 + SPREAD**2))
    minutes = random.lognormvariate(math.log(order.VISIT_MINUTES) - sigma**2 / 2, sigma)
    worse_at = now + random.expovariate(WORSE_PER_HOUR / HOUR)
    answers = level == 1 or random.random() >= NO_SHOW
    return Person(now, level, minutes, worse_at, answers, level_since=now, came_as=level)


@dataclass(eq=False)
class Doctor:
    """A doctor: who is in the room (those on hold below), until when, and when the next pause is due."""

    pause_at: float
    room: list[Person] = field(default_factory=list)
    ends: float = 0.0
    minutes_left: list[float] = field(default_factory=list)
    is_away: bool = False

    @property
    def is_free(self) -> bool:
        return not self.room and not self.is_away

    def can_be_interrupted(self) -> bool:
        return all(person.level > 1 for person in self.room)


class Look(NamedTuple):
    """Somebody who waits looks at their page: what it says, and when."""

    person: Person
    says: order.Expectation
    now: float

    @property
    def is_right(self) -> bool:
        return self.says.from_minutes <= self.person.called - self.now <= self.says.to_minutes


class Clinics:
    """What happens, one event after another."""

    def __init__(self, people: list[Person], doctors: int, discipline: Discipline):
        self.people, self.discipline = people, discipline
        self.team = [Doctor(pause_at=STINT_MINUTES * number / doctors) for number in range(1, doctors + 1)]
        self.waiting: list[Person] = []
        self.looks: list[Look] = []
        self.number = count()
        self.events: list[tuple] = []
        for person in people:
            self.at(person.came, self.come, person)

    def at(self, when: float, deed: Callable, *whom) -> None:
        heapq.heappush(self.events, (when, next(self.number), deed, whom))

    def run(self) -> list[Person]:
        while self.events:
            self.now, _number, deed, whom = heapq.heappop(self.events)
            deed(*whom)
            self.call_in()
        return self.people

    def rank(self, person: Person) -> tuple:
        return self.discipline.rank(person.level, self.now - person.came)

    def come(self, person: Person) -> None:
        self.waiting.append(person)
        self.ask_again_later(person)

    def ask_again_later(self, person: Person) -> None:
        if person.level in order.LOOK_AGAIN_MINUTES:
            self.at(self.now + order.LOOK_AGAIN_MINUTES[person.level], self.ask_again, person)

    def ask_again(self, person: Person) -> None:
        """The re-assessment: who has grown worse is one level more urgent from now on."""
        if person.called <= self.now:
            return
        if person.worse_at <= self.now:
            person.level, person.level_since, person.worse_at = person.level - 1, self.now, math.inf
        self.ask_again_later(person)

    def call_in(self) -> None:
        for doctor in self.team:
            if doctor.is_free and doctor.pause_at <= self.now:
                doctor.is_away = True
                self.at(self.now + PAUSE_MINUTES, self.come_back, doctor)
            elif doctor.is_free and self.waiting:
                self.begin(doctor, min(self.waiting, key=self.rank))
        if self.discipline.interrupts:
            self.interrupt()

    def begin(self, doctor: Doctor, person: Person, delay: float = 0.0) -> None:
        self.waiting.remove(person)
        person.called = self.now + delay
        doctor.room.append(person)
        self.go_on(doctor, delay + (person.visit_minutes if person.answers else NO_SHOW_MINUTES))

    def go_on(self, doctor: Doctor, minutes: float) -> None:
        doctor.ends = self.now + minutes
        self.at(doctor.ends, self.finish, doctor, doctor.ends)

    def finish(self, doctor: Doctor, ends: float) -> None:
        """The visit ends, unless it was put on hold meanwhile; who was on hold comes back."""
        if doctor.room and doctor.ends == ends:
            doctor.room.pop()
            if doctor.room:
                self.go_on(doctor, doctor.minutes_left.pop())

    def interrupt(self) -> None:
        """An emergency waits for no visit to end: the doctor with the least urgent patient takes it, or one who is away."""
        for person in [person for person in self.waiting if person.level == 1]:
            candidates = [doctor for doctor in self.team if doctor.can_be_interrupted()]
            if candidates:
                doctor = max(candidates, key=lambda doctor: doctor.room[-1].level if doctor.room else 0)
                if doctor.room:
                    doctor.minutes_left.append(doctor.ends - self.now)
                self.begin(doctor, person, INTERRUPT_MINUTES)

    def come_back(self, doctor: Doctor) -> None:
        doctor.is_away, doctor.pause_at = False, self.now + STINT_MINUTES

    def look(self) -> None:
        """Everybody who waits looks at their page, now and every few minutes."""
        line = sorted((person for person in self.waiting if person.level > 1), key=self.rank)
        at_work = max(1, sum(bool(doctor.room) for doctor in self.team))
        for number, person in enumerate(line, start=1):
            self.looks.append(Look(person, order.expectation(person.level, number, at_work), self.now))
        if self.events:
            self.at(self.now + LOOK_MINUTES, self.look)


def coverage(*, load: float, doctors: int, days: int, seed: int) -> float:
    """How often the wait that a page promised came true."""
    clinics = Clinics(list(crowd(load=load, doctors=doctors, days=days, random=Random(seed))), doctors, DISCIPLINES["safe-wait"])
    clinics.at(0.0, clinics.look)
    clinics.run()
    looks = [look for look in clinics.looks if look.person.answers]
    return sum(look.is_right for look in looks) / len(looks)


def table(people: list[Person]) -> dict[str, dict]:
    """By level at arrival, so that a row is of the same people in every order: share in time, p95 and worst wait, seen and came.

    Who is raised while waiting counts in the old row, and is in time if seen within the safe wait of the new level, from then on.
    """
    here = [person for person in people if person.answers]
    return {str(level): _row([person for person in here if person.came_as == level]) for level in MIX}


def _row(people):
    served = [person for person in people if person.called < math.inf]
    waits = sorted(person.waited for person in served)
    return {
        "in_target": round(sum(person.in_target for person in served) / len(people), 4) if people else None,
        "p95_minutes": round(percentile(waits, 95), 1) if waits else None,
        "worst_minutes": round(waits[-1], 1) if waits else None,
        "served": len(served),
        "arrived": len(people),
    }


def percentile(ordered: list[float], percent: float) -> float:
    """The value that so many percent do not exceed."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]

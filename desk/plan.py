"""Which calendar a page of staff shows: whose, of which days, and where the next one is."""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import Clinic, Practitioner, User
from scheduling import agenda
from scheduling.agenda import Total, What
from scheduling.forms import chosen_day, picked
from scheduling.models import VisitType

LEADING = (User.Role.COORDINATOR, User.Role.ADMINISTRATOR)
VIEWS = ("month", "week", "day")
YEARS = range(2000, 2101)


class Column(NamedTuple):
    """One list of entries: a doctor's day, or a room's."""

    title: object  # a day, a doctor or a room
    link: str
    entries: list


def doctors_of(clinic: Clinic) -> QuerySet[Practitioner]:
    """The doctors who work in a clinic."""
    return Practitioner.objects.doctors().filter(clinics=clinic)


def doctors_in(clinics: QuerySet[Clinic]) -> QuerySet[Practitioner]:
    """The doctors who work in one or more of these clinics."""
    return Practitioner.objects.doctors().filter(clinics__in=clinics).distinct()


def of_clinic(rows: QuerySet, row):
    """The row, if it belongs to the clinic: who chooses another clinic leaves the doctor and the kind of the old one behind."""
    return row if row is not None and rows.filter(pk=row.pk).exists() else None


class Whose:
    """A clinic of the reader, and one of its doctors or all; a doctor's own pages begin with their own calendar."""

    def __init__(self, data, user):
        self.clinic = picked(user.clinics, data.get("clinic", "")) or user.clinics.first()
        if self.clinic is None:
            raise Http404
        self.user, self.doctors = user, doctors_of(self.clinic)
        wanted = data.get("doctor", "")
        self.doctor = self.doctors.filter(user=user).first() if not wanted else None
        if wanted not in ("", "all"):
            self.doctor = of_clinic(self.doctors, picked(doctors_in(user.clinics), wanted))

    @property
    def is_own(self) -> bool:
        return self.doctor is not None and self.doctor.user_id == self.user.pk

    @property
    def may_edit(self) -> bool:
        """Hours are set by the doctor or a coordinator."""
        return self.doctor is not None and (self.is_own or self.user.role in LEADING)

    @property
    def may_speak(self) -> bool:
        """Late or away is said by the doctor, an assistant or a coordinator."""
        return self.doctor is not None and (self.may_edit or self.user.role == User.Role.ASSISTANT)

    @property
    def clinic_clock(self) -> ZoneInfo:
        return ZoneInfo(self.clinic.time_zone)

    @property
    def facts(self) -> dict:
        return {"clinic": self.clinic.pk, "doctor": self.doctor.pk if self.doctor else "all"}

    @property
    def query(self) -> str:
        return urlencode(self.facts)


class Plan(Whose):
    """One page of a calendar: month, week or day."""

    def __init__(self, data, user):
        super().__init__(data, user)
        kind = picked(VisitType.objects.filter(clinic__in=user.clinics), data.get("kind", ""))
        self.kind = of_clinic(self.clinic.visit_types, kind)
        self.view = data.get("view") if data.get("view") in VIEWS else "day"
        self.zone = ZoneInfo(timezone.get_current_timezone_name())
        self.today = timezone.localdate()
        day = chosen_day(data, [self.today])
        self.day = day if day.year in YEARS else self.today

    def link(self, **changes) -> str:
        """The same calendar, shown otherwise."""
        facts = {**self.facts, "kind": self.kind.pk if self.kind else "", "view": self.view, "day": self.day, **changes}
        return f"{reverse('desk:calendar')}?" + urlencode({name: value for name, value in facts.items() if value != ""})

    @cached_property
    def days(self) -> list[date]:
        """The days on the page; a month is shown in whole weeks."""
        if self.view == "month":
            return [day for week in calendar.Calendar().monthdatescalendar(self.day.year, self.day.month) for day in week]
        first = self.day - timedelta(days=self.day.weekday()) if self.view == "week" else self.day
        return [first + timedelta(days=number) for number in range(7 if self.view == "week" else 1)]

    @property
    def before(self) -> str:
        """The page before this one."""
        return self.link(day=self._step(-1))

    @property
    def next(self) -> str:
        return self.link(day=self._step(1))

    def _step(self, by: int) -> date:
        if self.view == "month":
            first = self.day.replace(day=1)
            return (first + timedelta(days=31)).replace(day=1) if by > 0 else (first - timedelta(days=1)).replace(day=1)
        return self.day + timedelta(days=by * len(self.days))

    @property
    def views(self) -> list[tuple[str, str]]:
        return [(view, self.link(view=view)) for view in VIEWS]

    @property
    def shown(self) -> list[Practitioner]:
        return [self.doctor] if self.doctor else list(self.doctors)

    @cached_property
    def is_list(self) -> bool:
        """Lists of entries, or numbers: a month of anybody and a week of everybody are numbers."""
        return self.view == "day" or (self.view == "week" and self.doctor is not None)

    # --- what stands in it

    @cached_property
    def entries(self) -> dict[int, list]:
        first, last = (agenda.midnight(day, self.zone) for day in (self.days[0], self.days[-1] + timedelta(days=1)))
        return agenda.entries(self.shown, self.clinic, first, last, kind=self.kind)

    @property
    def columns(self) -> list[Column]:
        """A doctor's days, or everybody's day and the rooms of that day."""
        if self.doctor:
            these = self.entries[self.doctor.pk]
            return [Column(day, self.link(view="day", day=day), self._on(day, these)) for day in self.days]
        columns = [Column(doctor, self.link(doctor=doctor.pk), self.entries[doctor.pk]) for doctor in self.shown]
        return columns + [Column(room, "", self._in(room)) for room in self.clinic.rooms.all()]

    def _on(self, day: date, entries: Iterable) -> list:
        first, last = agenda.midnight(day, self.zone), agenda.midnight(day + timedelta(days=1), self.zone)
        return [entry for entry in entries if entry.start < last and entry.end > first]

    def _in(self, room) -> list:
        booked = [entry for these in self.entries.values() for entry in these if entry.what == What.BOOKED]
        return sorted((entry for entry in booked if entry.thing.room_id == room.pk), key=lambda entry: entry.start)

    @property
    def booked(self) -> list:
        """The appointments on the page, which are read by whoever opens it."""
        return [entry.thing for these in self.entries.values() for entry in these if entry.what == What.BOOKED]

    @cached_property
    def totals(self) -> dict:
        return agenda.totals(self.shown, self.clinic, self.days, self.zone)

    @property
    def weeks(self) -> list[list[tuple[date, str, Total]]]:
        """A month: each day with its link and the numbers of all who are shown."""
        sums: dict[date, Total] = {}
        for (_doctor, day), total in self.totals.items():
            sums[day] = sums.get(day, Total()) + total
        cells = [(day, self.link(view="day", day=day), sums.get(day)) for day in self.days]
        return [cells[start : start + 7] for start in range(0, len(cells), 7)]

    @property
    def rows(self) -> list[tuple[Practitioner, str, list]]:
        """A week of everybody: a row for each doctor, a cell for each day."""
        return [
            (doctor, self.link(doctor=doctor.pk), [
                (day, self.link(doctor=doctor.pk, view="day", day=day), self.totals.get((doctor.pk, day))) for day in self.days
            ])
            for doctor in self.shown
        ]  # fmt: skip

    @property
    def clinic_zone(self) -> str:
        """The clinic's clock is shown too when it is not the reader's."""
        return self.clinic.time_zone if self.clinic.time_zone != self.zone.key else ""

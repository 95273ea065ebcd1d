"""What doctors and coordinators write about hours, time off, kinds of visit and rooms; each mistake is named at its field."""

import calendar
import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Refused
from accounts.models import known_zone
from scheduling import away, clock, hours
from scheduling.agenda import midnight
from scheduling.models import VisitType, Weekday

INPUT = {"class": "nhsuk-input", "autocomplete": "off"}


class DayField(forms.DateField):
    """A day; one that the calendar does not have is named as such."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={**INPUT, "type": "date"})
    default_error_messages = {
        "required": gettext_lazy("Please write the day."),
        "invalid": gettext_lazy("Please write the day as year-month-day, for example 2026-12-24."),
    }

    def to_python(self, value):
        found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", str(value or "").strip())
        year, month, day = map(int, found.groups()) if found else (0, 0, 0)
        if year and 1 <= month <= 12 and calendar.monthrange(year, month)[1] < day <= 31:
            facts = {"month": date_format(date(year, month, 1), "YEAR_MONTH_FORMAT"), "days": calendar.monthrange(year, month)[1]}
            raise forms.ValidationError(_("%(month)s has only %(days)s days.") % facts)
        return super().to_python(value)


class HourField(forms.TimeField):
    """A time of the day."""

    widget = forms.TimeInput(format="%H:%M", attrs={**INPUT, "type": "time"})
    default_error_messages = {
        "required": gettext_lazy("Please write the time."),
        "invalid": gettext_lazy("Please write the time as hours and minutes, for example 09:30."),
    }


def number(label, initial, *, least=0, most=1440, help_text="", required=True):
    """A whole number with its limits."""
    sentence = format_lazy(gettext_lazy("Please write a whole number from {least} to {most}."), least=least, most=most)
    return forms.IntegerField(
        label=label, initial=initial, min_value=least, max_value=most, help_text=help_text, required=required,
        widget=forms.TextInput(attrs={**INPUT, "class": "nhsuk-input nhsuk-input--width-4", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence),
    )  # fmt: skip


class WeeklyForm(forms.Form):
    """Weekly hours with their break, their validity, and what is kept for walk-ins."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On which days?"), choices=Weekday, coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Please choose at least one day.")},
    )  # fmt: skip
    start = HourField(label=gettext_lazy("From"))
    end = HourField(label=gettext_lazy("Until"))
    break_start = HourField(label=gettext_lazy("Break from (if any)"), required=False)
    break_end = HourField(label=gettext_lazy("Break until"), required=False)
    slot_minutes = number(gettext_lazy("Minutes for a visit"), 15, least=5, most=240)
    walk_in_minutes = number(
        gettext_lazy("Minutes kept at the end for people without a booking"), 0,
        help_text=gettext_lazy("Two hours before, they are offered to everybody."),
    )  # fmt: skip
    valid_from = DayField(label=gettext_lazy("First day (if not from now on)"), required=False)
    valid_until = DayField(label=gettext_lazy("Last day (if it ends)"), required=False)

    def __init__(self, *args, whose, row=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.whose, self.row = whose, row
        if row:
            self.initial = {name: getattr(row, name) for name in self.fields if name != "weekdays"} | {"weekdays": [row.weekday]}

    def clean(self):
        facts = self.cleaned_data
        start, end = facts.get("start"), facts.get("end")
        if start and end:
            self._check_hours(start, end, facts)
        self._check_validity(facts.get("valid_from"), facts.get("valid_until"))
        if not self.errors and (there := hours.overlapping(*self._place, **self._wanted, besides=self.row).first()):
            said = f"{there.get_weekday_display()} {there.start:%H:%M}–{there.end:%H:%M}"
            self.add_error("start", _("%(hours)s is open already. Change that one, or choose other hours.") % {"hours": said})
        return facts

    def _check_hours(self, start, end, facts):
        if end <= start:
            return self.add_error(
                "end", _("The end must be after the start. Hours past midnight: write two, the first until 23:59.")
            )
        length = (datetime.combine(date.min, end) - datetime.combine(date.min, start)) // timedelta(minutes=1)
        if facts.get("slot_minutes", 0) > length:
            self.add_error("slot_minutes", _("A visit of this length does not fit into these hours."))
        if facts.get("walk_in_minutes", 0) >= length:
            self.add_error("walk_in_minutes", _("That would leave no time that can be booked."))
        first, last = facts.get("break_start"), facts.get("break_end")
        if bool(first) != bool(last):
            self.add_error("break_end" if first else "break_start", _("A break needs both its times."))
        elif first and not start < first < last < end:
            self.add_error("break_start", _("The break must lie within the hours and end after it starts."))
        return None

    def _check_validity(self, first, last):
        if first and last and last < first:
            self.add_error("valid_until", _("The last day must not be before the first one."))
        elif last and last < hours.today(self.whose.clinic_clock):
            self.add_error("valid_until", _("This day is already over."))

    @property
    def _place(self):
        return self.whose.doctor, self.whose.clinic

    @property
    def _wanted(self):
        return {name: self.cleaned_data[name] for name in ("weekdays", "start", "end", "valid_from", "valid_until")}

    def save(self, *, by):
        hours.set_weekly(*self._place, by=by, instead_of=self.row, **self.cleaned_data)


class ZonedForm(forms.Form):
    """Times that are written on the clock of a zone."""

    zone = forms.CharField(
        label=gettext_lazy("On which clock? (time zone)"), max_length=50, validators=[known_zone],
        widget=forms.Select(attrs={"class": "nhsuk-select"}),
        error_messages={"required": gettext_lazy("Please choose the time zone from the list.")},
    )  # fmt: skip

    def __init__(self, *args, whose, **kwargs):
        super().__init__(*args, **kwargs)
        self.whose = whose
        self.fields["zone"].initial = whose.clinic.time_zone
        self.fields["zone"].widget.choices = clock.zones(first=whose.clinic.time_zone)

    @property
    def its_zone(self) -> ZoneInfo | None:
        return ZoneInfo(self.cleaned_data["zone"]) if self.cleaned_data.get("zone") else None

    def moment(self, field: str, day: date | None, at: time | None) -> datetime | None:
        """The moment that is meant; a time that does not exist, or comes twice, is named at its field."""
        if not (day and at and self.its_zone):
            return None
        try:
            return clock.instant(day, at, self.its_zone)
        except Refused as refusal:
            self.add_error(field, str(refusal))
            return None

    def check_span(self, start, end):
        if start and end and end <= start:
            self.add_error("end", _("The end must be after the start."))
        elif end and end <= timezone.now():
            self.add_error("end", _("This time is already over. Please choose a later one."))


class ExtraForm(ZonedForm):
    """Open once more."""

    day = DayField(label=gettext_lazy("Date"))
    start = HourField(label=gettext_lazy("From"))
    end = HourField(label=gettext_lazy("Until"))
    slot_minutes = number(gettext_lazy("Minutes for a visit"), 15, least=5, most=240)
    field_order = ["day", "start", "end", "slot_minutes", "zone"]

    def clean(self):
        facts = self.cleaned_data
        facts["from"] = start = self.moment("start", facts.get("day"), facts.get("start"))
        facts["to"] = end = self.moment("end", facts.get("day"), facts.get("end"))
        self.check_span(start, end)
        if not self.errors and hours.open_then(self.whose.doctor, self.whose.clinic, start, end):
            self.add_error("start", _("The doctor is open then already. Please choose other hours."))
        return facts

    def save(self, *, by):
        facts = self.cleaned_data
        hours.open_once_more(self.whose.doctor, self.whose.clinic, facts["from"], facts["to"], facts["slot_minutes"], by=by)


class TimeOffForm(ZonedForm):
    """Away for some hours or days; who is booked then is listed, and somebody says what happens with them."""

    OFFER, KEEP = "offer", "keep"
    CHOICES = [
        (OFFER, gettext_lazy("Offer each of them another time. They are told at once.")),
        (KEEP, gettext_lazy("Leave them as they are: the doctor comes for them.")),
    ]
    day = DayField(label=gettext_lazy("First day"))
    start = HourField(label=gettext_lazy("From (empty: the whole day)"), required=False)
    last_day = DayField(label=gettext_lazy("Last day (empty: the same)"), required=False)
    end = HourField(label=gettext_lazy("Until (empty: the whole day)"), required=False)
    people = forms.ChoiceField(
        label=gettext_lazy("What happens with those who are booked?"), choices=CHOICES, required=False, widget=forms.RadioSelect
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ["day", "start", "last_day", "end", "zone", "people", "seen"]
    hit: list = []

    def clean(self):
        facts = self.cleaned_data
        first, last = facts.get("day"), facts.get("last_day") or facts.get("day")
        facts["from"] = start = self._edge("start", first)
        facts["to"] = end = self._edge("end", last, whole_days=1)
        self.check_span(start, end)
        if not self.errors:
            self._ask_about_people(start, end)
        return facts

    def _edge(self, field, day, whole_days=0):
        if field in self.errors or not (day and self.its_zone):
            return None
        at = self.cleaned_data.get(field)
        return self.moment(field, day, at) if at else midnight(day + timedelta(days=whole_days), self.its_zone)

    def _ask_about_people(self, start, end):
        """Nobody is passed over: an answer counts for those who were on the list."""
        self.hit = list(away.hit(self.whose.doctor, start, end).filter(visit=None))
        there = ",".join(str(one.pk) for one in self.hit)
        if self.hit and not (self.cleaned_data.get("people") and self.cleaned_data.get("seen") == there):
            self.add_error("people", _("People are booked then. Please say what happens with them."))
        self.data = self.data.copy()
        self.data["seen"] = there

    def save(self, *, by):
        facts = self.cleaned_data
        off = away.take_off(self.whose.doctor, facts["from"], facts["to"], by=by)
        if facts["people"] == self.OFFER:
            away.redistribute(off, self.hit, by=by)
        return off


class LimitForm(forms.Form):
    """How many booked visits a day."""

    most = number(gettext_lazy("Most booked visits a day (empty: as many as fit)"), None, least=1, most=200, required=False)


class LateForm(forms.Form):
    """How late the next visit begins."""

    minutes = number(gettext_lazy("The next visit begins so many minutes late"), 15, most=240)


class RoomForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the room"), max_length=60, widget=forms.TextInput(attrs=INPUT),
        error_messages={"required": gettext_lazy("Please write the name of the room.")},
    )  # fmt: skip


class KindForm(forms.ModelForm):
    """A kind of visit that can be booked."""

    minutes = number(gettext_lazy("Length in minutes"), 15, least=5, most=480)
    buffer_minutes = number(gettext_lazy("Minutes kept free afterwards"), 0, most=240)
    notice_minutes = number(gettext_lazy("Can be booked until so many minutes before"), 15, most=43200)
    horizon_days = number(gettext_lazy("Can be booked so many days ahead"), 14, least=1, most=365)

    class Meta:
        model = VisitType
        fields = (
            "name_ko", "name_en", "minutes", "buffer_minutes", "notice_minutes", "horizon_days", "needs_room", "is_offered",
        )  # fmt: skip
        labels = {
            "name_ko": gettext_lazy("Name in Korean"),
            "name_en": gettext_lazy("Name in English"),
            "needs_room": gettext_lazy("Needs one of the clinic's rooms"),
            "is_offered": gettext_lazy("Can be booked now"),
        }
        widgets = {"name_ko": forms.TextInput(attrs=INPUT), "name_en": forms.TextInput(attrs=INPUT)}
        error_messages = {name: {"required": gettext_lazy("Please write the name.")} for name in ("name_ko", "name_en")}

    def clean(self):
        facts = super().clean()
        if facts.get("needs_room") and not self.instance.clinic.rooms.exists():
            self.add_error("needs_room", _("This clinic has no room yet. Please add one first."))
        if facts.get("notice_minutes", 0) >= facts.get("horizon_days", 365) * 1440:
            self.add_error("notice_minutes", _("Then it could never be booked: this is longer than it can be booked ahead."))
        return facts

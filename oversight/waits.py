"""The waits of the last month, by group, as everybody may read them; and the alarm when one group waits much longer."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import Clinic, Language
from visits.models import Visit
from visits.replay import level_at
from visits.states import State

from . import fairness
from .models import Alarm, FairnessReport
from .shares import Share, share

DAYS = 30
BANDS = ((18, "0-17"), (40, "18-39"), (65, "40-64"), (80, "65-79"))
OLDEST = "80+"


def today() -> FairnessReport:
    """The figures up to yesterday, weighed once a day, with their alarms; whoever asks first waits for them."""
    day = timezone.localdate()
    found = FairnessReport.objects.filter(day=day).first()
    if found is None:
        try:
            with transaction.atomic():
                found = FairnessReport.objects.create(day=day, figures=figures(day))
                sound_alarms(found)
        except IntegrityError:  # somebody asked at the same moment
            found = FairnessReport.objects.get(day=day)
    return found


def figures(day: date) -> dict:
    """Of everybody called in during the month before this day: waits by each dimension, small groups without figures.

    Beside them the share of those who came and left without being seen: a group may look fast because many of it give up.
    """
    people, gone = list(_people(day)), list(_gone(day))
    minutes, levels = (np.array([person[at] for person in people]) for at in (0, 1))
    seen = [person[2] for person in people]
    return {
        "from": str(day - timedelta(days=DAYS)),
        "to": str(day - timedelta(days=1)),
        "small_cell": fairness.SMALL_CELL,
        "alarm_above_percent": round(100 * fairness.ALARMING),
        "everybody": _written(fairness.everybody(minutes), len(gone), len(seen) + len(gone)),
        "dimensions": {key: _by_group(key, minutes, levels, seen, gone) for key in Alarm.Dimension.values},
    }


def _by_group(dimension, minutes, levels, seen, gone) -> list[dict]:
    """A row for each group of which somebody was seen or left."""
    called, left = ([groups[dimension] for groups in people] for people in (seen, gone))
    shown = {group.name: group for group in fairness.compare(minutes, levels, np.array(called))}
    came, went = Counter(called + left), Counter(left)
    return [_written(shown.get(name) or fairness.hidden(name), went[name], came[name]) for name in sorted(came)]


def _people(day: date) -> Iterator[tuple[float, int, dict]]:
    """Minutes waited, the level at the call, and the groups of each person who was called in."""
    seen = Visit.objects.filter(called_at__range=_month(day)).select_related("patient")
    for visit in seen.exclude(waiting_since=None).annotate(level_then=level_at(OuterRef("called_at"))).iterator():
        minutes = max(0.0, (visit.called_at - visit.waiting_since).total_seconds() / 60)
        yield minutes, int(visit.level_then or visit.acuity), groups_of(visit, visit.called_at)


def _gone(day: date) -> Iterator[dict]:
    """The groups of each person who waited and left, or was sent on, before a doctor saw them."""
    left = Visit.objects.filter(state=State.CANCELLED, called_at=None, ended_at__range=_month(day))
    for visit in left.filter(waiting_since__lte=F("ended_at")).select_related("patient").iterator():
        yield groups_of(visit, visit.ended_at)


def _month(day: date) -> tuple[datetime, datetime]:
    """From midnight thirty days before until the last moment before this day."""
    midnight = timezone.make_aware(datetime.combine(day, time()))
    return midnight - timedelta(days=DAYS), midnight - timedelta(microseconds=1)


def groups_of(visit, at) -> dict[str, str]:
    """Where a visit belongs in each dimension at that moment."""
    years = (at.date() - visit.patient.birth_date).days / 365.25
    age = next((name for below, name in BANDS if years < below), OLDEST)
    return {"channel": visit.channel, "clinic": str(visit.clinic_id), "language": visit.language, "age": age}


def _written(group: fairness.Group, left: int, came: int) -> dict:
    def span(range_, times=1):
        return [round(times * number, 1) for number in range_] if range_ else None

    return {
        "group": group.name,
        "people": group.number,
        "median_minutes": span(group.median),
        "p95_minutes": span(group.p95),
        "gap_percent": span(group.gap, 100),
        "left_percent": _whole(share(left, came)) if came >= fairness.SMALL_CELL else None,
        "alarm": group.is_alarming,
    }


def _whole(left: Share) -> list[int]:
    """In whole percent: finer would count single people."""
    return [round(100 * number) for number in (left.value or 0, left.low, left.high)]


def sound_alarms(report: FairnessReport) -> list[Alarm]:
    """A task for the coordinators of every group that waits much longer, until somebody has seen to it."""
    rows = [(dimension, row) for dimension, rows in report.figures["dimensions"].items() for row in rows if row["alarm"]]
    return [alarm for dimension, row in rows if (alarm := _sound(dimension, row["group"], round(row["gap_percent"][0])))]


def _sound(dimension, group, percent) -> Alarm | None:
    try:
        with transaction.atomic():
            return Alarm.objects.create(dimension=dimension, group=group, gap_percent=percent)
    except IntegrityError:  # it rings already
        return None


@transaction.atomic
def see_to(alarm: Alarm, *, by, answer: str) -> Alarm:
    """A coordinator says what is done about it; while the gap lasts, the next day asks again."""
    if not answer.strip():
        raise Refused(_("Please say in a few words what is done about it."))
    alarm = Alarm.objects.select_for_update().get(pk=alarm.pk)
    if alarm.done_at is None:
        alarm.done_at, alarm.done_by, alarm.answer = timezone.now(), by, answer.strip()[:300]
        alarm.save(update_fields=["done_at", "done_by", "answer"])
        audit.record(by, "fairness.done", alarm, why=alarm.answer)
    return alarm


def labelled(report: FairnessReport) -> dict:
    """The figures with each group in the reader's words."""
    clinics = clinics_by_key()
    dimensions = {
        key: [{**row, "label": label(key, row["group"], clinics)} for row in rows]
        for key, rows in report.figures["dimensions"].items()
    }
    return {**report.figures, "dimensions": dimensions}


def label(dimension: str, group: str, clinics: dict[str, Clinic]) -> str:
    """A group in the reader's words."""
    match dimension:
        case "channel":
            return str(Visit.Channel(group).label)
        case "language":
            return str(Language(group).label)
        case "clinic":
            return clinics[group].name if group in clinics else group
    return _("80 years and over") if group == OLDEST else _("%(ages)s years") % {"ages": group.replace("-", "–")}


def clinics_by_key() -> dict[str, Clinic]:
    return {str(clinic.pk): clinic for clinic in Clinic.objects.all()}

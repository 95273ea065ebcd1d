"""The waits of the last month, by group, as everybody may read them; and the alarm when one group waits much longer."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import Clinic, Language
from visits.models import Visit
from visits.replay import level_at

from . import fairness
from .models import Alarm, FairnessReport

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
    """Of everybody called in during the month before this day: waits by each dimension, small groups without figures."""
    people = list(_people(day))
    minutes, levels = (np.array([person[at] for person in people]) for at in (0, 1))
    named = {dimension: np.array([person[2][dimension] for person in people]) for dimension in Alarm.Dimension.values}
    return {
        "from": str(day - timedelta(days=DAYS)),
        "to": str(day - timedelta(days=1)),
        "small_cell": fairness.SMALL_CELL,
        "alarm_above_percent": round(100 * fairness.ALARMING),
        "everybody": _written(fairness.everybody(minutes)),
        "dimensions": {
            dimension: [_written(group) for group in fairness.compare(minutes, levels, names)]
            for dimension, names in named.items()
        },
    }


def _people(day: date) -> Iterator[tuple[float, int, dict]]:
    """Minutes waited, the level at the call, and the groups of each person who was called in."""
    midnight = timezone.make_aware(datetime.combine(day, time()))
    seen = Visit.objects.filter(called_at__lt=midnight, called_at__gte=midnight - timedelta(days=DAYS)).select_related("patient")
    for visit in seen.exclude(waiting_since=None).annotate(level_then=level_at(OuterRef("called_at"))).iterator():
        minutes = max(0.0, (visit.called_at - visit.waiting_since).total_seconds() / 60)
        yield minutes, int(visit.level_then or visit.acuity), groups_of(visit, visit.called_at)


def groups_of(visit, at) -> dict[str, str]:
    """Where a visit belongs in each dimension at that moment."""
    years = (at.date() - visit.patient.birth_date).days / 365.25
    age = next((name for below, name in BANDS if years < below), OLDEST)
    return {"channel": visit.channel, "clinic": str(visit.clinic_id), "language": visit.language, "age": age}


def _written(group: fairness.Group) -> dict:
    def span(range_, times=1):
        return [round(times * number, 1) for number in range_] if range_ else None

    return {
        "group": group.name,
        "people": group.number,
        "median_minutes": span(group.median),
        "p95_minutes": span(group.p95),
        "gap_percent": span(group.gap, 100),
        "alarm": group.is_alarming,
    }


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

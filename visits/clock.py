"""The re-assessment clock: whoever waits is asked again how they are, the more urgent the sooner."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from . import beats, errands, hints
from .models import Change, Reassessment, Task, Visit
from .order import LOOK_AGAIN_MINUTES
from .states import State

GRACE = timedelta(minutes=5)
HELD = timedelta(minutes=20)


def due(now: datetime | None = None) -> QuerySet[Visit]:
    """Who has to be asked now: the last look (or the arrival in the queue) is long enough ago, and nothing is open."""
    now = now or timezone.now()
    looks = Reassessment.objects.filter(visit=OuterRef("pk"))
    last = Coalesce(Subquery(looks.order_by("-answered_at").values("answered_at")[:1]), F("waiting_since"))
    is_time = Q()
    for level, minutes in LOOK_AGAIN_MINUTES.items():
        is_time |= Q(acuity=level, last_look__lte=now - timedelta(minutes=minutes))
    unasked = Visit.objects.waiting().filter(~Exists(looks.filter(answered_at=None)))
    return unasked.annotate(last_look=last).filter(is_time)


def ask(visit) -> None:
    """Put the questions on the patient's page and on the front desk; once, however often it is tried."""
    try:
        with transaction.atomic():
            Reassessment.objects.create(visit=visit)
    except IntegrityError:
        return
    hints.tell(visit)


def silent(now: datetime | None = None) -> QuerySet[Reassessment]:
    """Questions of people who wait that nobody has answered in good time and nobody looks after yet."""
    now = now or timezone.now()
    asked = Reassessment.objects.filter(answered_at=None, asked_at__lte=now - GRACE, visit__state=State.WAITING)
    looked_after = Task.objects.filter(visit=OuterRef("visit"), kind=Task.Kind.NO_ANSWER, made_at__gte=OuterRef("asked_at"))
    return asked.filter(~Exists(looked_after)).select_related("visit")


def held(now: datetime | None = None) -> QuerySet[Visit]:
    """Who is on hold for so long that the doctor may have forgotten them, and nobody was told of it lately."""
    since = (now or timezone.now()) - HELD
    last = Change.objects.filter(visit=OuterRef("pk"), what=Change.What.STATE).order_by("-pk").values("at")[:1]
    told = Task.objects.filter(Q(done_at=None) | Q(made_at__gt=since), visit=OuterRef("pk"), kind=Task.Kind.ON_HOLD)
    paused = Visit.objects.filter(state=State.ON_HOLD).annotate(since=Subquery(last)).filter(since__lte=since)
    return paused.filter(~Exists(told)).select_related("practitioner")


def remind(visit) -> None:
    """Whose patient it is, for whoever coordinates."""
    errands.make(visit, Task.Kind.ON_HOLD, by=None, words=visit.practitioner.name)


def tick() -> None:
    """Ask whoever is due; where no answer came, or somebody is on hold for long, ask a person to look."""
    beats.for_each(due(), ask)
    beats.for_each(silent(), send_somebody)
    beats.for_each(held(), remind)
    Task.objects.filter(kind=Task.Kind.ON_HOLD, done_at=None).exclude(visit__state=State.ON_HOLD).update(done_at=timezone.now())


def send_somebody(unanswered) -> None:
    """Who does not answer may not be able to: a person goes and looks."""
    errands.make(unanswered.visit, Task.Kind.NO_ANSWER, by=None)


def open_question(visit) -> Reassessment | None:
    """The questions that stand on the patient's page now."""
    return visit.reassessments.filter(answered_at=None).first() if visit.state == State.WAITING else None

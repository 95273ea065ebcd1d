"""Where AI and clinician differed: a question on what both signed, told without names."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Practitioner, User
from intake.forms import tongue
from intake.vitals import BY_KEY
from triage.models import Assessment, Outcome
from triage.pages import told
from visits.models import Source

from .deidentify import masked
from .models import Verdict
from .waits import groups_of, label

READERS = (User.Role.DOCTOR, User.Role.COORDINATOR, User.Role.ADMINISTRATOR, User.Role.REVIEWER)
SEATS = 2  # how many reviewers judge a case
HIGHER, LOWER = "higher", "lower"  # the AI said more urgent, or less urgent, than the clinician


def signed() -> QuerySet[Assessment]:
    """Of each visit the first level a clinician gave after the AI had suggested one: the pair that is compared."""
    pairs = Assessment.objects.filter(source=Source.CLINICIAN, against__model_acuity__isnull=False)
    earlier = pairs.filter(visit=OuterRef("visit"), pk__lt=OuterRef("pk"))
    return pairs.filter(~Exists(earlier))


def visible_to(user) -> QuerySet[Assessment]:
    """Staff see the cases of their clinics; a reviewer of the AI those of all, for there is no name in them."""
    if not user.is_authenticated or user.role not in READERS:
        return Assessment.objects.none()
    return signed() if user.role == User.Role.REVIEWER else signed().filter(visit__clinic__in=user.clinics)


def differing(pairs: QuerySet[Assessment], direction: str = "") -> QuerySet[Assessment]:
    """Those in which the two levels differ; in one direction if asked for. 1 is the most urgent."""
    ways = {HIGHER: Q(against__acuity__lt=F("acuity")), LOWER: Q(against__acuity__gt=F("acuity"))}
    return pairs.filter(ways.get(direction, ~Q(against__acuity=F("acuity"))))


def of_month(pairs: QuerySet[Assessment], first: date) -> QuerySet[Assessment]:
    """Signed in the month that begins on this day."""
    begin = timezone.make_aware(datetime(first.year, first.month, 1))
    end = timezone.make_aware(datetime.combine(next_month(first), datetime.min.time()))
    return pairs.filter(created_at__gte=begin, created_at__lt=end)


def next_month(first: date) -> date:
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def involved(user) -> Q:
    """Who gave the level or treated the patient does not judge the case."""
    return Q(by=user) | Q(visit__practitioner__user=user)


def judgeable_by(user) -> QuerySet[Assessment]:
    """What this doctor may be one of the two reviewers of: differing cases of their clinics that are not their own."""
    if not (user.is_authenticated and user.is_doctor):
        return Assessment.objects.none()
    return differing(visible_to(user)).exclude(involved(user))


def next_for(user) -> Assessment | None:
    """The newest case that waits for this reviewer's verdict."""
    waiting = judgeable_by(user).exclude(verdicts__by=user).annotate(given=Count("verdicts")).filter(given__lt=SEATS)
    return waiting.order_by("-created_at", "-pk").first()


@dataclass(frozen=True)
class Case:
    """One case for one reader. Sealed: who said what stays hidden until both verdicts are in."""

    row: Assessment
    clinic: str
    who: str
    verdicts: list[Verdict]
    outcome: Outcome | None
    is_sealed: bool
    is_mine_to_judge: bool

    @property
    def ai(self) -> int:
        return self.row.against.acuity

    @property
    def clinician(self) -> int:
        return self.row.acuity

    @property
    def levels(self) -> list[int]:
        """Both levels, the more urgent first: that says nothing of who gave which."""
        return sorted((self.ai, self.clinician))

    @property
    def is_settled(self) -> bool:
        return len(self.verdicts) == SEATS

    @property
    def right(self) -> int | None:
        """The level on which both reviewers agree."""
        levels = {verdict.level for verdict in self.verdicts}
        return levels.pop() if self.is_settled and len(levels) == 1 else None


def told_to(user, rows: QuerySet[Assessment], clinics) -> list[Case]:
    """The cases as this reader may know them; a few queries for all."""
    people = rows.select_related("against", "visit__patient__user", "visit__intake", "visit__practitioner", "by")
    people = people.prefetch_related("verdicts", "visit__outcomes").order_by("-created_at", "-pk")
    return [_case(user, row, clinics) for row in people]


def _case(user, row, clinics) -> Case:
    verdicts, outcomes = list(row.verdicts.all()), list(row.visit.outcomes.all())
    own = row.by_id == user.pk or (row.visit.practitioner is not None and row.visit.practitioner.user_id == user.pk)
    sealed = user.is_doctor and not own and len(verdicts) < SEATS and row.acuity != row.against.acuity
    groups = groups_of(row.visit, row.created_at)
    who = [label(name, groups[name], clinics) for name in ("age", "channel", "language")]
    return Case(
        row=row,
        clinic="" if user.role == User.Role.REVIEWER else label("clinic", groups["clinic"], clinics),
        who=" · ".join([who[0], row.visit.patient.get_sex_display(), *who[1:]]),
        verdicts=verdicts if len(verdicts) == SEATS else [verdict for verdict in verdicts if verdict.by_id == user.pk],
        outcome=outcomes[-1] if outcomes else None,
        is_sealed=sealed,
        is_mine_to_judge=sealed and all(verdict.by_id != user.pk for verdict in verdicts),
    )


def story(case: Case) -> dict:
    """What was told and measured, as the AI had it, without the people in it."""
    visit, inputs = case.row.visit, case.row.against.inputs
    names = {visit.patient.name, *Practitioner.objects.filter(clinics=visit.clinic_id).values_list("name", flat=True)}
    names |= {str(visit.patient.user)} if visit.patient.user else set()
    intake = getattr(visit, "intake", None)
    return {
        "words": masked(inputs.get("words", ""), names),
        "language": visit.language,
        "answers": [(question, masked(answer, names)) for question, answer in told(intake, tongue())] if intake else [],
        "vitals": [(BY_KEY[key], value) for key, value in inputs.get("vitals", {}).items() if key in BY_KEY],
    }

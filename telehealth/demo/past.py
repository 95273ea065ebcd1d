"""The month before the demo morning, so that reports have something to report: invented people, the same every time."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from django.utils import timezone

from accounts.models import Clinic, Patient, Practitioner, User
from oversight import waits
from oversight.models import Verdict
from triage.models import Assessment, Outcome
from visits.models import Source, Visit
from visits.states import State

PEOPLE, DAYS = 260, 28
FORMER = "한도윤"  # gave the levels of that month and has left since; the doctors of today are the reviewers
FAMILY, GIVEN = "김이박최정강조윤장임", ("민서", "도현", "영숙", "성호", "은경", "재훈", "말순", "지우", "상철", "하린")
WORDS = {
    "ko": (
        "어제부터 목이 아프고 열이 조금 나요.",
        "무릎이 붓고 걸을 때 아파요.",
        "속이 쓰리고 밥을 먹으면 더 아파요.",
        "혈압약이 떨어졌어요.",
    ),
    "en": ("My throat has hurt since yesterday.", "My knee is swollen.", "Heartburn after every meal.", "I need my pills again."),
}
LEVELS, WEIGHTS = (2, 3, 4, 5), (7, 35, 43, 15)
USUAL = {2: 6, 3: 12, 4: 26, 5: 34}  # minutes somebody of a level waits
CHANNELS, SHARES, SLOWER = ("app", "clinic", "phone"), (55, 30, 15), {"app": 1.0, "clinic": 1.05, "phone": 1.45}
REASONS = {2: "겉보기보다 위중해 보임", 3: "오늘 안에 봐야 함", 4: "활력징후 안정", 5: "급하지 않은 처방 문의"}
ENDS = {
    2: ("emergency", "admitted", "today"),
    3: ("today", "treated", "later"),
    4: ("treated", "later"),
    5: ("advice", "treated"),
}


@dataclass
class Story:
    """One past visit and what was said of it."""

    visit: Visit
    suggested: int
    given: int
    right: int


def invent() -> None:
    """A month of finished visits with two signatures, outcomes, and verdicts on half of the differences."""
    random, former = Random(1), _former()
    clinics = list(Clinic.objects.order_by("pk"))
    people = Patient.objects.bulk_create([_patient(random, clinics) for _ in range(PEOPLE)])
    stories = [_story(random, patient, former) for patient in people]
    Visit.objects.bulk_create([story.visit for story in stories])
    suggested = Assessment.objects.bulk_create([_suggestion(random, story) for story in stories])
    signed = Assessment.objects.bulk_create([_signature(*pair, former.user) for pair in zip(stories, suggested, strict=True)])
    Outcome.objects.bulk_create([_outcome(random, story, former.user) for story in stories])
    Verdict.objects.bulk_create(_verdicts(random, stories, signed))
    waits.today()


def _former() -> Practitioner:
    user = User(email="former.doctor@naru.example", role=User.Role.DOCTOR, first_name=FORMER, is_active=False)
    user.set_unusable_password()
    user.save()
    former = Practitioner.objects.create(user=user, name=FORMER, specialty_ko="내과", specialty_en="Internal medicine")
    former.clinics.set(Clinic.objects.all())
    return former


def _patient(random, clinics) -> Patient:
    return Patient(
        name=random.choice(FAMILY) + random.choice(GIVEN), birth_date=date(random.randint(1935, 2020), random.randint(1, 12), 7),
        sex=random.choice(("female", "male")), clinic=random.choices(clinics, (5, 3, 2))[0],
        language=random.choices(("ko", "en"), (85, 15))[0],
    )  # fmt: skip


def _story(random, patient, former) -> Story:
    suggested = random.choices(LEVELS, WEIGHTS)[0]
    given = min(5, max(2, suggested + random.choices((-1, 0, 1), (8, 77, 15))[0]))
    channel = random.choices(CHANNELS, SHARES)[0]
    called = timezone.now() - timedelta(days=1 + random.random() * DAYS)
    since = called - timedelta(minutes=SLOWER[channel] * random.gammavariate(2, USUAL[given] / 2))
    visit = Visit(
        patient=patient, clinic=patient.clinic, practitioner=former, channel=channel, language=patient.language,
        state=State.COMPLETED, acuity=given, acuity_source=Source.CLINICIAN,
        arrived_at=since, waiting_since=since, called_at=called, ended_at=called + timedelta(minutes=10),
    )  # fmt: skip
    return Story(visit, suggested, given, random.choices((suggested, given), (35, 65))[0])


def _suggestion(random, story) -> Assessment:
    words = random.choice(WORDS[story.visit.language])
    return Assessment(
        visit=story.visit, acuity=story.suggested, model_acuity=story.suggested, source=Source.MODEL, blind=random.random() < 0.3,
        inputs={"words": words, "vitals": {}}, model_version="demo", created_at=story.visit.waiting_since,
    )  # fmt: skip


def _signature(story, suggestion, by) -> Assessment:
    return Assessment(
        visit=story.visit, acuity=story.given, source=Source.CLINICIAN, by=by, reason=REASONS[story.given],
        against=suggestion, created_at=story.visit.called_at,
    )  # fmt: skip


def _outcome(random, story, by) -> Outcome:
    return Outcome(visit=story.visit, kind=random.choice(ENDS[story.right]), by=by, at=story.visit.ended_at)


def _verdicts(random, stories, signed):
    reviewers = list(User.objects.filter(role=User.Role.DOCTOR, is_active=True).order_by("pk"))[:2]
    for story, case in zip(stories, signed, strict=True):
        if story.suggested != story.given and random.random() < 0.5:
            for seat, by in enumerate(reviewers, start=1):
                level = story.right if random.random() < 0.85 else story.given + story.suggested - story.right
                yield Verdict(case=case, seat=seat, level=level, reason=REASONS[level], by=by)

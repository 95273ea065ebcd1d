"""An intake as the pure packages see it."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from intake import vitals
from intake.models import Intake

from .inference.case import Case
from .knowledge.questions import questions

ASKED = "ask-"  # how the interview's answers are kept beside those of the intake
SEX = {"female": "F", "male": "M"}
NEW: Final = frozenset({"minutes", "hours", "days"})  # a pain of this age is no old one


def case_of(intake: Intake) -> Case:
    """Words, answers and vitals of one intake, without a name."""
    patient = intake.visit.patient
    given = {answer.question.removeprefix(ASKED): answer.value for answer in intake.answers.all()}
    return Case(
        words=intake.words,
        language=intake.language,
        age=round(patient.age_years, 2),
        sex=SEX.get(patient.sex),
        answers={**dict(already_told(given)), **given},
        vitals={key: float(vital.value) for key, vital in vitals.latest(intake.visit).items()},
    )


def already_told(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Answers to the interview that the intake already holds: what was told once is not asked again."""
    if given.get("onset") in NEW:
        yield "pain_since", "new"
    lists = f"{given.get('conditions', '')} {given.get('medicines', '')}"
    for question in questions().values():
        for answer in question.answers:
            if answer.written and re.search(answer.written, lists, re.IGNORECASE):
                yield question.id, answer.code

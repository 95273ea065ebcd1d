"""An intake as the pure packages see it."""

from intake import vitals
from intake.models import Intake

from .inference.case import Case

ASKED = "ask-"  # how the interview's answers are kept beside those of the intake
SEX = {"female": "F", "male": "M"}


def case_of(intake: Intake) -> Case:
    """Words, answers and vitals of one intake, without a name."""
    patient = intake.visit.patient
    answers = {answer.question.removeprefix(ASKED): answer.value for answer in intake.answers.all()}
    measured = {key: float(vital.value) for key, vital in vitals.latest(intake.visit).items()}
    if answers.get("severity", "").isdigit():
        measured["pain"] = float(answers["severity"])
    return Case(
        words=intake.words,
        language=intake.language,
        age=round(patient.age_years, 2),
        sex=SEX.get(patient.sex),
        answers=answers,
        vitals=measured,
    )

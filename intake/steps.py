"""The order of the pages: one question a page."""

from .models import Intake
from .questions import QUESTIONS

FIRST, LAST = "words", "summary"
LATER: list[str] = []  # pages that a later app adds before the summary


def steps_for(intake: Intake) -> list[str]:
    """The pages this person is shown."""
    asked = [question.key for question in QUESTIONS if question.asked_of(intake.visit.patient)]
    return [FIRST, *asked, "vitals", "photo", "consent", *LATER, LAST]


def after(intake, step) -> str:
    steps = steps_for(intake)
    return steps[min(steps.index(step) + 1, len(steps) - 1)]


def before(intake, step) -> str | None:
    steps = steps_for(intake)
    return steps[steps.index(step) - 1] if step != steps[0] else None


def where_left_off(intake) -> str:
    """The first page that has nothing yet; a person on another device goes on here."""
    if not intake.words:
        return FIRST
    answered = set(intake.answers.values_list("question", flat=True))
    open_steps = [step for step in steps_for(intake) if step not in answered and step not in (FIRST, "vitals", "photo")]
    if intake.visit.consents.exists():
        open_steps = [step for step in open_steps if step != "consent"]
    return open_steps[0]

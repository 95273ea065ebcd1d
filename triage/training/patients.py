"""A patient made of paper: answers every question truthfully from the signs that are written down for the case."""

from collections.abc import Collection

from triage.knowledge.questions import UNKNOWN, Answer, Question


def answer_of(question: Question, present: Collection[str]) -> Answer | None:
    """What somebody with these signs answers; None stands for "I don't know"."""
    whole = [answer for answer in question.answers if answer.yes and answer.yes <= set(present)]
    if whole:
        return max(whole, key=lambda answer: (len(answer.yes), question.answers.index(answer)))
    partly = [answer for answer in question.answers if answer.yes & set(present)]
    if partly:
        return partly[-1]
    return next((answer for answer in question.answers if not answer.yes), None)


def code_of(question: Question, present: Collection[str]) -> str:
    """The code of that answer."""
    answer = answer_of(question, present)
    return answer.code if answer else UNKNOWN

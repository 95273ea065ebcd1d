"""The questions of the interview: each settles some signs. Data and wording stand in questions.jsonl, red flags first."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

DATA = Path(__file__).with_name("questions.jsonl")
UNKNOWN: Final = "unknown"  # "I don't know": settles nothing, and is not asked again


@dataclass(frozen=True)
class Answer:
    """yes: signs that are there when this is chosen.  no: signs that are not.  text: {"ko", "en"}.

    written: pattern that means this answer when it stands in somebody's list of illnesses or medicines, "" for none.
    """

    code: str
    text: Mapping[str, str]
    yes: frozenset[str]
    no: frozenset[str]
    written: str = ""


@dataclass(frozen=True)
class Question:
    """text: {"ko", "en"}.  Ages in years; sex "F", "M" or None for both.  after: asked once one of these signs is there.

    usual_with: complaints ("any": all) with which a nurse asks this whatever the words say.  idle_with: but not with these.
    settled_without: signs whose denial answers all: whoever has no fever has no high fever either.
    """

    id: str
    text: Mapping[str, str]
    answers: tuple[Answer, ...]
    min_age: float = 0.0
    max_age: float = float("inf")
    sex: str | None = None
    after: tuple[str, ...] = ()
    usual_with: tuple[str, ...] = ()
    idle_with: tuple[str, ...] = ()
    settled_without: tuple[str, ...] = ()

    def fits(self, age: float | None, sex: str | None) -> bool:
        """Whether to ask this person; an unknown sex does not keep a question back, an unknown age does if it matters."""
        of_age = self.min_age <= age < self.max_age if age is not None else (self.min_age, self.max_age) == (0.0, float("inf"))
        return of_age and sex in (None, self.sex or sex)

    @property
    def signs(self) -> frozenset[str]:
        """All signs that some answer settles."""
        return frozenset().union(*(answer.yes | answer.no for answer in self.answers))

    @property
    def most_urgent(self) -> frozenset[str]:
        """The signs of the last answer: questions list their answers from mild to grave."""
        return self.answers[-1].yes


@cache
def questions() -> dict[str, Question]:
    """All questions by id, in the order of the file."""
    found = [_question(json.loads(line)) for line in DATA.read_text(encoding="utf-8").splitlines()]
    return {question.id: question for question in found}


def _question(line: dict) -> Question:
    answers = tuple(
        Answer(
            each["code"],
            {"ko": each["ko"], "en": each["en"]},
            frozenset(each.get("yes", ())),
            frozenset(each.get("no", ())),
            each.get("written", ""),
        )
        for each in line["answers"]
    )
    return Question(line["id"], {"ko": line["ko"], "en": line["en"]}, answers, **line.get("needs", {}))


def chosen(answers: Mapping[str, str]) -> Iterator[tuple[Question, Answer]]:
    """The questions that were answered, with the answer; anything else in `answers` is passed over."""
    for key, code in answers.items():
        question = questions().get(key)
        answer = next((each for each in question.answers if each.code == code), None) if question else None
        if question and answer:
            yield question, answer

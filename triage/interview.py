"""Which question to ask next: the one whose answer may change the level most. Pure: the same case gives the same question."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from .inference.case import Case
from .inference.decision import ANSWERS
from .inference.model import Model, Reading
from .judgement import HEARD, Opinion, answered, score, settled, weigh
from .knowledge import red_flags
from .knowledge.questions import Answer, Question, questions
from .knowledge.signs import LEVELS

MOST: Final = 8  # questions in one interview
SAID: Final = 0.6  # from this chance on the words have said or denied it: not asked again
POSSIBLE: Final = 0.08  # an answer less likely than this is not worth a question ...
POSSIBLE_DANGER: Final = 0.03  # ... unless it would make the case emergent
EMERGENT: Final = 2
AT_LEAST: Final = 0.09  # each answer of a usual question counts as this likely, so it is worth asking
WITHOUT_MODEL: Final = ("danger", "bleeding", "pain")


def next_question(case: Case, model: Model | None, reading: Reading | None = None) -> Question | None:
    """The question to ask now, or None when no likely answer can change the level, or enough was asked.

    `case.answers` holds what was asked before, with "unknown" for "I don't know".
    """
    asked = [key for key in case.answers if key in questions()]
    flagged = min((finding.level for finding in red_flags.find(case)), default=5)
    if len(asked) >= MOST or _by_rules(case, flagged) == LEVELS[0]:
        return None
    if model is None:
        return next((questions()[name] for name in WITHOUT_MODEL if name not in asked), None)
    reading = reading or model.read(case.words)
    known = {**_denied(reading), **settled(case)}
    likely = prior(reading, model.decision.company)
    now = weigh(case, model, reading, known, ANSWERS)
    worth = {
        question.id: gain
        for question in questions().values()
        if question.id not in asked and question.fits(case.age, case.sex)
        if _comes_up(question, known, reading) and not _said(question, known, reading)
        if (gain := _gain(question, case, model, reading, known, likely, now, flagged)) > 0
    }
    return questions()[max(worth, key=lambda name: worth[name])] if worth else None


def prior(reading: Reading, company: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """How likely each sign is before it is asked: heard in the words, or common with the complaint."""
    likely = dict(reading.present)
    for complaint, chance in reading.complaints.items():
        for sign, share in company.get(complaint, {}).items():
            likely[sign] = max(likely.get(sign, 0.0), min(chance, 0.9) * share)
    return {sign: chance * (1 - reading.denied.get(sign, 0.0)) for sign, chance in likely.items()}


def chances_of(question: Question, known: Mapping[str, float], likely: Mapping[str, float]) -> Iterator[tuple[Answer, float]]:
    """How likely each answer is; what is left over goes to the answers that say "no"."""
    raw = [max((known.get(sign, likely.get(sign, 0.0)) for sign in answer.yes), default=None) for answer in question.answers]
    total = sum(chance for chance in raw if chance is not None)
    nos = raw.count(None)
    shrink = 1 / (total or 1.0) if question.after and not nos else min(1.0, 0.95 / (total or 1.0))
    for answer, chance in zip(question.answers, raw, strict=True):
        yield answer, (1 - total * shrink) / nos if chance is None else chance * shrink


def _gain(question, case, model, reading, known, likely, now: Opinion, flagged: int) -> float:
    """The expected move of the score over the answers that are possible; 0 when none of them moves the level."""
    gain, moves = 0.0, False
    level = min(now.level, _by_rules(case, flagged))
    if _usual(question, reading):
        likely = {sign: max(likely.get(sign, 0.0), AT_LEAST) for sign in question.signs}
    for answer, chance in chances_of(question, known, likely):
        then = weigh(case, model, reading, {**known, **dict.fromkeys(answer.no, 0.0), **dict.fromkeys(answer.yes, 1.0)}, ANSWERS)
        after = min(then.level, _by_rules(replace(case, answers={**case.answers, question.id: answer.code}), flagged))
        if after == level or chance < (POSSIBLE_DANGER if after <= EMERGENT and after < level else POSSIBLE):
            continue
        moves = True
        gain += chance * abs(score(then) - score(now)) * (2 if after < level else 1)
    return gain if moves else 0.0


def _by_rules(case: Case, flagged: int) -> int:
    """The most urgent level of the red flags and of what was answered."""
    return min([flagged, *(finding.level for finding in answered(case))])


def _comes_up(question: Question, known: Mapping[str, float], reading: Reading) -> bool:
    """Whether what the question builds on is there: nobody without pain is asked where it hurts."""
    return not question.after or any(known.get(sign, reading.present.get(sign, 0.0)) >= HEARD for sign in question.after)


def _usual(question: Question, reading: Reading) -> bool:
    heard = {"any", *(complaint for complaint, chance in reading.complaints.items() if chance >= HEARD)}
    return not heard.isdisjoint(question.usual_with) and heard.isdisjoint(question.idle_with)


def _denied(reading: Reading) -> dict[str, float]:
    return {sign: 0.0 for sign, chance in reading.denied.items() if chance >= SAID and reading.present.get(sign, 0.0) < SAID}


def _said(question: Question, known: Mapping[str, float], reading: Reading) -> bool:
    """Whether words or earlier answers already hold the answer."""
    if question.signs <= known.keys() or any(known.get(sign) == 0 for sign in question.settled_without):
        return True
    return any(max(known.get(sign, 0.0), reading.present.get(sign, 0.0)) >= SAID for sign in question.most_urgent)

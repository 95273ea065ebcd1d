"""Cases from a file, judged and compared with what they should be. Plain Python; the commands print what stands here."""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from .inference.case import Case
from .inference.language import language_of
from .inference.model import Model
from .inference.vital_signs import POSSIBLE
from .judgement import Judgement, judge

CARE: Final = {"em": (1, 2), "ne": (3, 4), "sc": (5, 5)}  # emergent, see a doctor, self-care: most and least urgent level
BANDS: Final = (("0-2", 3), ("3-17", 18), ("18-64", 65), ("65-", math.inf))
OLDEST: Final = 120


class BadLine(Exception):
    """A line that cannot be judged; says which and why."""


@dataclass(frozen=True)
class Line:
    """gold: (most urgent, least urgent) level that counts as right, None if unknown.  safe: least urgent level that is safe.

    ignored: fields that were there but made no sense, such as an age of 130 or a temperature in Fahrenheit.
    """

    id: str
    case: Case
    gold: tuple[int, int] | None
    safe: int | None
    ignored: tuple[str, ...]

    @property
    def band(self) -> str:
        """Age band, "?" if the age is unknown."""
        return next(name for name, below in BANDS if self.case.age < below) if self.case.age is not None else "?"


def read(lines: Iterable[str]) -> Iterator[Line]:
    """Lines of JSON as cases; an empty line is passed over."""
    for number, text in enumerate(lines, start=1):
        if text.strip():
            yield _line(text, number)


def _line(text: str, number: int) -> Line:
    try:
        stored = json.loads(text)
    except ValueError as error:
        raise BadLine(f"line {number}: not JSON ({error})") from error
    if not isinstance(stored, dict) or not isinstance(stored.get("text"), str):
        raise BadLine(f'line {number}: want an object with "text" (a string)')
    gold = stored.get("gold")
    if gold is not None and gold not in (1, 2, 3, 4, 5, *CARE):
        raise BadLine(f'line {number}: "gold" is 1 to 5, "em", "ne" or "sc", not {gold!r}')
    span = CARE.get(gold, (gold, gold)) if gold is not None else None
    safe = stored.get("max_safe_level") or (span[1] if span else None)
    case, ignored = case_of(stored)
    return Line(str(stored.get("id", number)), case, span, safe, ignored)


def case_of(stored: dict[str, Any]) -> tuple[Case, tuple[str, ...]]:
    """A stored object as a case, and the fields that made no sense and are not used."""
    ignored = []
    age = stored.get("age")
    if age is not None and not (_number(age) and 0 <= age <= OLDEST):
        age = ignored.append("age")
    sex = str(stored.get("sex") or "").upper()[:1]
    vitals = {}
    for name, value in (stored.get("vitals") or {}).items():
        low, high = POSSIBLE.get(name, (0, -1))
        if name == "avpu" and str(value).upper()[:1] in "ACVPU":
            vitals[name] = str(value).upper()[:1]
        elif _number(value) and low <= value <= high:
            vitals[name] = float(value)
        elif value is not None:
            ignored.append(name)
    answers = {str(key): str(value) for key, value in (stored.get("answers") or {}).items()}
    language = stored.get("lang") if stored.get("lang") in ("ko", "en") else language_of(stored["text"])
    return Case(stored["text"], language, age, sex if sex in ("F", "M") else None, answers, vitals), tuple(ignored)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def judged(lines: Iterable[Line], model: Model | None) -> Iterator[tuple[Line, Judgement]]:
    """Each line with what is judged of it."""
    for line in lines:
        yield line, judge(line.case, model)


def as_json(line: Line, judgement: Judgement) -> dict[str, Any]:
    """One judged case for --json."""
    opinion = judgement.opinion
    return {
        "id": line.id,
        "level": judgement.level,
        "probabilities": opinion.probabilities if opinion else [],
        "set": list(opinion.possible) if opinion else [judgement.level],
        "reasons": [_reason(line.case, finding) for finding in judgement.reasons],
        "rules": [finding.code for finding in judgement.rules],
        "abstained": judgement.abstained,
        "ignored": list(line.ignored),
    }


def _reason(case, finding) -> dict[str, Any]:
    where = {"start": finding.start, "end": finding.end, "words": case.words[finding.start : finding.end]}
    return {
        "code": finding.code,
        "level": finding.level,
        "source": finding.source,
        "key": finding.key,
        "text": finding.text[case.language],
        **(where if finding.source == "words" else {}),
    }

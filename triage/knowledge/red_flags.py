"""Red flags: fixed safety rules that no model may lower. Data and sources stand in red_flags.json."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from triage.inference.case import Case, Finding
from triage.inference.language import holds_now, normalise

DATA = Path(__file__).with_name("red_flags.json")
WORDS_READ = 8000  # characters looked at; nobody's first sentence is longer


@cache
def knowledge() -> dict:
    """The authored data, with its patterns compiled."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    for flag in data["words"]:
        flag["patterns"] = [re.compile(pattern) for pattern in [*flag["ko"], *flag["en"]]]
    return data


def find(case: Case) -> list[Finding]:
    """All red flags of a case, most urgent first; one finding per code."""
    best: dict[str, Finding] = {}
    for finding in sorted([*_in_words(case), *_in_vitals(case), *_in_answers(case)], key=lambda finding: finding.level):
        best.setdefault(finding.code, finding)
    return list(best.values())


def _in_words(case: Case) -> Iterator[Finding]:
    text = normalise(case.words[:WORDS_READ])
    for flag in knowledge()["words"]:
        if _fits(case, flag.get("needs", {})):
            match = next(_matches(flag, text), None)
            if match:
                yield Finding(flag["code"], flag["level"], "words", "", *match, text=flag["text"], plain=flag["plain"])


def _matches(flag: dict, text: str) -> Iterator[tuple[int, int]]:
    for pattern in flag["patterns"]:
        for match in pattern.finditer(text):
            if holds_now(text, *match.span()):
                yield match.span()


def _fits(case: Case, needs: dict) -> bool:
    """Whether age and sex allow this flag; what is not known counts as fitting."""
    too_old = case.age is not None and case.age > needs.get("max_age", 200)
    too_young = case.age is not None and case.age < needs.get("min_age", 0)
    other_sex = case.sex is not None and case.sex != needs.get("sex", case.sex)
    return not (too_old or too_young or other_sex)


def _in_vitals(case: Case) -> Iterator[Finding]:
    for rule in knowledge()["vitals"]:
        value = case.vitals.get(rule["key"])
        if value is None or not _fits(case, rule):
            continue
        if value < rule.get("below", float("-inf")) or value > rule.get("above", float("inf")):
            yield Finding(rule["code"], rule["level"], "vital", rule["key"], 0, 0, text=rule["text"], plain=rule["text"])


def _in_answers(case: Case) -> Iterator[Finding]:
    for rule in knowledge()["answers"]:
        if case.answers.get(rule["key"]) == rule["is"]:
            yield Finding(rule["code"], rule["level"], "answer", rule["key"], 0, 0, text=rule["text"], plain=rule["text"])

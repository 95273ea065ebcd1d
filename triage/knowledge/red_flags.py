"""Red flags: fixed safety rules that no model may lower. Data and sources stand in red_flags.json."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from triage.inference.case import Case, Finding
from triage.inference.language import BACK, holds_now, read

DATA = Path(__file__).with_name("red_flags.json")
WORDS_READ = 2000  # characters looked at: what is most urgent is said early, and a 5 MB paste must not cost time


@cache
def knowledge() -> dict:
    """The authored data, with its patterns compiled."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    for flag in data["words"]:
        flag["patterns"] = _compiled(flag)
    for rule in [*data["words"], *data["vitals"]]:
        for other in ("with", "unless"):
            if other in rule:
                rule[other]["patterns"] = _compiled(rule[other])
    return data


def _compiled(rule: dict) -> list[re.Pattern[str]]:
    return [re.compile(pattern) for pattern in [*rule.get("ko", []), *rule.get("en", [])]]


def find(case: Case) -> list[Finding]:
    """All red flags of a case, most urgent first; one finding per code. Spans are of `case.words` as written."""
    best: dict[str, Finding] = {}
    for finding in sorted([*_in_words(case), *_in_vitals(case)], key=lambda finding: finding.level):
        best.setdefault(finding.code, finding)
    return list(best.values())


def _in_words(case: Case) -> Iterator[Finding]:
    reading = read(case.words[:WORDS_READ])
    for flag in knowledge()["words"]:
        if _fits(case, flag.get("needs", {})) and _accompanied(case, reading.text, flag.get("with")):
            match = next(_matches(flag["patterns"], reading.text), None)
            if match and not _calmed(reading.text, flag.get("unless")):
                yield Finding(flag["code"], flag["level"], "words", "", *reading.span(*match), flag["text"], flag["plain"])


def _matches(patterns: list[re.Pattern[str]], text: str) -> Iterator[tuple[int, int]]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            if match.group() and holds_now(text, *match.span()):
                yield match.span()


def _accompanied(case: Case, text: str, company: dict | None) -> bool:
    """Whether the second half of a flag is there too, in the words or in an answer."""
    if company is None:
        return True
    answered = any(re.search(pattern, case.answers.get(key, "").lower()) for key, pattern in company.get("answers", {}).items())
    return answered or next(_matches(company["patterns"], text), None) is not None


def _calmed(text: str, calm: dict | None) -> bool:
    """Whether it is said that the danger is over or harmless, and not that it is back or getting worse."""
    return calm is not None and not BACK.search(text) and any(_matches(calm["patterns"], text))


def _fits(case: Case, needs: dict) -> bool:
    """Whether age and sex allow this flag; what is not known counts as fitting, unless the flag asks for the age."""
    if case.age is None and needs.get("age_known"):
        return False
    too_old = case.age is not None and case.age >= needs.get("max_age", 200)
    too_young = case.age is not None and case.age < needs.get("min_age", 0)
    other_sex = case.sex is not None and case.sex != needs.get("sex", case.sex)
    return not (too_old or too_young or other_sex)


def _in_vitals(case: Case) -> Iterator[Finding]:
    for rule in knowledge()["vitals"]:
        value = case.vitals.get(rule["key"])
        if value is None or not _possible(rule["key"], value) or not _fits(case, rule):
            continue
        out_of_bounds = value < rule.get("below", float("-inf")) or value > rule.get("above", float("inf"))
        if out_of_bounds and _accompanied(case, read(case.words[:WORDS_READ]).text, rule.get("with")):
            yield Finding(rule["code"], rule["level"], "vital", rule["key"], 0, 0, rule["text"], rule["plain"])


def _possible(key: str, value: float) -> bool:
    """Whether a living person can have this value in our unit; 98.6 degrees is somebody else's unit."""
    lowest, highest = knowledge()["plausible"][key]
    return lowest <= value <= highest

"""Signs: what makes a complaint urgent, and the level each one gives. Data, sources and wording stand in signs.jsonl."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

DATA = Path(__file__).with_name("signs.jsonl")
LEVELS: Final = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Row:
    """One line of the table: a sign gives this level, alone or with company, to everybody or below an age (years)."""

    level: int
    with_: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    max_age: float = float("inf")


@dataclass(frozen=True)
class Sign:
    """text: for clinicians, plain: for patients; both {"ko", "en"}."""

    id: str
    rows: tuple[Row, ...]
    text: Mapping[str, str]
    plain: Mapping[str, str]
    source: str


@cache
def signs() -> dict[str, Sign]:
    """All signs by id, in the order of the file (the order of the model's outputs, too)."""
    found = [_sign(json.loads(line)) for line in DATA.read_text(encoding="utf-8").splitlines()]
    return {sign.id: sign for sign in found}


def _sign(line: dict) -> Sign:
    rows = tuple(
        Row(row["level"], tuple(row.get("with", ())), tuple(row.get("unless", ())), row.get("max_age", float("inf")))
        for row in line["rows"]
    )
    return Sign(line["id"], rows, {"ko": line["ko"], "en": line["en"]}, line["plain"], line["source"])


def urgency(chances: Mapping[str, float], age: float | None) -> list[float]:
    """P(level <= 1), ..., P(level <= 4) if signs were independent of each other: 1 - product of (1 - chance of each row).

    chances: probability 0-1 by sign.  age: years; None fits no row that asks for an age.
    """
    missing = [1.0] * 4
    for sign, chance in chances.items():
        if chance <= 0:
            continue
        for place, fires in enumerate(_fires(signs()[sign], chance, chances, age)):
            missing[place] *= 1 - fires
    return [1 - product for product in missing]


def _fires(sign: Sign, chance: float, chances: Mapping[str, float], age: float | None) -> Sequence[float]:
    """The chance that one of the sign's rows gives level 1, <= 2, <= 3, <= 4."""
    found = [0.0] * 4
    for row in sign.rows:
        if row.max_age != float("inf") and (age is None or age >= row.max_age):
            continue
        fires = chance
        for other in row.with_:
            fires *= chances.get(other, 0.0)
        for other in row.unless:
            fires *= 1 - chances.get(other, 0.0)
        for place in range(row.level - 1, 4):
            found[place] = max(found[place], fires)
    return found


def level_of(sign: str, present: Sequence[str], age: float | None) -> int:
    """The level that a sign gives when these signs are there."""
    fires = _fires(signs()[sign], 1.0, dict.fromkeys(present, 1.0), age)
    return next((place + 1 for place, fired in enumerate(fires) if fired > 0), 5)

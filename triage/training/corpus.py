"""Read the authored sentences; wordings of one story share a group and never stand on both sides of a test."""

import json
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent.parent / "corpus"
LANGUAGES = ("ko", "en")


class Sentence(NamedTuple):
    """One way to tell a story, its level 1-5, the group of its story, and its language."""

    text: str
    level: int
    group: str
    language: str


def sentences() -> list[Sentence]:
    """All authored sentences, Korean first."""
    return [sentence for language in LANGUAGES for sentence in _of(language)]


def _of(language: str) -> list[Sentence]:
    lines = (FOLDER / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Sentence(**json.loads(line), language=language) for line in lines]


def unseen() -> list[Sentence]:
    """Sentences that neither rules nor model were made with; scored, never trained on, and never used to mend a rule."""
    lines = (FOLDER / "unseen.jsonl").read_text(encoding="utf-8").splitlines()
    return [Sentence(**json.loads(line), group=f"unseen-{number}") for number, line in enumerate(lines)]

"""Read the authored sentences: triage/corpus/*.txt, whose README says how a line is written.

Wordings of one theme share a group and never stand on both sides of a test; the Korean and the English wording of a line
share everything.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent.parent / "corpus"
LANGUAGES = ("ko", "en")
UNSEEN = "unseen"  # never trained on, never used to mend a rule
_FIRST = re.compile(r"(?P<level>[1-5])(?: (?P<sex>[fm?])(?P<age>\d+(?:\.\d+)?)?)?")


class BadLine(Exception):
    """A line of the corpus that cannot be read; says which and why."""


class Sentence(NamedTuple):
    """One way to tell a story. `labelled`: somebody wrote down its signs; else only its level is known."""

    text: str
    language: str
    level: int
    group: str
    line: str
    age: float | None = None
    sex: str | None = None
    complaints: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    labelled: bool = True


def sentences() -> list[Sentence]:
    """All sentences to train with."""
    return [sentence for path in sorted(FOLDER.glob("*.txt")) if path.stem != UNSEEN for sentence in read(path)]


def unseen() -> list[Sentence]:
    """Sentences kept aside from rules and model alike."""
    return list(read(FOLDER / f"{UNSEEN}.txt"))


def read(path: Path) -> Iterator[Sentence]:
    """The sentences of one file."""
    group = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#"):
            group = f"{path.stem}: {line[1:].strip()}"
        elif line.strip():
            yield from _pair(line, group, f"{path.stem}:{number}")


def _pair(line: str, group: str, where: str) -> Iterator[Sentence]:
    fields = [field.strip() for field in line.split("|")]
    first = _FIRST.fullmatch(fields[0])
    if len(fields) != 5 or first is None or not group:
        raise BadLine(f"{where}: want 'level who | complaints | signs | Korean | English' under a '# theme': {line[:60]}")
    _first, complaints, labels, *texts = fields
    facts = {
        "level": int(first["level"]),
        "group": group,
        "line": where,
        "age": float(first["age"]) if first["age"] else None,
        "sex": {"f": "F", "m": "M"}.get(first["sex"] or ""),
        "complaints": frozenset(complaints.split()),
        "present": _marked("+", labels),
        "denied": _marked("-", labels),
        "labelled": complaints != "",
    }
    for language, text in zip(LANGUAGES, texts, strict=True):
        if text:
            yield Sentence(text=text, language=language, **facts)


def _marked(mark: str, labels: str) -> frozenset[str]:
    return frozenset(label[1:] for label in labels.split() if label.startswith(mark))

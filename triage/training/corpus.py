"""Read the authored sentences: one line is one story, told in several ways."""

from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent.parent / "corpus"


class Sentence(NamedTuple):
    """One way to tell a story, its level, and the story it belongs to."""

    text: str
    level: int
    story: str
    language: str


def sentences() -> list[Sentence]:
    """All authored sentences in both languages."""
    found: list[Sentence] = []
    for path in sorted(FOLDER.glob("*.txt")):
        level = 0
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.startswith("["):
                level = int(line[1])
            elif line.strip() and not line.startswith("#"):
                tellings = line.split(" | ")
                found += [Sentence(text.strip(), level, f"{path.stem}:{number}", path.stem) for text in tellings]
    return found

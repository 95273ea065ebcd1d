"""Words without the people in them: names, numbers to call, addresses. Plain Python."""

import re
from collections.abc import Iterable
from typing import Final

GONE: Final = "○○"
NUMBERS: Final = re.compile(r"\+?\d(?:[\s.\-]?\d){6,}|\S+@\S+\.\w+")  # telephone, resident number, e-mail


def masked(words: str, names: Iterable[str]) -> str:
    """The words with every part of these names, and whatever one could be called or written at, taken out."""
    parts = {part for name in names for part in _parts(name)}
    for part in sorted(parts, key=len, reverse=True):
        edge = r"\b" if part.isascii() else ""  # Korean puts its particles right behind a name
        words = re.sub(f"{edge}{re.escape(part)}{edge}", GONE, words, flags=re.IGNORECASE)
    return NUMBERS.sub(GONE, words)


def _parts(name: str) -> list[str]:
    """The whole name, each of its words, and a Korean given name without the family name."""
    words = name.split()
    given = [name[1:]] if len(words) == 1 and len(name) in (3, 4) and not name.isascii() else []
    return [part for part in (name.strip(), *words, *given) if len(part) > 1]

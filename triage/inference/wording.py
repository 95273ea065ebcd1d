"""Words as the model reads them: no stops, swapped letters put right, and Korean spaced in one way however it was typed."""

import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .denial import without_denials
from .language import normalise

LONGEST: Final = 900  # characters read: what is most urgent is said early, and 50,000 characters must not cost time
SHORTEST: Final = 4  # letters a word must have to be mended
AROUND: Final = 1 << 17  # kinds of surroundings that a gap may have
SCALE: Final = 16  # of the weights of gaps, which are whole numbers
_STOPS = re.compile(r"(?<!\d)[.,]|[.,](?!\d)|[;:!~\"()…·*]+")
_SPACE = re.compile(r"\s+")
_SPACE_IN_KOREAN = re.compile(r"(?<=[가-힣]) (?=[가-힣])")
_GAP = re.compile(r"(?<=[가-힣])(?=[가-힣])")
_WORD = re.compile(rf"[a-z]{{{SHORTEST},}}")
_LEFT_RIGHT: Final = ((1, 0), (2, 0), (3, 0), (0, 1), (0, 2), (0, 3), (1, 1), (2, 1), (1, 2), (2, 2))  # syllables looked at


class Wording:
    """known: English words that people use, common ones first.  gaps: how much each surrounding weighs; the last: bias."""

    def __init__(self, known: Sequence[str], gaps: NDArray[np.int8]) -> None:
        self.known, self.gaps = known, gaps
        self._usual = frozenset(known)
        self._by_letters = {_letters(word): word for word in reversed(known)}
        self.plain = lru_cache(maxsize=256)(self._plain)

    def told(self, words: str) -> str:
        """All that was said."""
        return self.plain(normalise(words[:LONGEST]))

    def heard(self, words: str) -> str:
        """The same without what is only said not to be there."""
        return self.plain(without_denials(normalise(words[:LONGEST])))

    def _plain(self, text: str) -> str:
        return self.spaced(_WORD.sub(lambda found: self._mended(found.group()), bare(text)))

    def _mended(self, word: str) -> str:
        return word if word in self._usual else self._by_letters.get(_letters(word), word)

    def spaced(self, text: str) -> str:
        """Spaces between Korean syllables where people usually put them."""
        close = _SPACE_IN_KOREAN.sub("", text)
        gaps = [found.start() for found in _GAP.finditer(close)]
        if not gaps:
            return close
        weights = self.gaps[np.array([around(close, gap) for gap in gaps])].sum(axis=1, dtype=np.int64) + int(self.gaps[-1])
        cuts = [0, *(gap for gap, weight in zip(gaps, weights.tolist(), strict=True) if weight > 0), len(close)]
        return " ".join(close[start:end] for start, end in zip(cuts, cuts[1:], strict=False))


def bare(text: str) -> str:
    """A normalised text without stops and quotes; 38.5 keeps its point."""
    return _SPACE.sub(" ", _STOPS.sub(" ", text)).strip()


def around(text: str, gap: int) -> list[int]:
    """What stands left and right of a gap, as places in `gaps`."""
    sides = (f"{text[max(gap - left, 0) : gap]}|{text[gap : gap + right]}" for left, right in _LEFT_RIGHT)
    return [zlib.crc32(f"{place}{side}".encode()) % AROUND for place, side in enumerate(sides)]


def _letters(word: str) -> str:
    """First and last letter as they stand, the inner ones in order: swapped letters give the same."""
    return word[0] + "".join(sorted(word[1:-1])) + word[-1]

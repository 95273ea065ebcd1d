"""Words as numbers. The same code serves training and use, so both see the same numbers.

Two kinds of piece are read: runs of 1 to 5 characters, and words alone and in pairs that stand near each other.
Runs are taken from the text without the spaces beside Korean syllables, since people set those as they like.
"""

import re
import zlib
from collections import Counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .language import normalise
from .wording import LONGEST

RUNS: Final = (1, 2, 3, 4, 5)  # lengths of the runs of characters
NEAR: Final = 4  # words that may stand between two words of a pair, and one
SETTINGS: Final = {"kind": "plain-runs-and-pairs", "hash": "crc32", "runs": list(RUNS), "near": NEAR, "longest": LONGEST}
_SPACE_BY_KOREAN = re.compile(r"(?<=[가-힣]) | (?=[가-힣])")
_WORD = re.compile(r"[a-z']+|[가-힣]+|\d+")
_ENDING = re.compile(r"(?<=...)(?:ing|ed|es|s|ly)$")


def pieces(text: str) -> tuple[Counter[int], Counter[int]]:
    """Plain text -> how often each run and each word or pair stands in it; pieces are named by their crc32 (0 to 2**32 - 1)."""
    if not text:
        return Counter(), Counter()
    close = f" {_SPACE_BY_KOREAN.sub('', text)} "
    runs = (close[at : at + length] for length in RUNS for at in range(len(close) - length + 1))
    stems = [_stem(word) for word in _WORD.findall(text)]
    pairs = (f"{first}~{second}" for at, first in enumerate(stems) for second in stems[at + 1 : at + 1 + NEAR])
    return _counted(runs), _counted(f"w:{piece}" for piece in (*stems, *pairs))


def _stem(word: str) -> str:
    """What stays of a word when it is bent: two syllables in Korean, all but the ending in English."""
    return word[:2] if "가" <= word[0] <= "힣" else _ENDING.sub("", word.replace("'", ""))


def _counted(found) -> Counter[int]:
    return Counter(zlib.crc32(piece.encode()) for piece in found)


class Vocabulary:
    """The pieces that a model knows, and how rare each one is.

    names: crc32 of each piece, ascending, uint32, shape (n,).  rarity: weight of each piece, float32, shape (n,).
    """

    def __init__(self, names: NDArray[np.uint32], rarity: NDArray[np.float32]) -> None:
        self.names, self.rarity = names, rarity

    def vector(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Plain text -> places in the vocabulary and their values, both of shape (m,); each of the two kinds has length 1."""
        known = [self._known(counted) for counted in pieces(text)]
        return np.concatenate([places for places, _values in known]), np.concatenate([values for _places, values in known])

    def _known(self, counted: Counter[int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        wanted = np.fromiter(counted.keys(), np.uint32, len(counted))
        counts = np.fromiter(counted.values(), np.float32, len(counted))
        places = np.minimum(np.searchsorted(self.names, wanted), len(self.names) - 1)
        here = self.names[places] == wanted
        places = places[here]
        values = (1 + np.log(counts[here])) * self.rarity[places]
        length = np.linalg.norm(values)
        return places, (values / length if length else values).astype(np.float32)


def understood(words: str) -> bool:
    """Whether there is Korean or English to judge: two letters or syllables, and not mostly another script."""
    letters = [character for character in normalise(words[:LONGEST]) if character.isalpha()]
    known = sum(1 for letter in letters if "a" <= letter <= "z" or "가" <= letter <= "힣")
    return known >= 2 and known * 2 >= len(letters)

"""Words as numbers: hashed runs of characters. The same code serves training and use, so both see the same numbers."""

import re
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .language import normalise

SIZE: Final = 1 << 14  # places for character runs
RUNS: Final = (1, 2, 3, 4)  # lengths of the runs
LONGEST: Final = 600  # characters read: what is most urgent is said early, and 50,000 characters must not cost time
SETTINGS: Final = {"kind": "hashed-character-runs", "hash": "crc32", "size": SIZE, "runs": list(RUNS), "longest": LONGEST}
_SPACE = re.compile(r"\s+")


def features(words: str) -> NDArray[np.float32]:
    """Words -> vector of shape (SIZE,), float32, length 1 (all zeros if nothing is left to read)."""
    text = f" {_SPACE.sub(' ', normalise(words[:LONGEST])).strip()} "
    vector = np.zeros(SIZE, dtype=np.float32)
    for length in RUNS:
        for at in range(len(text) - length + 1):
            vector[zlib.crc32(text[at : at + length].encode()) % SIZE] += 1.0
    np.log1p(vector, out=vector)
    norm = float(np.linalg.norm(vector))
    return vector / norm if norm and text.strip() else np.zeros(SIZE, dtype=np.float32)


def understood(words: str) -> bool:
    """Whether there is Korean or English to judge: two letters or syllables, and not mostly another script."""
    letters = [character for character in normalise(words[:LONGEST]) if character.isalpha()]
    known = sum(1 for letter in letters if "a" <= letter <= "z" or "가" <= letter <= "힣")
    return known >= 2 and known * 2 >= len(letters)

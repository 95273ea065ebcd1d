"""How urgent a nurse's line sounds: "dyspnea, O2 sat drop". Four numbers that the decision weighs for the clinic's tier alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .features import Vocabulary

LONGEST: Final = 80  # characters: the longest line that is read as shorthand
SENTENCES: Final = re.compile(r"\w{4,}[.!?]\s+\w")
QUIET, LOUD = -6.0, 4.0  # logits of the heads are cut to this
SILENT: Final = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Shorthand:
    """vocabulary: n pieces.  pieces: weights, shape (n, 4).  heads: weights of what heads read, shape (heads, 4).  bias: (4,)."""

    vocabulary: Vocabulary
    pieces: NDArray[np.float64]
    heads: NDArray[np.float64]
    bias: NDArray[np.float64]

    def levels(self, words: str, heard: str, logits: NDArray[np.floating]) -> NDArray[np.float64]:
        """Logits of level <= 1, <= 2, <= 3, <= 4; zeros for a line that is no shorthand.  heard: the plain text of the words."""
        if not is_shorthand(words):
            return np.array(SILENT)
        places, values = self.vocabulary.vector(heard)
        return values @ self.pieces[places] + np.clip(logits, QUIET, LOUD) @ self.heads + self.bias

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], heads: Sequence[str]) -> "Shorthand":
        """heads: their names, in the order of the logits; one that was not there when this was fitted weighs nothing."""
        vocabulary = Vocabulary(np.array(stored["names"], np.uint32), np.array(stored["rarity"], np.float32))
        weights = np.array([stored["heads"].get(name, SILENT) for name in heads])
        return cls(vocabulary, np.array(stored["pieces"]), weights, np.array(stored["bias"]))


def is_shorthand(words: str) -> bool:
    """One short line that is no sentence followed by another; "Rt. arm" is none."""
    return len(words) <= LONGEST and not SENTENCES.search(words)

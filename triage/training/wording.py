"""Learn from the corpus how words are written: which English words are usual, and where Korean puts its spaces."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from triage.inference.language import normalise
from triage.inference.wording import AROUND, SCALE, Wording, around, bare

SEEN = 2  # times a word must stand in the corpus to be usual
STRENGTH = 0.5  # C of the weights of gaps
NEAR_ENOUGH = 0.05  # where the fit may stop
KOREAN = re.compile("[가-힣]")


def wording_of(texts: Sequence[str]) -> Wording:
    """texts: as they were written, with the spaces that people set."""
    plain = [bare(normalise(text)) for text in texts]
    counted = Counter(word for text in plain for word in re.findall("[a-z]+", text))
    known = sorted((word for word, times in counted.items() if times >= SEEN), key=lambda word: (-counted[word], word))
    return Wording(known, gaps_of([text for text in plain if KOREAN.search(text)]))


def gaps_of(texts: Sequence[str]) -> NDArray[np.int8]:
    """How much each surrounding speaks for a space between two syllables; the last one is the bias."""
    seen = [(around(close, gap), spaced) for text in texts for close, gap, spaced in _gaps(text)]
    places = np.array([at for at, _spaced in seen])
    ends = np.arange(0, places.size + 1, places.shape[1])
    table = sparse.csr_matrix((np.ones(places.size, np.float32), places.ravel(), ends), shape=(len(seen), AROUND))
    fitted = LogisticRegression(solver="liblinear", dual=True, C=STRENGTH, tol=NEAR_ENOUGH, random_state=1).fit(
        table, np.array([spaced for _at, spaced in seen])
    )
    weights = np.append(fitted.coef_[0], fitted.intercept_)
    return np.clip(np.rint(SCALE * weights), -127, 127).astype(np.int8)


def _gaps(text: str):
    """Each place between two Korean syllables of the text without such spaces, and whether a space stood there."""
    parts = re.split(r"(?<=[가-힣]) (?=[가-힣])", text)
    close, spaces = "".join(parts), set(np.cumsum([len(part) for part in parts[:-1]]).tolist())
    for found in re.finditer("(?<=[가-힣])(?=[가-힣])", close):
        yield close, found.start(), found.start() in spaces

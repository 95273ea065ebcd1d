"""Fit how urgent a nurse's line sounds, from lines whose level is known. What comes out is numbers only."""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from triage.inference.shorthand import LOUD, QUIET, Shorthand

from .heads import table_of, vocabulary_of
from .weigh import parts_of

STRENGTH = 2.0  # C
SHARE = 0.1  # how loud the heads are beside the pieces
DIGITS = 3
MANY = 500  # steps of the fit


def fit(lines: Sequence[str], logits: NDArray, levels: NDArray[np.int_]) -> Shorthand:
    """lines: n texts.  logits: what the heads read in them, shape (n, heads).  levels: 1-5, shape (n,)."""
    vocabulary = vocabulary_of(list(lines))
    heard = np.clip(logits, QUIET, LOUD)
    usual = heard.mean(axis=0)
    table = sparse.hstack([table_of(vocabulary, list(lines)), sparse.csr_matrix(SHARE * (heard - usual))]).tocsr()
    fitted = [LogisticRegression(C=STRENGTH, max_iter=MANY).fit(table, levels <= level) for level in (1, 2, 3, 4)]
    weights = np.round(np.stack([each.coef_[0] for each in fitted], axis=1), DIGITS)
    pieces, heads = weights[: len(vocabulary.names)], np.round(SHARE * weights[len(vocabulary.names) :], DIGITS + 1)
    bias = np.array([each.intercept_[0] for each in fitted]) - usual @ heads
    return Shorthand(vocabulary, pieces, heads, np.round(bias, DIGITS))


def levels_of(shorthand: Shorthand, lines: Sequence[str], logits: NDArray) -> NDArray[np.float64]:
    """Four logits of each line."""
    return np.stack([shorthand.levels(line, row) for line, row in zip(lines, logits, strict=True)])


def held_out(lines: Sequence[str], logits: NDArray, levels: NDArray[np.int_]) -> NDArray[np.float64]:
    """Four logits of each line, by a fit that had not seen it."""
    found = np.zeros((len(lines), 4))
    for rest, kept in parts_of([str(at) for at in range(len(lines))]):
        fitted = fit([lines[at] for at in rest], logits[rest], levels[rest])
        found[kept] = levels_of(fitted, [lines[at] for at in kept], logits[kept])
    return found


def stored(shorthand: Shorthand, heads: Sequence[str]) -> dict:
    """As it stands in the bundle; heads: their names, in the order of the logits."""
    return {
        "names": shorthand.vocabulary.names.tolist(),
        "rarity": np.round(shorthand.vocabulary.rarity.astype(float), DIGITS).tolist(),
        "pieces": shorthand.pieces.tolist(),
        "heads": dict(zip(heads, shorthand.heads.tolist(), strict=True)),
        "bias": shorthand.bias.tolist(),
    }

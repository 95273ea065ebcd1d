"""Fit how urgent a nurse's line sounds beside measured values, from lines whose level is known. Only numbers come out."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from triage.inference.features import Vocabulary
from triage.inference.shorthand import LOUD, QUIET, Shorthand

from .heads import table_of, vocabulary_of
from .weigh import chances_by, fit

DIGITS = 4
LEVELS = (1, 2, 3, 4)
HOLD_SEEN, HOLD_BEYOND, HOLD_AGE, HOLD_HEADS, HOLD_PIECES = 8.0, 0.5, 2.0, 20.0, 1.0  # strength that holds weights near zero


class Patients(NamedTuple):
    """What is known of n patients.

    lines: the nurse's words, plain.  logits: what the heads read in them, shape (n, heads).  seen: levels and signs, (n, 8).
    beyond: one column for each kind of measured value, then strong pain by place.  older: steps of age.  levels: what experts
    agreed on.  sites: hospital.
    ruled: the most urgent level of the red flags.
    """

    lines: list[str]
    logits: NDArray
    seen: NDArray
    beyond: NDArray
    older: NDArray
    levels: NDArray
    sites: NDArray
    ruled: NDArray

    def only(self, rows: Sequence[int]) -> "Patients":
        return Patients([self.lines[at] for at in rows], *(column[rows] for column in self[1:]))


class Fitted(NamedTuple):
    """vocabulary: pieces of the lines.  usual: what the heads mostly read.  weights: 4 rows; columns of `_table`, bias."""

    vocabulary: Vocabulary
    usual: NDArray
    weights: NDArray

    def chances(self, known: Patients) -> NDArray[np.float64]:
        """P(level <= k) of each patient."""
        return chances_by(self.weights, _table(known, self.vocabulary, self.usual))

    def parts(self, known: Patients) -> list[NDArray]:
        """The weights of: seen, beyond, older, heads, pieces; and the bias, as if heads were not measured from the usual."""
        ends = np.cumsum([known.seen.shape[1], known.beyond.shape[1], known.older.shape[1], known.logits.shape[1]])
        *columns, pieces = np.split(np.round(self.weights[:, :-1], DIGITS), ends, axis=1)
        return [*columns, pieces, np.round(self.weights[:, -1] - columns[3] @ self.usual, DIGITS)]


def fit_patients(known: Patients) -> Fitted:
    """Worse values and more signs never weigh less than nothing; age and words may weigh either way."""
    vocabulary = vocabulary_of(known.lines)
    usual = np.clip(known.logits, QUIET, LOUD).mean(axis=0)
    table = _table(known, vocabulary, usual)
    widths = [known.seen.shape[1], known.beyond.shape[1], known.older.shape[1], len(usual), len(vocabulary.names)]
    hold = np.repeat([HOLD_SEEN, HOLD_BEYOND, HOLD_AGE, HOLD_HEADS, HOLD_PIECES], widths)
    weights = np.array([fit(table, known.levels <= level, free=sum(widths[2:]), hold=hold) for level in LEVELS])
    return Fitted(vocabulary, usual, weights)


def _table(known: Patients, vocabulary: Vocabulary, usual: NDArray) -> sparse.csr_matrix:
    """What must not lower the urgency comes first."""
    heard = np.clip(known.logits, QUIET, LOUD) - usual
    dense = np.hstack([known.seen, known.beyond, known.older, heard])
    return sparse.hstack([sparse.csr_matrix(dense), table_of(vocabulary, known.lines)]).tocsr()


def shorthand_of(fitted: Fitted, known: Patients) -> Shorthand:
    """How the lines sound, as the bundle holds it."""
    _seen, _beyond, _older, heads, pieces, bias = fitted.parts(known)
    return Shorthand(fitted.vocabulary, pieces.T, heads.T, bias)


def stored(shorthand: Shorthand, heads: Sequence[str]) -> dict:
    """As it stands in the bundle; heads: their names, in the order of the logits."""
    return {
        "names": shorthand.vocabulary.names.tolist(),
        "rarity": np.round(shorthand.vocabulary.rarity.astype(float), DIGITS).tolist(),
        "pieces": shorthand.pieces.tolist(),
        "heads": dict(zip(heads, shorthand.heads.tolist(), strict=True)),
        "bias": shorthand.bias.tolist(),
    }

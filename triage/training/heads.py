"""Teach the model to read words: one linear head for each thing that a sentence may say."""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sparse
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from triage.inference.features import Vocabulary, pieces
from triage.knowledge.signs import signs

from .corpus import Sentence
from .hasty import hasty

STRENGTH = 8.0  # C of each head
SEEN_BY = 3  # sentences a piece must stand in to be known
ENOUGH = 12  # sentences that must say a thing before a head is made for it
LEVELS = tuple(f"level<={level}" for level in (1, 2, 3, 4))
CORES = 2


class Heads(NamedTuple):
    """names: what each head answers.  weights: float32 (pieces, heads).  bias: float32 (heads,)."""

    names: list[str]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    vocabulary: Vocabulary

    def logits(self, table: sparse.csr_matrix) -> NDArray[np.float64]:
        return table @ self.weights + self.bias


def vocabulary_of(texts: list[str]) -> Vocabulary:
    """The pieces of these texts; rare ones weigh more."""
    seen: dict[int, int] = {}
    for text in texts:
        for counted in pieces(text):
            for piece in counted:
                seen[piece] = seen.get(piece, 0) + 1
    known = sorted(piece for piece, times in seen.items() if times >= SEEN_BY)
    times = np.array([seen[piece] for piece in known])
    return Vocabulary(np.array(known, np.uint32), (1 + np.log((1 + len(texts)) / (1 + times))).astype(np.float32))


def table_of(vocabulary: Vocabulary, texts: list[str]) -> sparse.csr_matrix:
    """Texts as rows of a sparse table."""
    rows = [vocabulary.vector(text) for text in texts]
    ends = np.cumsum([0, *(len(places) for places, _values in rows)])
    places = np.concatenate([places for places, _values in rows])
    values = np.concatenate([values for _places, values in rows])
    return sparse.csr_matrix((values, places, ends), shape=(len(texts), len(vocabulary.names)))


def targets(told: list[Sentence]) -> dict[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """What each head should say of each sentence, and the sentences that may teach it."""
    everybody = np.ones(len(told), bool)
    labelled = np.array([sentence.labelled for sentence in told])
    wanted = {name: (np.array([s.level <= place for s in told]), everybody) for place, name in enumerate(LEVELS, start=1)}
    for sign in signs():
        wanted[f"+{sign}"] = (np.array([sign in s.present for s in told]), labelled)
        wanted[f"-{sign}"] = (np.array([sign in s.denied for s in told]), labelled)
    for complaint in sorted({name for s in told for name in s.complaints}):
        wanted[complaint] = (np.array([complaint in s.complaints for s in told]), labelled)
    return {name: (yes, who) for name, (yes, who) in wanted.items() if name in LEVELS or yes[who].sum() >= ENOUGH}


def fit(told: list[Sentence], only=lambda name: True) -> Heads:
    """Teach all heads (or only some) with these sentences, each also as a hasty hand writes it."""
    vocabulary = vocabulary_of([sentence.text for sentence in told])
    told = [*told, *hasty(told)]
    table = table_of(vocabulary, [sentence.text for sentence in told])
    wanted = {name: pair for name, pair in targets(told).items() if only(name)}
    batches = [list(wanted.values())[start::CORES] for start in range(CORES)]
    parts = Parallel(CORES, max_nbytes=None)(delayed(_batch)(table, batch) for batch in batches)
    fitted = [parts[at % CORES][at // CORES] for at in range(len(wanted))]
    weights = np.stack([coefficients for coefficients, _bias in fitted], axis=1).astype(np.float32)
    return Heads(list(wanted), weights, np.array([bias for _coefficients, bias in fitted], np.float32), vocabulary)


def _batch(table, batch):
    return [_one(table[who], yes[who]) for yes, who in batch]


def _one(table, yes):
    head = LogisticRegression(C=STRENGTH, solver="liblinear", dual=True, max_iter=300, random_state=1).fit(table, yes)
    return head.coef_[0].astype(np.float32), float(head.intercept_[0])

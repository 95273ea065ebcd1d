"""Teach the model to read words: one linear head for each thing that a sentence may say."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.sparse as sparse
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from triage.inference.features import Vocabulary, pieces
from triage.inference.wording import Wording
from triage.knowledge.signs import signs

from .corpus import Sentence
from .wording import wording_of

STRENGTH = 16.0  # C of each head
SEEN_BY = 4  # sentences a piece must stand in to be known
ENOUGH = 12  # sentences that must say a thing before a head is made for it
LEVELS = tuple(f"level<={level}" for level in (1, 2, 3, 4))
CORES = 2
NEAR_ENOUGH = 0.05  # where the fit of a head may stop: a smaller step moves no chance by more than 0.001


class Heads(NamedTuple):
    """names: what each head answers.  weights: float32 (pieces, heads).  bias: float32 (heads,)."""

    names: list[str]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    vocabulary: Vocabulary
    wording: Wording

    @property
    def denying(self) -> NDArray[np.bool_]:
        """The heads that hear what is denied."""
        return np.array([name[0] == "-" for name in self.names])

    def logits(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """One row for each text, one column for each head."""
        heard, told = tables_of(self.wording, self.vocabulary, texts)
        found = heard @ self.weights + self.bias
        found[:, self.denying] = told @ self.weights[:, self.denying] + self.bias[self.denying]
        return found


def tables_of(wording: Wording, vocabulary: Vocabulary, texts: Sequence[str]) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """The texts without what they deny, and whole."""
    heard, told = [wording.heard(text) for text in texts], [wording.told(text) for text in texts]
    different = {text: row for row, text in enumerate(dict.fromkeys([*heard, *told]))}
    table = table_of(vocabulary, list(different))
    return table[[different[text] for text in heard]], table[[different[text] for text in told]]


def vocabulary_of(texts: Sequence[str]) -> Vocabulary:
    """The pieces of these plain texts; rare ones weigh more."""
    seen: dict[int, int] = {}
    for text in texts:
        for counted in pieces(text):
            for piece in counted:
                seen[piece] = seen.get(piece, 0) + 1
    known = sorted(piece for piece, times in seen.items() if times >= SEEN_BY)
    times = np.array([seen[piece] for piece in known])
    return Vocabulary(np.array(known, np.uint32), (1 + np.log((1 + len(texts)) / (1 + times))).astype(np.float32))


def table_of(vocabulary: Vocabulary, texts: Sequence[str]) -> sparse.csr_matrix:
    """Plain texts as rows of a sparse table."""
    rows = [vocabulary.vector(text) for text in texts]
    ends = np.cumsum([0, *(len(places) for places, _values in rows)])
    places = np.concatenate([places for places, _values in rows])
    values = np.concatenate([values for _places, values in rows])
    return sparse.csr_matrix((values, places, ends), shape=(len(texts), len(vocabulary.names)))


def targets(told: Sequence[Sentence]) -> dict[str, NDArray[np.bool_]]:
    """What each head should say of each sentence; signs and complaints are known of labelled sentences alone."""
    wanted = {name: np.array([s.level <= place for s in told]) for place, name in enumerate(LEVELS, start=1)}
    for sign in signs():
        wanted[f"+{sign}"] = np.array([sign in s.present for s in told])
        wanted[f"-{sign}"] = np.array([sign in s.denied for s in told])
    for complaint in sorted({name for s in told for name in s.complaints}):
        wanted[complaint] = np.array([complaint in s.complaints for s in told])
    return {name: yes for name, yes in wanted.items() if name in LEVELS or yes.sum() >= ENOUGH}


def fit(told: Sequence[Sentence], only=lambda name: True) -> Heads:
    """Teach all heads (or only some) with these sentences."""
    texts = [sentence.text for sentence in told]
    labelled = np.array([sentence.labelled for sentence in told])
    wording = wording_of(texts)
    vocabulary = vocabulary_of([wording.told(text) for text in texts])
    heard, whole = tables_of(wording, vocabulary, texts)
    wanted = {name: yes for name, yes in targets(told).items() if only(name)}
    lessons = [(name, yes if name in LEVELS else yes[labelled]) for name, yes in wanted.items()]
    tables = [table.astype(np.float64) for table in (heard, heard[labelled], whole[labelled])]  # as the fit wants them
    parts = Parallel(CORES, max_nbytes=None)(delayed(_batch)(tables, lessons[start::CORES]) for start in range(CORES))
    fitted = [parts[at % CORES][at // CORES] for at in range(len(lessons))]
    weights = np.stack([coefficients for coefficients, _bias in fitted], axis=1).astype(np.float32)
    bias = np.array([bias for _coefficients, bias in fitted], np.float32)
    return Heads(list(wanted), weights, bias, vocabulary, wording)


def _batch(tables, lessons):
    everybody, heard, whole = tables
    return [_one(everybody if name in LEVELS else whole if name[0] == "-" else heard, yes) for name, yes in lessons]


def _one(table, yes):
    head = LogisticRegression(C=STRENGTH, solver="liblinear", dual=True, max_iter=300, tol=NEAR_ENOUGH, random_state=1).fit(
        table, yes
    )
    return head.coef_[0].astype(np.float32), float(head.intercept_[0])

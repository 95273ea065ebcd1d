"""Fit how much each thing weighs in the decision: from readings of sentences whose groups the heads had not seen."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from triage.figures import calibration_error
from triage.inference.case import Case
from triage.inference.decision import ANSWERS, TEXT, inputs
from triage.inference.model import Reading
from triage.interview import prior
from triage.judgement import settled
from triage.knowledge import red_flags
from triage.knowledge.questions import questions
from triage.knowledge.signs import signs, urgency

from .corpus import LANGUAGES, Sentence
from .patients import code_of

RISK = 0.08  # of the calibration cases, this share may be judged less urgent than they are
HOLD = 1.0  # strength that holds weights near zero
RARE = 0.02  # a sign this rare with a complaint is not kept
MANY = 400  # steps of a fit
ASKED = 6  # questions that a simulated interview asks at most


def company_of(told: Sequence[Sentence]) -> dict[str, dict[str, float]]:
    """How often each sign came with each complaint."""
    found: dict[str, dict[str, float]] = {}
    for complaint in sorted({name for sentence in told for name in sentence.complaints}):
        mine = [sentence.present for sentence in told if complaint in sentence.complaints]
        shares = {sign: sum(sign in present for present in mine) / (len(mine) + 4) for sign in signs()}
        found[complaint] = {sign: round(share, 4) for sign, share in shares.items() if share >= RARE}
    return found


def tiers_of(told: Sequence[Sentence], readings: Sequence[Reading], company) -> dict[str, dict]:
    """Weights and threshold of what is known from words alone, and with answers too."""
    levels = np.array([sentence.level for sentence in told])
    words = np.stack([inputs(read.levels, urgency(read.present, s.age)) for read, s in zip(readings, told, strict=True)])
    chooser = np.random.default_rng(1)
    mine = [at for at, sentence in enumerate(told) if sentence.labelled]
    answered = np.stack([_after_answers(told[at], readings[at], company, chooser) for at in mine])
    ruled = np.array([_by_rules(sentence) for sentence in told])
    return {
        TEXT: _tier(words, levels, ruled, told),
        ANSWERS: _tier(answered, levels[mine], ruled[mine], [told[at] for at in mine]),
    }


def _after_answers(sentence: Sentence, reading: Reading, company, chooser) -> NDArray[np.float64]:
    """The same story once some questions, the more likely ones first, were answered truthfully."""
    likely = prior(reading, company)
    fitting = [question for question in questions().values() if question.fits(sentence.age, sentence.sex)]
    fitting.sort(key=lambda question: -max(likely.get(sign, 0.0) for sign in question.signs))
    asked = fitting[: int(chooser.integers(1, ASKED + 1))]
    case = Case(sentence.text, answers={question.id: code_of(question, sentence.present) for question in asked})
    return inputs(reading.levels, urgency({**reading.present, **settled(case)}, sentence.age))


def _by_rules(sentence: Sentence) -> int:
    flags = red_flags.find(Case(sentence.text, sentence.language, sentence.age, sentence.sex))
    return flags[0].level if flags else 5


def _tier(table, levels, ruled, told) -> dict:
    """Fit on all; the thresholds, one for each language, come from cases whose groups the weights had not seen."""
    chances = np.zeros((len(levels), 4))
    for rest, kept in parts_of([sentence.group for sentence in told]):
        chances[kept] = chances_by([fit(table[rest], levels[rest] <= level) for level in (1, 2, 3, 4)], table[kept])
    weights = np.array([fit(table, levels <= level) for level in (1, 2, 3, 4)])
    mine = {language: np.array([sentence.language == language for sentence in told]) for language in LANGUAGES}
    return {
        "weights": np.round(weights[:, :-1], 4).tolist(),
        "bias": np.round(weights[:, -1], 4).tolist(),
        "enough": {name: round(threshold(chances[who], levels[who], ruled[who]), 4) for name, who in mine.items()},
        "risk": RISK,
        "cases": len(levels),
        "calibration_error": [round(calibration_error(chances[:, at], levels <= at + 1), 4) for at in range(4)],
    }


def threshold(chances, levels, ruled, risk: float = RISK) -> float:
    """One-sided conformal: the largest threshold that judges at most this share of the cases too low."""
    whole = np.column_stack([chances, np.ones(len(levels))])
    at_truth = np.where(ruled <= levels, 1.0, whole[np.arange(len(levels)), levels - 1])
    place = max(int(np.floor((len(levels) + 1) * risk)) - 1, 0)
    return float(np.sort(at_truth)[place])


def fit(table, happened: NDArray, free: int = 0, hold: float | NDArray = HOLD) -> NDArray[np.float64]:
    """Logistic regression whose weights are >= 0, except for the last `free` columns; the bias comes last."""
    width = table.shape[1]

    def loss(weights):
        values = table @ weights[:width] + weights[width]
        wrong = 1 / (1 + np.exp(-values)) - happened
        likelihood = np.logaddexp(0, values).sum() - values[happened.astype(bool)].sum()
        penalty = (hold * weights[:width] ** 2).sum() / 2
        return likelihood + penalty, np.append(table.T @ wrong + hold * weights[:width], wrong.sum())

    bounds = [(0, None)] * (width - free) + [(None, None)] * (free + 1)
    start = np.append(np.repeat([0.1, 0.0], [width - free, free]), 0.0)
    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": MANY}).x


def chances_by(weights: Sequence[NDArray], table: NDArray) -> NDArray[np.float64]:
    """P(level <= k) for each row, never falling from one level to the next."""
    values = np.stack([table @ each[:-1] + each[-1] for each in weights], axis=1)
    return np.maximum.accumulate(1 / (1 + np.exp(-values)), axis=1)


def parts_of(groups: Sequence[str], parts: int = 5) -> Iterator[tuple[NDArray, NDArray]]:
    """Rows to fit on and rows kept aside; a group never stands on both sides."""
    names = sorted(set(groups))
    place = {name: at % parts for at, name in enumerate(np.random.default_rng(1).permutation(names))}
    mine = np.array([place[group] for group in groups])
    for part in range(parts):
        yield np.flatnonzero(mine != part), np.flatnonzero(mine == part)

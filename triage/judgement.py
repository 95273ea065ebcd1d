"""One case judged: safety rules and the model, the more urgent wins. Plain data in and out; the same case, the same words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from .inference.case import Case, Finding
from .inference.decision import inputs, of_a_line, tier_of
from .inference.features import understood
from .inference.model import Model, Reading
from .inference.vital_signs import outside
from .inference.wording import LONGEST
from .knowledge import red_flags
from .knowledge.questions import chosen
from .knowledge.signs import level_of, signs, urgency

MOST_REASONS: Final = 3
WHEN_UNSURE: Final = 3  # urgent: what is not understood waits no longer than this, and a person looks
WIDE: Final = 5  # levels in the set: then it says nothing
SURE: Final = 0.05  # a level stays in the set while this much probability speaks for it
HEARD: Final = 0.3  # a sign counts as heard in the words from this chance on
NOTHING: Final = 0.08  # the words say nothing when no sign and no complaint is likelier than this


@dataclass(frozen=True)
class Opinion:
    """The model's part.

    chances: P(level <= 1) ... P(level <= 4).  level: least urgent level that is safe at the tier's risk.  possible: the
    levels that are not ruled out.  signs: chance 0-1 of each sign, from words and answers.
    """

    chances: tuple[float, ...]
    level: int
    possible: tuple[int, ...]
    tier: str
    signs: Mapping[str, float]
    reading: Reading

    @property
    def probabilities(self) -> list[float]:
        """P(level 1) ... P(level 5); their sum is 1."""
        edges = [0.0, *self.chances, 1.0]
        return [round(after - before, 6) for before, after in zip(edges, edges[1:], strict=False)]


@dataclass(frozen=True)
class Judgement:
    """level: 1 (most urgent) to 5.  rules: all red flags, most urgent first.  opinion: None without a model.

    abstained: the model could not tell; a person should look.  reasons: at most three, most urgent first.
    """

    level: int
    rules: tuple[Finding, ...]
    opinion: Opinion | None
    abstained: bool
    reasons: tuple[Finding, ...]


def judge(case: Case, model: Model | None) -> Judgement:
    """Judge a case; without a model the rules decide alone, and where they find nothing the case is urgent."""
    rules = tuple(sorted([*red_flags.find(case), *answered(case)], key=lambda finding: finding.level))
    opinion = opinion_of(case, model) if model else None
    abstained = opinion is not None and _cannot_tell(case, opinion)
    cautious = WHEN_UNSURE if opinion is None or abstained else 5
    levels = [finding.level for finding in rules] + ([opinion.level] if opinion else [])
    reasons = _different([*rules, *(_heard(case, model, opinion) if model and opinion else ())])
    return Judgement(
        level=min([cautious, *levels]),
        rules=rules,
        opinion=opinion,
        abstained=abstained,
        reasons=tuple(reasons[:MOST_REASONS]),
    )


def answered(case: Case) -> Iterator[Finding]:
    """What was answered with a sign: the table's level holds, whatever the words sound like."""
    present = {sign for _question, answer in chosen(case.answers) for sign in answer.yes}
    for question, answer in chosen(case.answers):
        for sign in answer.yes:
            level = level_of(sign, sorted(present), case.age)
            yield Finding(sign, level, "answer", question.id, 0, 0, dict(signs()[sign].text), dict(signs()[sign].plain))


def settled(case: Case) -> dict[str, float]:
    """Signs that an answer settled: 1 there, 0 not there; of two answers that disagree the one that says "there" holds."""
    found: dict[str, float] = {}
    for _question, answer in chosen(case.answers):
        found |= {sign: found.get(sign, 0.0) for sign in answer.no} | dict.fromkeys(answer.yes, 1.0)
    return found


def opinion_of(case: Case, model: Model) -> Opinion:
    """Read the words, then weigh them with answers and vitals."""
    return weigh(case, model, model.read(case.words), settled(case))


def weigh(case: Case, model: Model, reading: Reading, known: Mapping[str, float], tier: str = "") -> Opinion:
    """The model's opinion for words that were read and signs that are known."""
    heard = {**reading.present, **known}
    tier = tier or tier_of(case.words, case.vitals, bool(known))
    beyond = outside(case.vitals, case.age)
    line = of_a_line(reading.shorthand, case.age, reading.complaints, beyond)
    seen = np.concatenate([inputs(reading.levels, urgency(heard, case.age)), line])
    chances = model.decision.chances(tier, seen, beyond)
    edges = [0.0, *chances, 1.0]
    possible = tuple(level for level in range(1, 6) if edges[level - 1] < 1 - SURE and edges[level] > SURE)
    return Opinion(tuple(chances.tolist()), model.decision.level(tier, case.language, chances), possible, tier, heard, reading)


def _cannot_tell(case: Case, opinion: Opinion) -> bool:
    """Nothing understood, or everything possible. A set of answers or measured values can make up for poor words."""
    something = max([*opinion.signs.values(), *opinion.reading.complaints.values()], default=0) >= NOTHING
    return not understood(case.words) or not something or len(opinion.possible) >= WIDE


def _heard(case: Case, model: Model, opinion: Opinion) -> Iterator[Finding]:
    """Signs heard in the words, those that move the case most first, each with the words it hangs on."""
    known = settled(case)
    reading = opinion.reading
    weights = {
        sign: score(opinion) - score(weigh(case, model, replace(reading, present={**reading.present, sign: 0}), known))
        for sign, chance in reading.present.items()
        if chance >= HEARD and sign not in known
    }
    spans = _without(case, model) if weights else []
    present = [sign for sign, chance in opinion.signs.items() if chance >= HEARD]
    for sign in sorted(weights, key=lambda sign: (-weights[sign], sign))[:MOST_REASONS]:
        start, end, left = min(spans, key=lambda span: span[2].present[sign])
        moved = weigh(case, model, left, known).chances != opinion.chances
        if moved and left.present[sign] < reading.present[sign]:
            level = level_of(sign, present, case.age)
            yield Finding(sign, level, "words", "", start, end, dict(signs()[sign].text), dict(signs()[sign].plain))


def score(opinion: Opinion) -> float:
    """Urgency as one number, 0 to 4: higher is more urgent."""
    return sum(opinion.chances)


def _without(case: Case, model: Model) -> list[tuple[int, int, Reading]]:
    """Each short piece of the words, and what the model reads when that piece is not there."""
    words = case.words
    return [(start, end, model.read(words[:start] + " " + words[end:])) for start, end in windows(words)]


def windows(words: str) -> list[tuple[int, int]]:
    """Runs of two words that overlap by one; longer ones for a long text, so that there are never more than about 24."""
    spans = _words(words)
    size = max(2, -(-len(spans) // 12))
    starts = range(0, max(len(spans) - size // 2, 1), max(size // 2, 1))
    return [(spans[at][0], spans[min(at + size, len(spans)) - 1][1]) for at in starts if spans]


def _words(words: str) -> list[tuple[int, int]]:
    spans, start = [], None
    for at, character in enumerate(words[:LONGEST] + " "):
        if character.isspace():
            if start is not None:
                spans.append((start, at))
            start = None
        elif start is None:
            start = at
    return spans


def _different(findings: list[Finding]) -> list[Finding]:
    """Without a second finding of the same sign, or of the very same words, answer or vital."""
    kept: dict[tuple, Finding] = {}
    for finding in findings:
        place = (finding.source, finding.key, finding.start, finding.end)
        if not any(finding.code == other.code for other in kept.values()):
            kept.setdefault(place, finding)
    return list(kept.values())

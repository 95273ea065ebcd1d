"""Does the level stay when only the wording changes? What does a sentence cost? `python -m bench.triage`.

Words: triage/corpus/release.jsonl, which the model never learns from. Each line there is told in Korean and in English.
"""

import re
import resource
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from time import perf_counter

import numpy as np
from tqdm import tqdm

from triage.evaluation import read
from triage.inference import model as inference
from triage.judgement import judge
from triage.knowledge import red_flags

RELEASE = Path("triage/corpus/release.jsonl")
LONG = 5  # letters a word must have to be mistyped
DENIED = {
    "ko": (("열", "열은 없어요."), ("기침", "기침은 안 해요."), ("가슴", "가슴은 안 아파요.")),
    "en": (("fever|temperature|hot", "No fever."), ("cough", "No cough."), ("chest", "No chest pain.")),
}


def measure(lines_at: Path = RELEASE) -> dict[str, object]:
    """Shares of sentences that keep their level, and milliseconds."""
    model = inference.load()
    lines = list(read(lines_at.read_text(encoding="utf-8").splitlines()))
    before, spent, ruled = [], [], []
    for line in tqdm(lines, desc="as written", unit="sentence"):
        began = perf_counter()
        before.append(judge(line.case, model).level)
        spent.append(perf_counter() - began)
        began = perf_counter()
        red_flags.find(line.case)
        ruled.append(perf_counter() - began)
    changed = {name: _kept(change, lines, before, model) for name, change in CHANGES.items()}
    p95 = float(np.percentile(spent, 95))
    return {
        "same level in both languages": _pairs(lines, before),
        **{f"same level with {name}": share for name, share in changed.items()},
        "p95 of one sentence, ms": round(p95 * 1000, 1),
        "times the rules alone": round(p95 / float(np.percentile(ruled, 95)), 1),
        "bundle, MB": round(sum(path.stat().st_size for path in inference.BUNDLE.iterdir()) / 1e6, 1),
        "most memory, MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _pairs(lines, levels) -> float:
    told = {line.id: level for line, level in zip(lines, levels, strict=True)}
    ends = [{told[name] for name in names} for _, names in groupby(sorted(told, key=_situation), key=_situation)]
    return round(sum(len(found) == 1 for found in ends) / len(ends), 3)


def _situation(name: str) -> str:
    return name.rsplit("-", 1)[0]


def _kept(change, lines, before, model) -> str:
    """Share that keeps its level, and the share that becomes less urgent."""
    chooser = np.random.default_rng(1)
    moves = []
    for line, level in zip(tqdm(lines, desc=change.__name__.strip("_"), unit="sentence"), before, strict=True):
        words = change(line.case.words, line.case.language, chooser)
        if words and words != line.case.words:
            moves.append(judge(replace(line.case, words=words), model).level - level)
    less = sum(move > 0 for move in moves) / len(moves)
    return f"{sum(move == 0 for move in moves) / len(moves):.3f} (less urgent {less:.3f}, of {len(moves)})"


def _typing_slips(words: str, language: str, chooser) -> str:
    """English: two inner letters change places in one longer word of eight."""
    parts = words.split(" ")
    long = [at for at, part in enumerate(parts) if re.fullmatch(rf"[A-Za-z]{{{LONG},}}", part)]
    for at in chooser.permutation(long)[: len(parts) // 8 + 1]:
        cut = int(chooser.integers(1, len(parts[at]) - 2))
        parts[at] = parts[at][:cut] + parts[at][cut + 1] + parts[at][cut] + parts[at][cut + 2 :]
    return " ".join(parts) if language == "en" else ""


def _no_spaces(words: str, language: str, _chooser) -> str:
    return words.replace(" ", "") if language == "ko" else ""


def _a_wrong_space(words: str, language: str, chooser) -> str:
    cut = int(chooser.integers(1, len(words)))
    return f"{words[:cut]} {words[cut:]}" if language == "ko" else ""


def _one_more_denial(words: str, language: str, chooser) -> str:
    unsaid = [sentence for named, sentence in DENIED[language] if not re.search(named, words, re.IGNORECASE)]
    return f"{words.rstrip('.')}. {unsaid[int(chooser.integers(len(unsaid)))]}" if unsaid else ""


CHANGES = {
    "typing slips (English)": _typing_slips,
    "no spaces (Korean)": _no_spaces,
    "a wrong space (Korean)": _a_wrong_space,
    "one more thing denied": _one_more_denial,
}


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:<45} {value}")

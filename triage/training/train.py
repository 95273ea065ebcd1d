"""Build the shipped model from the authored sentences: `python -m triage.training.train` (about a minute).

`--check` measures and prints without writing the bundle.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from triage.inference.case import Case
from triage.inference.features import SETTINGS, SIZE, features
from triage.inference.model import BUNDLE
from triage.knowledge import red_flags

from .corpus import LANGUAGES, Sentence, sentences, unseen
from .figures import figures

VERSION = "2026.11.2"
TRAINED_AT = "2026-11-23"  # belongs to the version: the same sentences give the same file on any day
CAUTION = 0.35  # a level is chosen once this much probability lies at it or above it
FOLDS = 5
SEED = 1


def fit(vectors: NDArray[np.float32], levels: NDArray[np.int_]) -> LogisticRegression:
    """One honest linear model."""
    return LogisticRegression(C=20.0, max_iter=2000).fit(vectors, levels)


def export(model: LogisticRegression) -> bytes:
    """The model as ONNX: floats in, five probabilities out; no string operators, so no locale matters."""
    options = {id(model): {"zipmap": False, "output_class_labels": False}}
    graph = to_onnx(model, initial_types=[("words", FloatTensorType([None, SIZE]))], options=options, target_opset=17)
    del graph.graph.output[0]  # the label: the cautious level is ours
    return graph.SerializeToString(deterministic=True)


def held_out_chances(vectors, levels, groups) -> NDArray[np.float64]:
    """Probabilities of every sentence from a model that saw no sentence of its group."""
    chances = np.zeros((len(levels), 5))
    parts = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(vectors, levels, groups)
    for number, (train, test) in enumerate(parts, start=1):
        print(f"  testing on groups left out, part {number} of {FOLDS} ...", flush=True)
        chances[test] = fit(vectors[train], levels[train]).predict_proba(vectors[test])
    return chances


def measure(told: list[Sentence], vectors, levels) -> dict:
    """Figures overall and by language; the model's are held out, but the rules were written with these sentences in view."""
    chances = held_out_chances(vectors, levels, np.array([sentence.group for sentence in told]))
    by_model = (np.cumsum(chances, axis=1) >= CAUTION).argmax(axis=1) + 1
    together = np.minimum(by_model, [_by_rules(sentence) for sentence in told])
    found = {}
    for name in ("all", *LANGUAGES):
        mine = np.array([name in ("all", sentence.language) for sentence in told])
        found[name] = {
            "model_held_out": figures(levels[mine], by_model[mine]),
            "with_rules_that_saw_these_sentences": figures(levels[mine], together[mine]),
        }
    return found


def measure_unseen(model: LogisticRegression) -> dict:
    """Figures on the sentences kept aside from rules and model alike."""
    told = unseen()
    levels = np.array([sentence.level for sentence in told])
    chances = model.predict_proba(np.stack([features(sentence.text) for sentence in told]))
    by_model = (np.cumsum(chances, axis=1) >= CAUTION).argmax(axis=1) + 1
    by_rules = np.array([_by_rules(sentence) for sentence in told])
    together = np.minimum(by_model, by_rules)
    chosen = {"model": by_model, "rules": by_rules, "rules_and_model": together}
    return {name: figures(levels, judged) for name, judged in chosen.items()}


def _by_rules(sentence: Sentence) -> int:
    flags = red_flags.find(Case(sentence.text, sentence.language))
    return flags[0].level if flags else 5


def write(model: LogisticRegression, measured: dict, told: list[Sentence], folder: Path = BUNDLE) -> None:
    """Model file and manifest, which names the file's checksum."""
    folder.mkdir(parents=True, exist_ok=True)
    content = export(model)
    (folder / "model.onnx").write_bytes(content)
    manifest = {
        "version": VERSION,
        "trained_at": TRAINED_AT,
        "sha256": hashlib.sha256(content).hexdigest(),
        "features": SETTINGS,
        "caution": CAUTION,
        "sentences": {language: sum(s.language == language for s in told) for language in LANGUAGES},
        "groups": len({sentence.group for sentence in told}),
        "trained_on": "triage/corpus, written by the authors of Naru",
        "figures": measured,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    print(f"written: {folder.name}/model.onnx, {len(content) / 1000:.0f} kB")


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description="Build the triage model from the sentences in triage/corpus.")
    parser.add_argument("--check", action="store_true", help="measure only, write nothing")
    only_measure = parser.parse_args(arguments).check
    told = sentences()
    print(f"reading {len(told)} sentences ...", flush=True)
    vectors = np.stack([features(sentence.text) for sentence in told])
    levels = np.array([sentence.level for sentence in told])
    measured = measure(told, vectors, levels)
    print("training on all sentences ...", flush=True)
    model = fit(vectors, levels)
    measured["unseen"] = measure_unseen(model)
    print(json.dumps(measured, indent=1))
    if not only_measure:
        write(model, measured, told)


if __name__ == "__main__":
    main(sys.argv[1:])

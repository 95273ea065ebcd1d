"""Build the shipped model from the authored sentences: `python -m triage.training.train` (a few seconds)."""

import hashlib
import json
from pathlib import Path

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from triage.inference.features import SIZE, features
from triage.inference.model import BUNDLE

from .corpus import sentences

VERSION = "2026.11.1"
CAUTION = 0.35  # a level is chosen once 35 % of the probability lies at it or above it
FOLDS = 5


def fit(vectors, levels) -> LogisticRegression:
    """One honest linear model."""
    return LogisticRegression(C=20.0, max_iter=2000, class_weight="balanced").fit(vectors, levels)


def export(model: LogisticRegression) -> bytes:
    """The model as ONNX: floats in, five probabilities out; no string operators, so no locale matters."""
    options = {id(model): {"zipmap": False, "output_class_labels": False}}
    graph = to_onnx(
        model, initial_types=[("words", FloatTensorType([None, SIZE]))], options=options, target_opset=17
    )
    del graph.graph.output[0]  # the label: the cautious level is ours
    return graph.SerializeToString()


def held_out(vectors, levels, stories) -> dict:
    """Figures on stories that were not trained on: no story stands on both sides."""
    chances = np.zeros((len(levels), 5))
    for train, test in StratifiedGroupKFold(FOLDS, shuffle=True, random_state=1).split(vectors, levels, stories):
        chances[test] = fit(vectors[train], levels[train]).predict_proba(vectors[test])
    chosen = (np.cumsum(chances, axis=1) >= CAUTION).argmax(axis=1) + 1
    return {
        "sentences": len(levels),
        "stories": len(set(stories)),
        "accuracy": round(float((chosen == levels).mean()), 3),
        "qwk": round(_qwk(levels, chosen), 3),
        "too_low": round(float((chosen > levels).mean()), 3),
        "too_low_by_2": round(float((chosen > levels + 1).mean()), 3),
        "too_high": round(float((chosen < levels).mean()), 3),
        "sensitivity_1_2": round(float((chosen[levels <= 2] <= 2).mean()), 3),
    }


def _qwk(truth, chosen) -> float:
    """Quadratic weighted kappa of levels 1-5."""
    weight = (np.subtract.outer(np.arange(5), np.arange(5)) ** 2) / 16
    seen = np.zeros((5, 5))
    np.add.at(seen, (truth - 1, chosen - 1), 1)
    chance = np.outer(seen.sum(1), seen.sum(0)) / len(truth)
    return 1 - float((weight * seen).sum() / (weight * chance).sum())


def write(model: LogisticRegression, figures: dict, folder: Path = BUNDLE) -> None:
    """Model file and manifest, which names the file's checksum."""
    folder.mkdir(parents=True, exist_ok=True)
    content = export(model)
    (folder / "model.onnx").write_bytes(content)
    manifest = {
        "version": VERSION,
        "sha256": hashlib.sha256(content).hexdigest(),
        "caution": CAUTION,
        "held_out": figures,
        "trained_on": "triage/corpus, written by the authors of Naru",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    told = sentences()
    print(f"reading {len(told)} sentences ...", flush=True)
    vectors = np.stack([features(sentence.text) for sentence in told])
    levels = np.array([sentence.level for sentence in told])
    print(f"testing on held-out stories ({FOLDS} folds) ...", flush=True)
    figures = {"all": held_out(vectors, levels, np.array([sentence.story for sentence in told]))}
    for language in ("ko", "en"):
        mine = np.array([sentence.language == language for sentence in told])
        figures[language] = held_out(vectors[mine], levels[mine], np.array([s.story for s in told if s.language == language]))
    print(json.dumps(figures, indent=1))
    write(fit(vectors, levels), figures)
    print(f"written: {BUNDLE.name}/model.onnx, {(BUNDLE / 'model.onnx').stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

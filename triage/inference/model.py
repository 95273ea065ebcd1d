"""The urgency model: loaded once, checked against its manifest, run on one thread by onnxruntime."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as refusals

from .case import Case, Finding
from .features import LONGEST, SETTINGS, features, understood

BUNDLE = Path(__file__).with_name("bundle")
MOST_REASONS = 3
UNREADABLE = (refusals.Fail, refusals.InvalidArgument, refusals.InvalidGraph, refusals.InvalidProtobuf, refusals.NotImplemented)
WORD_LIMIT = 60  # words tried one by one for the reasons
REASON = {"ko": "이 말이 급한 정도를 가장 많이 높였습니다.", "en": "This wording raised the urgency most."}


class BundleBroken(Exception):
    """The model's files are missing, changed, or not understood."""


@dataclass(frozen=True)
class Prediction:
    """level 1-5; probabilities of levels 1-5 (sum 1); the words that raised the urgency; which model said it.

    abstained: nothing was understood, so the level is 3 and means "a person should look".
    """

    level: int
    probabilities: tuple[float, ...]
    reasons: tuple[Finding, ...]
    version: str
    sha256: str
    abstained: bool = False


class Model:
    """A loaded bundle."""

    def __init__(self, session: onnxruntime.InferenceSession, manifest: dict) -> None:
        self.session = session
        self.version: str = manifest["version"]
        self.sha256: str = manifest["sha256"]
        self.caution: float = manifest["caution"]

    def predict(self, case: Case) -> Prediction:
        """Judge one case by the first LONGEST characters of its words; vitals and answers are the rules' work."""
        if not understood(case.words):
            return Prediction(3, (), (), self.version, self.sha256, abstained=True)
        chances = self.chances(features(case.words)[np.newaxis])[0]
        level = self.cautious_level(chances)
        reasons = self._reasons(case.words, level, chances)
        return Prediction(level, tuple(float(p) for p in chances), reasons, self.version, self.sha256)

    def chances(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Vectors of shape (n, SIZE) -> probabilities of shape (n, 5)."""
        return self.session.run(None, {"words": vectors})[0]

    def cautious_level(self, chances: NDArray[np.float32]) -> int:
        """The smallest level whose cumulated probability passes `caution`: leaning to the urgent side."""
        return int(np.argmax(np.cumsum(chances) >= self.caution)) + 1

    def _reasons(self, words: str, level: int, chances: NDArray[np.float32]) -> tuple[Finding, ...]:
        """The words without which the case would look less urgent: each is left out once."""
        spans = [match.span() for match in re.finditer(r"\S+", words[:LONGEST])][:WORD_LIMIT]
        if len(spans) < 2 or level > 4:
            return ()
        without = self.chances(np.stack([features(words[:start] + words[end:LONGEST]) for start, end in spans]))
        fall = chances[:level].sum() - without[:, :level].sum(axis=1)
        best = [int(index) for index in np.argsort(-fall)[:MOST_REASONS] if fall[index] > 0.01]
        return tuple(Finding("words", level, "words", "", *spans[index], text=REASON, plain=REASON) for index in best)


def load(path: Path | None = None) -> Model:
    """Load a bundle; raises BundleBroken if a file is missing, changed or not understood."""
    folder = path or BUNDLE
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        content = (folder / "model.onnx").read_bytes()
        if hashlib.sha256(content).hexdigest() != manifest["sha256"]:
            raise BundleBroken("model.onnx is not the file that the manifest names")
        if manifest["features"] != SETTINGS:
            raise BundleBroken("the bundle was made for other features than this code computes")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        return Model(session, manifest)
    except (OSError, ValueError, KeyError, TypeError, *UNREADABLE) as error:
        raise BundleBroken(f"{folder.name}: {type(error).__name__}: {error}") from error

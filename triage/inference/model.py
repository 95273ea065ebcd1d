"""The model that reads words: loaded once, checked against its manifest, run on one thread by onnxruntime."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as refusals

from .decision import Decision
from .features import SETTINGS, Vocabulary
from .shorthand import SILENT
from .wording import Wording

BUNDLE = Path(__file__).with_name("bundle")
FILES: Final = ("model.onnx", "vocabulary.npz", "decision.json")
UNREADABLE = (refusals.Fail, refusals.InvalidArgument, refusals.InvalidGraph, refusals.InvalidProtobuf, refusals.NotImplemented)


class BundleBroken(Exception):
    """The model's files are missing, changed, or not understood."""


@dataclass(frozen=True)
class Reading:
    """What the words say, as probabilities 0-1.

    levels: logits of level <= 1, <= 2, <= 3, <= 4.  present, denied: by sign.  complaints: by complaint.  shorthand: logits
    of the four levels, should the words be a nurse's line.
    """

    levels: NDArray[np.float64]
    present: Mapping[str, float]
    denied: Mapping[str, float]
    complaints: Mapping[str, float]
    shorthand: Sequence[float] | NDArray[np.float64] = SILENT


class Model:
    """A loaded bundle."""

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        wording: Wording,
        vocabulary: Vocabulary,
        decision: Decision,
        manifest: dict,
    ) -> None:
        self.session, self.wording, self.vocabulary, self.decision = session, wording, vocabulary, decision
        self.version: str = manifest["version"]
        self.sha256: str = manifest["sha256"]
        self.heads: list[str] = manifest["heads"]
        self.denying = np.array([head[0] == "-" for head in self.heads])

    def logits(self, words: str) -> NDArray[np.float32]:
        """One number for each head; what is denied is heard by the heads of denial alone."""
        told, heard = self.wording.told(words), self.wording.heard(words)
        found = self._run(heard)
        return found if told == heard else np.where(self.denying, self._run(told), found)

    def _run(self, text: str) -> NDArray[np.float32]:
        places, values = self.vocabulary.vector(text)
        return self.session.run(None, {"places": places, "values": values})[0]

    def read(self, words: str) -> Reading:
        """What the words say; the first LONGEST characters count."""
        logits = self.logits(words)
        return replace(
            reading_of(self.heads, logits), shorthand=self.decision.shorthand.levels(words, self.wording.heard(words), logits)
        )


def reading_of(heads: list[str], logits: NDArray[np.floating]) -> Reading:
    """Sort the numbers of the heads by what they mean."""
    chances = dict(zip(heads, (1 / (1 + np.exp(-logits.astype(np.float64)))).tolist(), strict=True))
    return Reading(
        levels=logits[:4].astype(np.float64),
        present={head[1:]: chance for head, chance in chances.items() if head[0] == "+"},
        denied={head[1:]: chance for head, chance in chances.items() if head[0] == "-"},
        complaints={head: chance for head, chance in chances.items() if head[0].isalpha() and "<" not in head},
    )


def checksum(folder: Path) -> str:
    """One checksum of all files that decide."""
    return hashlib.sha256(b"".join(hashlib.sha256((folder / name).read_bytes()).digest() for name in FILES)).hexdigest()


def load(path: Path | None = None) -> Model:
    """Load a bundle; raises BundleBroken if a file is missing, changed or not understood."""
    folder = path or BUNDLE
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if checksum(folder) != manifest["sha256"]:
            raise BundleBroken("the files are not those that the manifest names")
        if manifest["features"] != json.loads(json.dumps(SETTINGS)):
            raise BundleBroken("the bundle was made for other features than this code computes")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
        with np.load(folder / "vocabulary.npz", allow_pickle=False) as stored:
            wording = Wording(stored["known"].tolist(), stored["gaps"])
            vocabulary = Vocabulary(stored["names"], stored["rarity"])
        decision = Decision.from_json((folder / "decision.json").read_text(encoding="utf-8"), manifest["heads"])
        return Model(session, wording, vocabulary, decision, manifest)
    except (OSError, ValueError, KeyError, TypeError, *UNREADABLE) as error:
        raise BundleBroken(f"{folder.name}: {type(error).__name__}: {error}") from error

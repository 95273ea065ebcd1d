"""Build the shipped model from the sentences in triage/corpus: `python -m triage.training.train` (a few minutes).

`--check` measures and prints without writing the bundle.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from triage.inference.decision import CLINIC
from triage.inference.features import SETTINGS
from triage.inference.model import BUNDLE, Reading, checksum, reading_of
from triage.knowledge.signs import signs

from . import heads, weigh
from .corpus import LANGUAGES, Sentence, sentences
from .export import graph

VERSION = "2026.11.4"
TRAINED_AT = "2026-11-25"  # belongs to the version: the same sentences give the same files on any day
PARTS = 4  # of the groups; each is read once by heads that saw the others
MEASURED = Path(__file__).with_name("measured.json")  # numbers only; made by triage.training.measured


def readings_of(taught: heads.Heads, texts: list[str]) -> list[Reading]:
    """What these heads read in these texts."""
    return [reading_of(taught.names, row) for row in taught.logits(texts)]


def held_out(told: list[Sentence], progress) -> list[Reading]:
    """Readings of every sentence by heads that saw no sentence of its group; nothing is weighed of what is denied."""
    found: list[Reading] = [None] * len(told)
    for rest, kept in weigh.parts_of([sentence.group for sentence in told], PARTS):
        taught = heads.fit([told[at] for at in rest], lambda name: name[0] != "-")
        for at, reading in zip(kept, readings_of(taught, [told[at].text for at in kept]), strict=True):
            found[at] = reading
        progress.update()
    return found


def write(taught: heads.Heads, decision: dict, told: list[Sentence], folder: Path = BUNDLE) -> None:
    """Model, vocabulary, decision, and a manifest that names their checksum."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(graph(taught))
    np.savez_compressed(
        folder / "vocabulary.npz",
        names=taught.vocabulary.names,
        rarity=taught.vocabulary.rarity,
        known=np.array(taught.wording.known),
        gaps=taught.wording.gaps,
    )
    (folder / "decision.json").write_text(json.dumps(decision) + "\n", encoding="utf-8")
    manifest = {
        "version": VERSION,
        "trained_at": TRAINED_AT,
        "sha256": checksum(folder),
        "features": SETTINGS,
        "heads": taught.names,
        "sentences": {language: sum(s.language == language for s in told) for language in LANGUAGES},
        "groups": len({sentence.group for sentence in told}),
        "trained_on": "triage/corpus, written by the authors of Naru; weights of measured values: see docs/triage-model.md",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    print(f"written: {folder.name}, {sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.1f} MB")


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description="Build the triage model from the sentences in triage/corpus.")
    parser.add_argument("--check", action="store_true", help="measure only, write nothing")
    only_measure = parser.parse_args(arguments).check
    told = sentences()
    print(f"{len(told)} sentences, {len(signs())} signs")
    with tqdm(total=PARTS + 2, desc="teaching", unit="part") as progress:
        readings = held_out(told, progress)
        company = weigh.company_of([sentence for sentence in told if sentence.labelled])
        tiers = weigh.tiers_of(told, readings, company)
        progress.update()
        taught = heads.fit(told)
        progress.update()
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    decision = {"tiers": {**tiers, CLINIC: measured.pop("tier")}, "company": company, **measured}
    for name, tier in decision["tiers"].items():
        print(f"{name}: enough {tier['enough']}, calibration error {tier['calibration_error']}")
    if not only_measure:
        write(taught, decision, told)


if __name__ == "__main__":
    main(sys.argv[1:])

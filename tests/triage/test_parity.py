"""What was trained is what runs: numpy and onnxruntime agree to 1e-5 on the shipped weights; the loss of 8 bits is stated."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

import numpy as np
import onnx
import onnxruntime

from triage.inference import model as inference
from triage.training import heads, train
from triage.training.corpus import LANGUAGES, sentences, unseen
from triage.training.export import graph, rounded

CLOSE = 1e-5
LOSS = 0.02  # what 8 bits may change of a probability


class ParityTest(TestCase):
    """A few heads are taught here and exported the way the shipped ones are."""

    @classmethod
    def setUpClass(cls):
        cls.told = sentences()[::11]
        cls.taught = heads.fit(cls.told, lambda name: name in heads.LEVELS or name == "+fever")
        cls.heard = [cls.taught.wording.heard(sentence.text) for sentence in cls.told]
        cls.rows = [cls.taught.vocabulary.vector(text) for text in cls.heard]

    def run_all(self, content):
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        return np.stack([session.run(None, {"places": places, "values": values})[0] for places, values in self.rows])

    def expected(self):
        """The same sum by numpy, with the rounded weights."""
        small, step = rounded(self.taught.weights)
        table = heads.table_of(self.taught.vocabulary, self.heard)
        return table @ (small * step) + self.taught.bias

    def test_the_export_computes_what_was_taught(self):
        self.assertEqual({sentence.language for sentence in self.told}, set(LANGUAGES))
        self.assertLess(np.abs(chance(self.run_all(graph(self.taught))) - chance(self.expected())).max(), CLOSE)

    def test_eight_bits_cost_little(self):
        whole = chance(self.taught.logits([sentence.text for sentence in self.told]))
        self.assertLess(np.abs(chance(self.run_all(graph(self.taught))) - whole).max(), LOSS)

    def test_a_changed_weight_would_be_seen(self):
        changed = self.taught._replace(weights=self.taught.weights * 1.5)
        self.assertGreater(np.abs(chance(self.run_all(graph(changed))) - chance(self.expected())).max(), CLOSE)

    def test_the_export_has_no_string_operator(self):
        found = {node.op_type for node in onnx.load_from_string(graph(self.taught)).graph.node}
        self.assertLessEqual(found, {"Gather", "Cast", "Unsqueeze", "Mul", "ReduceSum", "Add"})

    def test_teaching_twice_gives_the_same_file(self):
        again = heads.fit(self.told, lambda name: name in heads.LEVELS or name == "+fever")
        self.assertEqual(graph(again), graph(self.taught))

    def test_what_is_denied_reaches_the_heads_of_denial_alone(self):
        denies = self.taught._replace(names=[*self.taught.names[:-1], "-fever"])
        plain, more = denies.logits(["my belly hurts", "my belly hurts, no fever"])
        np.testing.assert_allclose(plain[:-1], more[:-1])
        self.assertNotEqual(plain[-1], more[-1])

    def test_what_is_written_can_be_loaded(self):
        decision = json.loads((inference.BUNDLE / "decision.json").read_text(encoding="utf-8"))
        with TemporaryDirectory() as home:
            train.write(self.taught, decision, self.told, Path(home) / "bundle")
            loaded = inference.load(Path(home) / "bundle")
        self.assertLess(np.abs(chance(loaded.logits(self.told[0].text)) - chance(self.expected()[0])).max(), CLOSE)


def chance(logits):
    return 1 / (1 + np.exp(-np.asarray(logits, np.float64)))


class ShippedModelTest(TestCase):
    def test_the_shipped_weights_give_the_shipped_numbers(self):
        shipped = inference.load()
        whole = onnx.load(inference.BUNDLE / "model.onnx").graph
        stored = {each.name: onnx.numpy_helper.to_array(each) for each in whole.initializer}
        for sentence in sentences()[::40]:
            heard, told = (
                self.by_hand(stored, *shipped.vocabulary.vector(plain(sentence.text)))
                for plain in (shipped.wording.heard, shipped.wording.told)
            )
            expected = np.where(shipped.denying, told, heard)
            self.assertLess(np.abs(chance(shipped.logits(sentence.text)) - chance(expected)).max(), CLOSE)

    def by_hand(self, stored, places, values):
        return (stored["rows"][places] * values[:, None]).sum(0) * stored["step"] + stored["bias"]

    def test_the_shipped_model_knows_the_sentences_as_they_are_now(self):
        manifest = json.loads((inference.BUNDLE / "manifest.json").read_text(encoding="utf-8"))
        told = sentences()
        self.assertEqual(manifest["sentences"], {language: sum(s.language == language for s in told) for language in LANGUAGES})


class CorpusTest(TestCase):
    def test_both_languages_have_enough_sentences_of_every_level(self):
        for language in LANGUAGES:
            mine = [sentence for sentence in sentences() if sentence.language == language]
            for level in range(1, 6):
                self.assertGreaterEqual(sum(sentence.level == level for sentence in mine), 150, (language, level))

    def test_no_sentence_is_also_kept_aside(self):
        self.assertFalse({s.text for s in sentences()} & {s.text for s in unseen()})
        self.assertEqual({(s.language, s.level) for s in unseen()}, {(lang, n) for lang in LANGUAGES for n in range(1, 6)})

    def test_every_sign_that_is_written_down_is_known(self):
        used = {sign for sentence in sentences() for sign in sentence.present | sentence.denied}
        self.assertLessEqual(used, set(heads.signs()))

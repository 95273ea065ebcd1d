"""What was trained is what runs: scikit-learn and onnxruntime agree to 1e-5, in both languages."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase

import numpy as np
import onnx
import onnxruntime

from triage.inference import model as inference
from triage.inference.features import features
from triage.training import train
from triage.training.corpus import LANGUAGES, sentences, unseen

CLOSE = 1e-5


class ParityTest(TestCase):
    """A small model is trained here and exported the way the shipped one is."""

    @classmethod
    def setUpClass(cls):
        cls.told = sentences()[::10]
        cls.vectors = np.stack([features(sentence.text) for sentence in cls.told])
        cls.trained = train.fit(cls.vectors, np.array([sentence.level for sentence in cls.told]))

    def gap(self, content):
        """The largest difference of a probability between the trained model and an exported one."""
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        return float(np.abs(session.run(None, {"words": self.vectors})[0] - self.trained.predict_proba(self.vectors)).max())

    def test_the_export_computes_what_was_trained(self):
        self.assertEqual({sentence.language for sentence in self.told}, set(LANGUAGES))
        self.assertLess(self.gap(train.export(self.trained)), CLOSE)

    def test_a_changed_weight_would_be_seen(self):
        graph = onnx.load_from_string(train.export(self.trained))
        node = next(node for node in graph.graph.node if node.op_type == "LinearClassifier")
        weights = next(attribute for attribute in node.attribute if attribute.name == "coefficients")
        for place in range(200):
            weights.floats[place] += 0.5
        self.assertGreater(self.gap(graph.SerializeToString()), CLOSE)

    def test_the_export_has_no_string_operator(self):
        graph = onnx.load_from_string(train.export(self.trained))
        self.assertLessEqual({node.op_type for node in graph.graph.node}, {"LinearClassifier", "Normalizer", "Cast", "Identity"})

    def test_training_twice_gives_the_same_file(self):
        again = train.fit(self.vectors, np.array([sentence.level for sentence in self.told]))
        self.assertEqual(train.export(again), train.export(self.trained))

    def test_what_is_written_can_be_loaded(self):
        with TemporaryDirectory() as home:
            train.write(self.trained, {}, self.told, Path(home) / "bundle")
            loaded = inference.load(Path(home) / "bundle")
        self.assertLess(np.abs(loaded.chances(self.vectors) - self.trained.predict_proba(self.vectors)).max(), CLOSE)


class ShippedModelTest(TestCase):
    """The shipped file computes the softmax of the weights that stand in it."""

    def test_the_shipped_weights_give_the_shipped_probabilities(self):
        graph = onnx.load(inference.BUNDLE / "model.onnx")
        node = next(node for node in graph.graph.node if node.op_type == "LinearClassifier")
        stored = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
        vectors = np.stack([features(sentence.text) for sentence in sentences()])
        weights = np.array(stored["coefficients"]).reshape(5, -1)
        scores = vectors @ weights.T + np.array(stored["intercepts"])
        expected = np.exp(scores - scores.max(1, keepdims=True))
        expected /= expected.sum(1, keepdims=True)
        self.assertLess(np.abs(inference.load().chances(vectors) - expected).max(), CLOSE)

    def test_the_shipped_model_knows_the_sentences_as_they_are_now(self):
        manifest = json.loads((inference.BUNDLE / "manifest.json").read_text(encoding="utf-8"))
        told = sentences()
        self.assertEqual(manifest["sentences"], {language: sum(s.language == language for s in told) for language in LANGUAGES})


class CorpusTest(TestCase):
    def test_both_languages_have_enough_sentences_of_every_level(self):
        for language in LANGUAGES:
            mine = [sentence for sentence in sentences() if sentence.language == language]
            self.assertGreaterEqual(len(mine), 300)
            for level in range(1, 6):
                self.assertGreaterEqual(sum(sentence.level == level for sentence in mine), 30, (language, level))

    def test_no_sentence_stands_twice(self):
        texts = [sentence.text for sentence in sentences()]
        self.assertEqual(len(texts), len(set(texts)))

    def test_the_unseen_sentences_stay_unseen(self):
        trained = {sentence.text for sentence in sentences()}
        self.assertFalse(trained & {sentence.text for sentence in unseen()})
        self.assertEqual({(s.language, s.level) for s in unseen()}, {(lang, n) for lang in LANGUAGES for n in range(1, 6)})

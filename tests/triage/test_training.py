"""What the model is taught with: hasty versions keep what a sentence means, shorthand is read as fitted."""

from unittest import TestCase

import numpy as np

from triage.inference import model as inference
from triage.inference.shorthand import Shorthand
from triage.training import shorthand
from triage.training.corpus import sentences
from triage.training.hasty import hasty, without_spaces


class HastyTest(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.told = sentences()
        cls.hasty = hasty(cls.told)

    def test_level_and_signs_stay(self):
        for sentence, other in zip(self.told, self.hasty, strict=True):
            self.assertEqual((sentence.level, sentence.present, sentence.group), (other.level, other.present, other.group))

    def test_nobody_denies_what_is_there(self):
        for sentence, other in zip(self.told, self.hasty, strict=True):
            self.assertFalse((other.denied - sentence.denied) & sentence.present, other)

    def test_the_same_sentences_give_the_same_versions(self):
        self.assertEqual(self.hasty, hasty(self.told))

    def test_nearly_all_differ_from_what_was_written(self):
        same = sum(one.text == other.text for one, other in zip(self.told, self.hasty, strict=True))
        self.assertLess(same / len(self.told), 0.2)

    def test_spaces_go(self):
        self.assertEqual(without_spaces("배가 너무 아파요"), "배가너무아파요")


class ShorthandTest(TestCase):
    def test_what_was_fitted_is_what_is_read_from_the_bundle(self):
        lines = ["chest pain", "dyspnea", "fever", "cough", "finger laceration", "ankle sprain", "cardiac arrest"] * 3
        model = inference.load()
        logits = np.stack([model.logits(line) for line in lines])
        fitted = shorthand.fit(lines, logits, np.array([2, 2, 3, 4, 4, 5, 1] * 3))
        again = Shorthand.from_json(shorthand.stored(fitted, model.heads), model.heads)
        before, after = (shorthand.levels_of(each, lines, logits) for each in (fitted, again))
        np.testing.assert_allclose(before, after, atol=1e-3)
        self.assertGreater(before[0][1], before[4][1])

    def test_a_story_is_no_shorthand(self):
        model = inference.load()
        self.assertEqual(list(model.read("My chest hurts. It began this morning.").shorthand), [0.0] * 4)
        self.assertNotEqual(list(model.read("chest pain, dyspnea").shorthand), [0.0] * 4)

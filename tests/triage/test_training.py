"""How words are usually written is learned from the corpus; shorthand is read as fitted."""

from unittest import TestCase

import numpy as np

from triage.inference import model as inference
from triage.inference.decision import AGES
from triage.inference.language import normalise
from triage.inference.shorthand import Shorthand
from triage.inference.vital_signs import KINDS
from triage.inference.wording import bare
from triage.training import shorthand
from triage.training.corpus import sentences
from triage.training.wording import wording_of


class WordingTest(TestCase):
    """A way of writing is learned here from a part of the corpus, the way the shipped one is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.told = sentences()[::8]
        cls.wording = wording_of([sentence.text for sentence in cls.told])

    def test_korean_gets_most_of_its_spaces_back(self):
        ends = [self.ends(sentence.text) for sentence in self.told if sentence.language == "ko"]
        self.assertGreater(sum(found for found, _all in ends) / sum(every for _found, every in ends), 0.8)

    def ends(self, text):
        """How many words of a sentence stand again at their places, and of how many."""
        usual = bare(normalise(text)).split()
        again = self.wording.spaced("".join(usual)).split()
        return len(set(usual) & set(again)), len(set(usual))

    def test_the_same_sentences_give_the_same_way_of_writing(self):
        again = wording_of([sentence.text for sentence in self.told])
        self.assertEqual(again.known, self.wording.known)
        np.testing.assert_array_equal(again.gaps, self.wording.gaps)


class ShorthandTest(TestCase):
    model = inference.load()

    def test_what_was_fitted_is_what_is_read_from_the_bundle(self):
        lines = ["chest pain", "dyspnea", "fever", "cough", "finger laceration", "ankle sprain", "cardiac arrest"] * 3
        known = self.patients(lines, [2, 2, 3, 4, 4, 5, 1] * 3)
        fitted = shorthand.fit_patients(known)
        sounds = shorthand.shorthand_of(fitted, known)
        again = Shorthand.from_json(shorthand.stored(sounds, self.model.heads), self.model.heads)
        read = np.stack([again.levels(line, line, row) for line, row in zip(lines, known.logits, strict=True)])
        np.testing.assert_allclose(fitted.chances(known), np.maximum.accumulate(1 / (1 + np.exp(-read)), axis=1), atol=0.01)
        self.assertGreater(read[0][1], read[4][1])

    def patients(self, lines, levels):
        """Patients of whom nothing is known but a line."""
        many = len(lines)
        nothing = {"seen": np.zeros((many, 8)), "beyond": np.zeros((many, len(KINDS))), "older": np.zeros((many, len(AGES)))}
        logits = np.stack([self.model.logits(line) for line in lines])
        sites, ruled = np.array(["1"] * many), np.full(many, 5)
        return shorthand.Patients(lines=lines, logits=logits, levels=np.array(levels), sites=sites, ruled=ruled, **nothing)

    def test_a_story_is_no_shorthand(self):
        model = inference.load()
        self.assertEqual(list(model.read("My chest hurts. It began this morning.").shorthand), [0.0] * 4)
        for line in ("chest pain, dyspnea", "Rt. arm weakness", "abd. pain"):
            self.assertNotEqual(list(model.read(line).shorthand), [0.0] * 4)

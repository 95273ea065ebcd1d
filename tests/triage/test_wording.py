"""How words are typed, and what is only said not to be there, changes nothing for whoever reads them."""

from unittest import TestCase

from triage.inference import model as inference
from triage.inference.denial import without_denials

READ = inference.load().wording


class TypingTest(TestCase):
    def test_korean_spaces_do_not_matter(self):
        for words in ("배가 너무 아파서 잠을 못 자요", "아이가 어제부터 열이 나요"):
            self.assertEqual(READ.heard(words.replace(" ", "")), READ.heard(words))

    def test_a_word_with_swapped_letters_is_the_word(self):
        self.assertEqual(READ.heard("My stomcah hurts and I am voimting"), READ.heard("my stomach hurts and I am vomiting"))

    def test_stops_and_quotes_do_not_matter_but_a_decimal_point_does(self):
        self.assertEqual(READ.heard("fever, 38.5!"), "fever 38.5")

    def test_a_name_that_nobody_knows_stays_as_it_is(self):
        self.assertIn("xyzzyq", READ.heard("the xyzzyq hurts"))


class DenialTest(TestCase):
    def test_what_is_not_there_is_not_heard(self):
        for words, left in (
            ("my belly hurts, no fever", "my belly hurts"),
            ("Sore throat for two days. No cough or chest pain.", "sore throat for two days"),
            ("denies vomiting, has belly pain", "has belly pain"),
            ("배가 아파요 열은 없어요", "배가 아파요"),
            ("목이 따가운데 기침은 안 해요. 두통도 없고요", "목이 따가운데"),
        ):
            with self.subTest(words=words):
                self.assertEqual(READ.heard(words).replace(" ", ""), left.replace(" ", ""))
                self.assertNotEqual(READ.told(words), READ.heard(words))

    def test_what_ought_to_be_there_and_is_not_stays(self):
        for words in (
            "he is not breathing", "no pulse", "she can't swallow", "not responding to me", "no feeling in my legs",
            "baby is not feeding", "no urine since yesterday", "숨이 없어요", "의식이 없어요", "맥박이 없어요", "숨을 안 쉬어요",
            "소변이 안 나와요", "다리에 감각이 없어요", "아기가 움직임이 없어요", "피가 멈추지 않아요", "열이 안 떨어져요",
        ):  # fmt: skip
            with self.subTest(words=words):
                self.assertEqual(without_denials(words), words)

    def test_words_that_only_deny_stay(self):
        self.assertEqual(without_denials("no fever"), "no fever")
        self.assertEqual(without_denials("열은 없어요"), "열은 없어요")

"""The same sentence as a hasty hand writes it: the model learns each once more like that, since the level is the same."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from .corpus import Sentence

DENIALS: Final = {  # said besides: sign that is denied, and words
    "ko": (
        ("fever", "열은 없어요"), ("fever", "열 없음"), ("fever", "열나는 건 아니에요"), ("chest_cardiac", "가슴은 괜찮아요"),
        ("breath_mild", "숨은 안 차요"), ("breath_mild", "숨쉬는 건 괜찮고요"), ("vomiting_lasting", "토하지는 않아요"),
        ("fainted", "쓰러진 적은 없어요"), ("cough_blood", "피가래는 없고요"), ("numbness_new", "저린 데도 없어요"),
        ("pregnant", "임신은 아니에요"), ("vertigo", "어지럽진 않아요"), ("rash_mild", "발진은 없습니다"),
    ),
    "en": (
        ("fever", "no fever"), ("fever", "I don't have a temperature"), ("fever", "not feverish"),
        ("chest_cardiac", "chest is fine"),
        ("breath_mild", "not short of breath"), ("breath_mild", "breathing okay"), ("vomiting_lasting", "no vomiting"),
        ("fainted", "never passed out"), ("cough_blood", "not coughing anything up"), ("numbness_new", "no tingling"),
        ("pregnant", "not pregnant"), ("vertigo", "not dizzy"), ("rash_mild", "no rash"),
    ),
}  # fmt: skip
FAMILIES: Final = {
    "fainted": "faint", "shock": "faint", "stroke_new": "numbness", "stroke_late": "numbness", "labour": "pregnant",
    "sepsis": "fever", "acs_atypical": "chest", "vomit_blood": "vomiting", "allergy_skin": "rash",
}  # fmt: skip
LONG: Final = 5  # letters a word must have to be mistyped
SHARE: Final = 0.5  # of the sentences get a denial, the others are misspelt


def hasty(told: Sequence[Sentence]) -> list[Sentence]:
    """One more version of each sentence; the same sentences give the same versions."""
    chooser = np.random.default_rng(2)
    return [_hasty(sentence, chooser) for sentence in told]


def _hasty(sentence: Sentence, chooser) -> Sentence:
    denies = chooser.random() < SHARE and _calm(sentence)
    return _with_a_denial(sentence, chooser) if denies else _misspelt(sentence, chooser)


def _misspelt(sentence: Sentence, chooser) -> Sentence:
    text = without_spaces(sentence.text) if sentence.language == "ko" else with_slips(sentence.text, chooser)
    return sentence._replace(text=text)


def _calm(sentence: Sentence) -> bool:
    """Nobody who fights for breath says what is not the matter."""
    return sentence.labelled and sentence.level > 1


def _with_a_denial(sentence: Sentence, chooser) -> Sentence:
    """The sentence with something said not to be there, unless that is what it is about."""
    about = {_family(sign) for sign in sentence.present}
    fitting = [(sign, words) for sign, words in DENIALS[sentence.language] if _family(sign) not in about]
    sign, words = fitting[int(chooser.integers(len(fitting)))]
    joint = (", ", ". ", " ")[int(chooser.integers(3))]
    return sentence._replace(text=sentence.text.rstrip(" .") + joint + words, denied=sentence.denied | {sign})


def _family(sign: str) -> str:
    """fever_baby -> fever, fainted and faint_danger -> faint."""
    return FAMILIES.get(sign, sign.split("_")[0])


def without_spaces(words: str) -> str:
    """As many people type Korean on a phone."""
    return words.replace(" ", "")


def with_slips(words: str, chooser: np.random.Generator) -> str:
    """English: two inner letters change places in one longer word of eight."""
    parts = words.split(" ")
    long = [at for at, part in enumerate(parts) if re.fullmatch(rf"[A-Za-z]{{{LONG},}}", part)]
    for at in chooser.permutation(long)[: len(parts) // 8 + 1]:
        cut = int(chooser.integers(1, len(parts[at]) - 2))
        parts[at] = parts[at][:cut] + parts[at][cut + 1] + parts[at][cut] + parts[at][cut + 2 :]
    return " ".join(parts)

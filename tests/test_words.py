"""What Django and its packages say stands in our words, in both languages."""

import re
from pathlib import Path

import allauth
import django
import rest_framework
from babel.messages.pofile import read_po
from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.test import SimpleTestCase
from django.utils import translation
from rest_framework import serializers

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def sentences(language):
    with (settings.BASE_DIR / f"locale/others/{language}/LC_MESSAGES/django.po").open("rb") as words:
        return {message.id: message.string for message in read_po(words) if message.id}


def said_by_packages():
    """Their sources, with sentences that stand on several lines put together."""
    roots = [Path(package.__path__[0]) for package in (django, allauth, rest_framework)]
    files = [path for root in roots for path in root.rglob("*") if path.suffix in {".py", ".html", ".txt"}]
    text = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)
    return re.sub(r"\s+", " ", re.sub(r'"\s*\n\s*"', "", text)).replace('\\"', '"')


class WordsOfOthersTest(SimpleTestCase):
    def test_each_sentence_stands_in_both_languages_with_known_placeholders(self):
        korean, english = sentences("ko"), sentences("en")
        self.assertEqual(korean.keys(), english.keys())
        for catalog in korean, english:
            for said, ours in catalog.items():
                pairs = zip(
                    [said] * 2 if isinstance(said, str) else said, [ours] if isinstance(ours, str) else ours, strict=False
                )
                for theirs, here in pairs:
                    with self.subTest(sentence=theirs):
                        self.assertTrue(here)
                        self.assertLessEqual(set(PLACEHOLDER.findall(here)), set(PLACEHOLDER.findall(theirs)))

    def test_the_packages_still_say_each_of_them(self):
        theirs = said_by_packages()
        for said in sentences("ko"):
            sentence = re.sub(r"%\(\w+\)s", "%", said if isinstance(said, str) else said[0])
            with self.subTest(sentence=sentence):  # a template writes {{ name }} for a placeholder
                self.assertTrue(all(part.strip() in theirs for part in sentence.split("%")))

    def test_forms_and_the_api_speak_plainly(self):
        for language, plain in (("en", "Please write at most 5."), ("ko", "5보다 큰 값은 쓸 수 없습니다.")):
            with translation.override(language):
                with self.assertRaisesMessage(forms.ValidationError, plain):
                    forms.IntegerField(max_value=5).clean("6")
                with self.assertRaisesMessage(serializers.ValidationError, plain):
                    serializers.IntegerField(max_value=5).run_validation(6)
        with translation.override("en"), self.assertRaisesMessage(forms.ValidationError, "at most 2 characters; this has 3"):
            MaxLengthValidator(2)("abc")

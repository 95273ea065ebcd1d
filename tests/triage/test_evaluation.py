"""The commands: figures with intervals, every case explained, bad lines named."""

import json
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import CommandError, call_command
from django.test import SimpleTestCase

LINES = [
    {"id": "a", "text": "가슴이 조이고 식은땀이 나요", "lang": "ko", "age": 63, "sex": "F", "gold": 2},
    {"id": "b", "text": "I have had a runny nose for two days", "lang": "en", "gold": 5, "max_safe_level": 5},
    {"id": "c", "text": "숨을 안 쉬어요", "vitals": {"spo2": 70, "avpu": "U"}, "gold": 1},
    {"id": "d", "text": "need my pills", "age": 130, "vitals": {"temp": 98.6, "hr": "fast"}},
    {"id": "e", "text": "", "answers": {"breathing": "rest"}, "gold": 2},
]


class EvaluateTest(SimpleTestCase):
    def evaluate(self, text):
        with TemporaryDirectory() as home:
            file, out = Path(home) / "cases.jsonl", Path(home) / "out.json"
            file.write_text(text, encoding="utf-8")
            said = StringIO()
            call_command("evaluate_triage", str(file), json=out, stdout=said, stderr=StringIO())
            return said.getvalue(), json.loads(out.read_text(encoding="utf-8"))

    def test_every_line_is_judged_and_those_with_a_level_are_counted(self):
        said, found = self.evaluate("\n".join(json.dumps(line) for line in LINES))
        self.assertIn("5 cases, 4 with a known level", said)
        self.assertEqual([case["id"] for case in found["cases"]], list("abcde"))
        self.assertEqual(found["summary"]["all"]["cases"], 4)
        for case in found["cases"]:
            self.assertEqual(len(case["probabilities"]), 5)
            self.assertAlmostEqual(sum(case["probabilities"]), 1, places=4)
            self.assertIn(case["level"], range(1, 6))
        for value, low, high in (value for value in found["summary"]["all"].values() if isinstance(value, list)):
            self.assertTrue(low <= value <= high)

    def test_what_makes_no_sense_is_named_and_not_used(self):
        _said, found = self.evaluate(json.dumps(LINES[3]))
        self.assertEqual(found["cases"][0]["ignored"], ["age", "temp", "hr"])

    def test_three_kinds_of_care_can_be_the_truth(self):
        lines = [
            {"text": "숨을 안 쉬어요", "gold": "em"},
            {"text": "need my pills", "gold": "sc"},
            {"text": "배가 아파요", "gold": "ne"},
        ]
        _said, found = self.evaluate("\n".join(json.dumps(line) for line in lines))
        self.assertIsNone(found["summary"]["all"]["calibration_1_2"])
        self.assertIsNotNone(found["summary"]["all"]["qwk"])

    def test_a_bad_line_is_named(self):
        for line in ("{", "[]", '{"text": 5}', '{"text": "a", "gold": 7}'):
            with self.subTest(line=line), self.assertRaisesMessage(CommandError, "line 2"):
                self.evaluate('{"text": "a"}\n' + line)

    def test_a_missing_file_is_said(self):
        with self.assertRaisesMessage(CommandError, "cannot be read"):
            call_command("evaluate_triage", "nowhere.jsonl")


class ExplainTest(SimpleTestCase):
    def test_one_case_is_explained(self):
        said = StringIO()
        call_command("triage", "가슴이 조이고 식은땀이 나요", "--age", "58", "--sex", "F", stdout=said)
        self.assertIn("2단계: ", said.getvalue())
        self.assertIn("가슴", said.getvalue())

    def test_a_strange_value_is_said(self):
        said = StringIO()
        call_command("triage", "fever", "--vital", "temp=98.6", stdout=said)
        self.assertIn("unit: temp", said.getvalue())

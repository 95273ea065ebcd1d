"""How good the triage is on a file of cases: overall and by language, sex and age band."""

import json as notation
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from triage import evaluation, figures
from triage.assessment import the_model


class Command(BaseCommand):
    """manage.py evaluate_triage FILE.jsonl [--json OUT]"""

    help = "Judge every line of a JSONL file and say how good the judgements are, with 95 % bootstrap intervals."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="JSON lines: id, text, lang, age, sex, vitals, answers, gold, max_safe_level")
        parser.add_argument("--json", type=Path, metavar="OUT", help="write summary and cases as JSON")

    def handle(self, file, json=None, **options):
        try:
            with file.open(encoding="utf-8-sig") as lines:
                known = list(evaluation.read(lines))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file}: cannot be read: {error}") from error
        except evaluation.BadLine as error:
            raise CommandError(f"{file}: {error}. Mend the line and start again.") from error
        pairs = []
        for pair in evaluation.judged(known, the_model()):
            pairs.append(pair)
            if len(pairs) % 200 == 0:
                self.stderr.write(f"{len(pairs)} of {len(known)} judged ...")
        found = figures.summary(pairs)
        self._table(found, len(known))
        if json:
            self._write(json, {"summary": found, "cases": [evaluation.as_json(*pair) for pair in pairs]})

    def _table(self, found, cases):
        self.stdout.write(f"{cases} cases, {found.get('all', {}).get('cases', 0)} with a known level; value [95 % interval]")
        for name, row in found.items():
            self.stdout.write(f"\n{name} ({row['cases']} cases)")
            for key, words in figures.WORDS.items():
                self.stdout.write(f"  {words:<30} {_said(row[key])}")

    def _write(self, path, content):
        try:
            path.write_text(notation.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{path}: cannot be written: {error}") from error
        self.stdout.write(f"\nwritten: {path}")


def _said(value) -> str:
    return "-" if value is None else f"{value[0]:.3f} [{value[1]:.3f}, {value[2]:.3f}]"

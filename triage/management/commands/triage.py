"""Explain one case: level, chances, reasons with their words, what would be asked next."""

from django.core.management.base import BaseCommand, CommandError

from triage import evaluation
from triage.assessment import the_model
from triage.interview import next_question
from triage.judgement import judge


class Command(BaseCommand):
    """manage.py triage "..." --age 58 --sex F"""

    help = "Judge one story and explain the level. Advice for clinicians; it decides nothing."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("words", help="what the person says, Korean or English")
        parser.add_argument("--age", type=float, help="years")
        parser.add_argument("--sex", choices=["F", "M"])
        parser.add_argument("--lang", choices=["ko", "en"])
        parser.add_argument("--vital", action="append", default=[], metavar="NAME=VALUE", help="as temp=38.9; may be repeated")
        parser.add_argument("--answer", action="append", default=[], metavar="QUESTION=CODE", help="may be repeated")

    def handle(self, words, age, sex, lang, vital, answer, **options):
        vitals = {name: _value(value) for name, value in map(_pair, vital)}
        stored = {"text": words, "age": age, "sex": sex, "lang": lang, "vitals": vitals, "answers": dict(map(_pair, answer))}
        case, ignored = evaluation.case_of(stored)
        for name in ignored:
            self.stdout.write(f"not used: {name} is not a value that a living person can have in our unit")
        model = the_model()
        found = judge(case, model)
        self.stdout.write(f"level {found.level}" + (" - the model cannot tell, a person should look" if found.abstained else ""))
        if found.opinion:
            shares = "  ".join(f"{level}: {share:.0%}" for level, share in enumerate(found.opinion.probabilities, start=1))
            self.stdout.write(f"model: level {found.opinion.level}   {shares}   known: {found.opinion.tier}")
        self.stdout.write(f"rules: {', '.join(finding.code for finding in found.rules) or 'none'}")
        for finding in found.reasons:
            place = repr(words[finding.start : finding.end]) if finding.source == "words" else f"{finding.source} {finding.key}"
            self.stdout.write(f"  {finding.level}  {finding.text[case.language]}  <- {place}")
        question = next_question(case, model) if model else None
        if question:
            codes = ", ".join(f"{each.code} ({each.text[case.language]})" for each in question.answers)
            self.stdout.write(f"would ask next: {question.id}: {question.text[case.language]}  {codes}")


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark:
        raise CommandError(f"{text}: want NAME=VALUE")
    return name, value


def _value(text: str):
    try:
        return float(text)
    except ValueError:
        return text

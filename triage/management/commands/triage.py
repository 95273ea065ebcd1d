"""Explain one case: level, chances, reasons with their words, what would be asked next."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from triage import evaluation
from triage.assessment import the_model
from triage.interview import next_question
from triage.judgement import judge
from visits.models import Acuity


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
        with translation.override(case.language):
            for name in ignored:
                self.stdout.write(_("Not used, as no living person has it in our unit: %(name)s") % {"name": name})
            self._explain(case, the_model())

    def _explain(self, case, model):
        found, language = judge(case, model), case.language
        unsure = " - " + _("the model cannot tell, a person should look") if found.abstained else ""
        self.stdout.write(_("Level %(level)s") % {"level": found.level} + f": {Acuity(found.level).label}{unsure}")
        if found.opinion:
            shares = "  ".join(f"{level}: {share:.0%}" for level, share in enumerate(found.opinion.probabilities, start=1))
            self.stdout.write(f"{_('Model')}: {found.opinion.level}   {shares}")
        self.stdout.write(f"{_('Safety rules')}: {', '.join(rule.text[language] for rule in found.rules) or _('none')}")
        for reason in found.reasons:
            place = repr(case.words[reason.start : reason.end]) if reason.source == "words" else f"{reason.source} {reason.key}"
            self.stdout.write(f"  {reason.level}  {reason.text[language]}  <- {place}")
        if model and (question := next_question(case, model)):
            codes = ", ".join(f"{each.code} ({each.text[language]})" for each in question.answers)
            self.stdout.write(f"{_('Would ask next')}: {question.id}: {question.text[language]}  {codes}")


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

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations

from accounts import staffing


class Command(BaseCommand):
    help = 'Open a clinic, or change one: `open_clinic "나루 서울의원" "Naru Seoul Clinic" --phone 02-555-0101`.'

    def add_arguments(self, parser):
        parser.add_argument("name_ko", help="its name in Korean")
        parser.add_argument("name_en", help="its name in English")
        parser.add_argument("--phone", help="where patients call when nothing else works")
        parser.add_argument("--time-zone", help="Asia/Seoul, if nothing is said")
        parser.add_argument("--emergency-number", help="119, if nothing is said")
        parser.add_argument("--language", choices=["ko", "en"], help="of patients who have not chosen one")
        parser.add_argument("--link-class", choices=["good", "weak"], help="is the clinic's line good or weak?")

    @no_translations
    def handle(self, *, name_ko, name_en, **options):
        wanted = ("phone", "time_zone", "emergency_number", "language", "link_class")
        facts = {name: options[name] for name in wanted if options[name] is not None}
        try:
            clinic = staffing.open_clinic(name_ko=name_ko, name_en=name_en, by=None, **facts)
        except ValidationError as problem:
            raise CommandError("; ".join(problem.messages)) from None
        self.stdout.write(f"“{clinic.name_ko}” is open. Next: `hire` the people who work there.")

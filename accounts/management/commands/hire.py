from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations

from accounts import staffing
from accounts.errors import Refused
from accounts.models import User


class Command(BaseCommand):
    help = 'Let somebody work here: `hire kim@clinic.example doctor "김서연" "나루 서울의원"`. Again, to add a clinic.'

    def add_arguments(self, parser):
        parser.add_argument("email", help="with which they sign in")
        parser.add_argument("role", choices=[role for role in User.Role.values if role != User.Role.PATIENT])
        parser.add_argument("name")
        parser.add_argument("clinics", nargs="*", help="names of clinics; administrator and reviewer need none")
        parser.add_argument("--specialty", nargs=2, metavar=("KOREAN", "ENGLISH"), help="내과 'Internal medicine'")
        parser.add_argument("--language", choices=["ko", "en"], help="of their pages; ko, if nothing is said")

    @no_translations
    def handle(self, *, email, role, name, clinics, specialty, language, **options):
        facts = dict(zip(("specialty_ko", "specialty_en"), specialty or (), strict=False)) | {"language": language}
        try:
            places = [staffing.clinic_called(each) for each in clinics]
            staffing.hire(email=email, role=role, name=name, clinics=places, by=None, **facts)
        except (Refused, ValidationError) as problem:
            raise CommandError("; ".join(getattr(problem, "messages", [str(problem)]))) from None
        self.stdout.write(f"{name} works here now. A password: `manage.py changepassword {email}`.")

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from telehealth.demo import seed
from telehealth.messages import compile_messages


class Command(BaseCommand):
    help = "Make everything ready for the first page: tables, translations, and in the demo its morning. Safe to repeat."

    def handle(self, **options):
        Path(settings.NARU_STATE).mkdir(parents=True, exist_ok=True, mode=0o700)
        compile_messages()
        call_command("migrate", interactive=False, verbosity=1)
        if settings.DEMO and seed.seed():
            self.stdout.write("The demo morning is set up.")

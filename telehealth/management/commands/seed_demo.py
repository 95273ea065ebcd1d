from django.core.management.base import BaseCommand

from telehealth.demo.seed import seed


class Command(BaseCommand):
    help = "Set up the demo morning, once."

    def handle(self, **options):
        if seed():
            self.stdout.write("  the demo morning is set up")

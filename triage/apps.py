from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "triage"

    def ready(self):
        from intake.pages import add

        from . import checks, receivers  # noqa: F401
        from .pages import STEP, Interview

        add(STEP, Interview)

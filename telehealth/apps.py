from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


class TelehealthConfig(AppConfig):
    name = "telehealth"

    def ready(self):
        from . import checks  # noqa: F401

        post_migrate.connect(make_cache_table, sender=apps.get_app_config("accounts"))  # ours has no models


def make_cache_table(using, **kwargs):
    """The cache's table comes with the others."""
    call_command("createcachetable", database=using, verbosity=0)

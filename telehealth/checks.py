"""Mistakes in the settings, found at start."""

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def production_is_not_a_demo(app_configs, **kwargs):
    """The demo signs anybody in, and a throw-away key signs everybody out."""
    if settings.DEMO:
        yield Error("NARU_DEMO is on.", hint="Unset NARU_DEMO: its one-click sign-ins open every account.", id="naru.E001")
    if not settings.SECRET_KEY_GIVEN:
        yield Error("SECRET_KEY is not set.", hint="Set SECRET_KEY to at least 50 random characters.", id="naru.E002")


@register(Tags.urls)
def ice_servers_are_a_list(app_configs, **kwargs):
    """Browsers need a list of {"urls": ...}."""
    good = isinstance(settings.ICE_SERVERS, list) and all(
        isinstance(server, dict) and "urls" in server for server in settings.ICE_SERVERS
    )
    if not good:
        yield Error("ICE_SERVERS is not a list of servers.", hint='Example: [{"urls": "turn:turn.example:3478"}]', id="naru.E003")

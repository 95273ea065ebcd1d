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


@register(Tags.urls)
def media_is_reachable(app_configs, **kwargs):
    """An unknown engine carries nothing, and a relay without its secret opens for nobody."""
    if settings.MEDIA_ENGINE not in ("naru", "janus"):
        yield Error("MEDIA_ENGINE is neither naru nor janus.", hint="Unset it, or see docs/engines.md.", id="naru.E004")
    good = all(url.startswith(("turn:", "turns:")) for url in settings.TURN_URLS)
    if not good or bool(settings.TURN_URLS) is not bool(settings.TURN_SECRET):
        hint = "Example: TURN_URLS=turns:turn.example:443?transport=tcp, and TURN_SECRET as in coturn's static-auth-secret."
        yield Error("TURN_URLS and TURN_SECRET do not fit.", hint=hint, id="naru.E005")

"""A missing or broken model is said at start; the queue goes on by rules."""

from django.conf import settings
from django.core.checks import Warning as CheckWarning
from django.core.checks import register


@register()
def model_is_whole(app_configs, **kwargs):
    from .inference import model

    if settings.TRIAGE_MODEL == "off":
        return
    try:
        model.load(settings.TRIAGE_BUNDLE)
    except model.BundleBroken as error:
        yield CheckWarning(
            f"The triage model cannot be used: {error}",
            hint="Run make train, or restore triage/inference/bundle. Until then the safety rules decide alone.",
            id="triage.W001",
        )

"""Words that fit the reader's browser."""

from django import template

from .. import browsers

register = template.Library()


@register.simple_tag(takes_context=True)
def denied_words(context) -> str:
    """How to allow camera and microphone in the browser that reads this page."""
    return browsers.denied(context["request"].headers.get("User-Agent", ""))

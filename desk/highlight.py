"""Mark the words that gave a reason, safely."""

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


def marked(words: str, reasons: list[dict]) -> SafeString:
    """The words as HTML, with the spans of the reasons in <mark>."""
    spans = sorted(((r["start"], r["end"]) for r in reasons if r["source"] == "words"), key=lambda span: (span[0], -span[1]))
    out, at = [], 0
    for start, end in spans:
        if start >= at and end <= len(words):
            out += [escape(words[at:start]), "<mark>", escape(words[start:end]), "</mark>"]
            at = end
    return mark_safe("".join([*out, escape(words[at:])]))  # noqa: S308 - every piece is escaped

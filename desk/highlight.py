"""Mark the words that gave a reason, safely."""

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


def marked(words: str, reasons: list[dict]) -> SafeString:
    """The words as HTML, with the spans of the reasons in <mark>."""
    spans = sorted((reason["start"], min(reason["end"], len(words))) for reason in reasons if reason["source"] == "words")
    out, at = [], 0
    for start, end in _joined(spans):
        out += [escape(words[at:start]), "<mark>", escape(words[start:end]), "</mark>"]
        at = end
    return mark_safe("".join([*out, escape(words[at:])]))  # noqa: S308 - every piece is escaped


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap made one: every word that gave a reason is marked, once."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined

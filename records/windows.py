"""Two windows write in one field: the words that one of them did not know are kept beside its own, with a mark."""

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.errors import Refused


class Joined(Refused):
    """Everything is kept, and has to be looked at: `parts` are the other window's words, by the name of the field."""

    page = "records/joined.html"

    def __init__(self, parts):
        super().__init__(
            _("Another window wrote in the same field. Both texts are kept, one below the other: please leave what is right.")
        )
        self.parts = parts


def join_all(row, typed: dict, post, prefix, names) -> tuple[dict, dict]:
    """What is typed, joined with what stands in the row by now; and of each joined field the words that come before."""
    joined, parts = {}, {}
    for name in typed.keys() & set(names):
        field = f"{prefix}-{name}"
        joined[name], before = join(getattr(row, name), typed[name], post.getlist(f"known-{field}"), row.visit.clinic.language)
        if before:
            parts[field] = before
    return typed | joined, parts


def join(theirs: str, mine: str, known: list[str], language) -> tuple[str, str]:
    """The text to keep, and what of it stands before one's own words; a window that names no text it knew simply writes."""
    theirs, own, known = _plain(theirs), _plain(mine), [_plain(text) for text in known]
    if not known or theirs in known or own.startswith(theirs):
        return mine, ""
    if own in known:  # nobody typed here
        return theirs, ""
    with translation.override(language):
        mark = _("[above: written in another window at the same time]")
    before = theirs.removesuffix(own) if theirs.endswith(own) else f"{theirs}\n{mark}\n"
    return before + own, before


def _plain(text: str) -> str:
    return "\n".join(text.splitlines()).strip()

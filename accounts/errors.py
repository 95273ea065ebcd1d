"""How a rule says no: with a sentence for the person who asked."""


class Refused(Exception):
    """A rule said no; the text is for the person who asked."""

    status = 409
    onward = ""  # the name of the page that helps
    page = "refused.html"  # it gets the refusal itself as `refused`


class NotAllowed(Refused):
    """This person may see it, but may not do it."""

    status = 403

"""Whose pages these are: everybody else gets 404."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import Http404


def only_for(*roles):
    """A page of certain roles; others do not learn that it exists."""

    def decorate(view):
        @wraps(view)
        @login_required
        def guarded(request, *args, **kwargs):
            if request.user.role not in roles:
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate

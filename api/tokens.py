"""Sign in for another program: e-mail and password for a token."""

from allauth.account.adapter import get_adapter
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework.authtoken.models import Token

from accounts import audit
from accounts.errors import NotAllowed, Refused


class NotSignedIn(Refused):
    """E-mail and password open no account."""

    status = 400


class TooManyTries(Refused):
    """Somebody guesses."""

    status = 429


def give(request, *, email, password) -> Token:
    """The token of this account; guesses count together with those on the sign-in page."""
    try:
        user = get_adapter().authenticate(request, email=email, password=password)
    except ValidationError as error:
        raise TooManyTries(" ".join(error.messages)) from None
    if user is None or not user.is_active:
        raise NotSignedIn(_("This e-mail and password do not belong together."))
    if is_mfa_enabled(user):
        raise NotAllowed(_("This account has a second step of sign-in, so a password alone opens nothing. Please use the pages."))
    token, _created = Token.objects.get_or_create(user=user)
    audit.record(user, "token.give", user)
    return token


def end(user) -> None:
    """The token of this account opens nothing any more."""
    if Token.objects.filter(user=user).delete()[0]:
        audit.record(user, "token.end", user)

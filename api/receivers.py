"""A new way to sign in ends what the old one gave."""

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver

from . import tokens


@receiver([password_changed, password_reset, password_set, authenticator_added])
def end_what_the_old_sign_in_gave(user, **kwargs):
    """Whoever signs in another way from now on has a reason: programs ask for a token again."""
    tokens.end(user)

from allauth.account.signals import user_signed_up
from django.dispatch import receiver

from .models import Language


@receiver(user_signed_up)
def go_on_in_the_language_of_the_page(user, **kwargs):
    """Whoever read the sign-up in English reads the next page in English."""
    user.language = Language.of_the_page()
    user.save(update_fields=["language"])

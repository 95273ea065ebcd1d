"""The API says no in the same words as the pages."""

from rest_framework.exceptions import APIException
from rest_framework.views import exception_handler

from accounts.errors import Refused


def explain(error, context):
    """A rule's refusal as {"detail": sentence} with its status."""
    if isinstance(error, Refused):
        answer = APIException(str(error))
        answer.status_code = error.status
        error = answer
    return exception_handler(error, context)

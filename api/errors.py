"""How a refusal looks through the REST door: the same sentence as on the pages."""

from rest_framework.response import Response
from rest_framework.views import exception_handler

from accounts.errors import Refused


def explain(exc, context):
    """A rule's refusal becomes {"detail": sentence} with the rule's status; everything else is as the framework has it."""
    if isinstance(exc, Refused):
        return Response({"detail": str(exc)}, status=exc.status)
    return exception_handler(exc, context)

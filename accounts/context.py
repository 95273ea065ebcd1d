"""What every template may ask."""

from django.conf import settings


def house(request):
    """The demo's sign and the number to call in an emergency."""
    return {"demo": settings.DEMO, "emergency_number": "119"}

"""Try camera and sound before the doctor calls."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.middleware import allow_devices

from ..access import visit_here


@require_safe
def check(request, pk):
    """Try camera and sound before the doctor calls."""
    return allow_devices(render(request, "video/check.html", {"visit": visit_here(request, pk)}))

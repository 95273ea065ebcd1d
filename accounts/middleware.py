"""What is true for every page: the reader's zone and language, the audit's origin, refusals."""

import zoneinfo

from django.shortcuts import render
from django.utils import timezone, translation

from . import audit
from .errors import Refused
from .models import AuditEvent

DEVICES = "camera=(%(who)s), microphone=(%(who)s), geolocation=(), display-capture=(%(who)s), payment=(), usb=()"


class ReaderMiddleware:
    """Show the page in the reader's zone and language, and remember where deeds come from."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with audit.coming_from(_via(request), request.META.get("REMOTE_ADDR") or None), timezone.override(_zone(request)):
            if request.user.is_authenticated and not _asked_for_a_language(request):
                translation.activate(request.user.language)
                request.LANGUAGE_CODE = translation.get_language()
            return self.get_response(request)


def _asked_for_a_language(request):
    """By the switch on the page; a program says it in a header."""
    by_header = request.path.startswith("/api/") and "Accept-Language" in request.headers
    return by_header or "django_language" in request.COOKIES


def _via(request):
    """A program brings a token, which opens the door only later: so the address decides first."""
    if request.path.startswith("/api/"):
        return AuditEvent.Via.API
    return AuditEvent.Via.PAGE if request.user.is_authenticated else AuditEvent.Via.LINK


def _zone(request):
    name = request.user.time_zone if request.user.is_authenticated else request.session.get("time_zone", "")
    return zoneinfo.ZoneInfo(name) if name else timezone.get_default_timezone()


class RefusedMiddleware:
    """A rule said no: say why, and what to do next."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, Refused) and not request.path.startswith("/api/"):
            facts = {"sentence": str(exception), "refused": exception}
            return render(request, exception.page, facts, status=exception.status)
        return None


class DevicesMiddleware:
    """No page may use camera, microphone or screen unless its view opened them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", DEVICES % {"who": ""})
        return response


def allow_devices(response):
    """Open camera, microphone and screen for this page, and for no other."""
    response["Permissions-Policy"] = DEVICES % {"who": "self"}
    return response

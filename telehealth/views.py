"""The front door: who are you, and where do you want to go."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User

HOMES = {
    User.Role.PATIENT: "desk:home",
    User.Role.DOCTOR: "desk:queue",
    User.Role.ASSISTANT: "desk:frontdesk",
    User.Role.COORDINATOR: "desk:board",
    User.Role.ADMINISTRATOR: "desk:board",
    User.Role.REVIEWER: "oversight:ledger",
}


def front(request):
    """Say what Naru is and let people in."""
    if request.user.is_authenticated:
        return redirect("home")
    return render(request, "front.html", {"demo": settings.DEMO})


@login_required
def home(request):
    """Bring each role to the page where its day begins."""
    return redirect(HOMES[request.user.role])


def healthz(request):
    """Answer a supervisor or a proxy: pages and database are there."""
    connection.ensure_connection()
    return HttpResponse("ok", content_type="text/plain")

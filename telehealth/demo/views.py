"""One-click sign-ins of the demo. These addresses exist only while NARU_DEMO is on."""

from django.contrib.auth import login
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User


@require_safe
def index(request):
    """Everybody one can be in the demo."""
    people = User.objects.filter(is_active=True, email__endswith="@naru.example").select_related("practitioner", "patient")
    return render(request, "demo/index.html", {"people": people.order_by("pk")})


@require_POST
def sign_in(request, pk):
    """Become one of them."""
    user = get_object_or_404(User, pk=pk, email__endswith="@naru.example")
    request.session.flush()
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = redirect("home")
    response.set_cookie("django_language", user.language, samesite="Lax")
    return response

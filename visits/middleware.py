"""Whoever asks for a page is there."""

from . import duty


class SignOfLifeMiddleware:
    """Each page, fragment or call of a doctor is a sign of life; an API's user is known only afterwards."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated and request.user.is_doctor:
            duty.see(request.user)
        return response

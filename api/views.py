"""The REST door: the same rules and the same refusals as the pages."""

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from accounts import audit
from accounts.errors import NotAllowed, Refused
from triage import blind
from visits import queue
from visits.models import Visit

from . import serializers, submission, tokens


class TooLong(Refused):
    """More than any story needs."""

    status = 413


class Door(APIView):
    """What is true for every call: its size has a limit, and it answers in the caller's language."""

    def initial(self, request, *args, **kwargs):
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLong(_("This is too long. Please send at most 1 MB."))
        super().initial(request, *args, **kwargs)
        if request.user.is_authenticated and "HTTP_ACCEPT_LANGUAGE" not in request.META:
            translation.activate(request.user.language)


class GetToken(Door):
    """Sign in."""

    authentication_classes: list = []
    permission_classes = [AllowAny]
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "token"

    @extend_schema(request=serializers.SignIn, responses=serializers.TokenGiven)
    def post(self, request):
        """Give a token for e-mail and password; not for accounts with a second step of sign-in."""
        asked = serializers.SignIn(data=request.data)
        asked.is_valid(raise_exception=True)
        token = tokens.give(request._request, **asked.validated_data)
        return Response(serializers.TokenGiven(token).data)


class Intakes(Door):
    """Tell what is wrong."""

    @extend_schema(request=serializers.Told, responses={201: serializers.Standing, 200: serializers.Standing})
    def post(self, request):
        """Submit a whole intake: 201 when it is sent now, 200 when the open visit had sent one before."""
        told = serializers.Told(data=request.data)
        told.is_valid(raise_exception=True)
        intake, is_new = submission.submit(told.validated_data, by=request.user)
        visit = Visit.objects.with_people().get(pk=intake.visit_id)
        return Response(serializers.Standing(visit).data, status=201 if is_new else 200)


class Queue(Door):
    """Who waits."""

    @extend_schema(responses=serializers.QueuePlace(many=True))
    def get(self, request):
        """Everybody who waits in the doctor's clinics, next first; emergencies come before and have no number."""
        if not request.user.is_doctor:
            raise NotAllowed(_("The queue is for doctors."))
        places = [*queue.emergencies(request.user), *queue.of_staff(request.user)]
        visits = [place.visit for place in places]
        prefetch_related_objects(visits, "assessments")
        blind.mark(visits, request.user)
        audit.saw(request.user, "queue.read", visits)
        return Response(serializers.QueuePlace(places, many=True, context={"request": request}).data)


class OneVisit(Door):
    """One visit."""

    @extend_schema(responses=serializers.VisitRead)
    def get(self, request, pk):
        """Read a visit; the reading is written down."""
        visit = get_object_or_404(Visit.objects.visible_to(request.user).with_people(), pk=pk)
        blind.mark([visit], request.user)
        audit.record(request.user, "visit.read", visit)
        return Response(serializers.VisitRead(visit, context={"request": request}).data)

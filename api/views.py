"""Doors for other programs: the same rules and refusals as the pages."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import authenticate
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.authtoken.models import Token
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from accounts import audit
from accounts.errors import NotAllowed
from intake import telling
from visits import queue
from visits.models import Visit

from . import serializers


class IsDoctor(BasePermission):
    """The queue is for doctors."""

    def has_permission(self, request, view):
        return request.user.is_authenticated and request.user.is_doctor


class TokenView(APIView):
    """A token for e-mail and password."""

    authentication_classes = ()
    permission_classes = [AllowAny]
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "token"

    @extend_schema(request=serializers.TokenRequest, responses=serializers.Token)
    def post(self, request):
        asked = serializers.TokenRequest(data=request.data)
        asked.is_valid(raise_exception=True)
        user = authenticate(request._request, **asked.validated_data)
        if user is None:
            raise NotAllowed(_("E-mail or password is wrong."))
        if is_mfa_enabled(user):
            raise NotAllowed(_("This account has a second factor. Make a token for it with your administrator."))
        return Response({"token": Token.objects.get_or_create(user=user)[0].key})


class IntakeView(APIView):
    """Send a story: the visit joins the queue."""

    permission_classes = [IsAuthenticated]

    @extend_schema(request=serializers.IntakeRequest, responses={201: serializers.VisitOut})
    def post(self, request):
        asked = serializers.IntakeRequest(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        intake = self.tell(asked.validated_data, by=request.user)
        return Response(serializers.VisitOut(Visit.objects.get(pk=intake.visit_id)).data, status=201)

    @transaction.atomic
    def tell(self, story, *, by):
        intake = telling.begin(story["patient"], story["clinic"], by=by, language=story["language"])
        if intake.is_sent:
            return intake
        telling.save_words(intake, story["words"], by=by)
        telling.save_answers(intake, story.get("answers", {}), by=by)
        telling.save_vitals(intake.visit, story.get("vitals", {}), by=by)
        telling.save_consents(intake, set(story["consents"]), by=by)
        return telling.send(intake, by=by)


class QueueView(APIView):
    """The doctor's queue, most urgent first."""

    permission_classes = [IsDoctor]

    @extend_schema(responses=serializers.PlaceOut(many=True))
    def get(self, request):
        places = queue.of_staff(request.user)
        audit.record(request.user, "queue.read", request.user)
        return Response(serializers.PlaceOut(places, many=True).data)


class VisitView(APIView):
    """One visit."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=serializers.VisitOut)
    def get(self, request, pk):
        visit = get_object_or_404(Visit.objects.visible_to(request.user).distinct(), pk=pk)
        audit.record(request.user, "visit.read", visit)
        return Response(serializers.VisitOut(visit).data)

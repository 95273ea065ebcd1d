"""What goes in and out through the REST door."""

from django.utils.translation import get_language
from rest_framework import serializers

from accounts.consents import WORDINGS
from accounts.models import Clinic, Language
from intake import vitals
from intake.telling import WORDS_LIMIT
from visits.models import Visit


class SignIn(serializers.Serializer):
    """E-mail and password."""

    email = serializers.EmailField()
    password = serializers.CharField(max_length=200, trim_whitespace=False)


class TokenGiven(serializers.Serializer):
    """Send it as `Authorization: Token ...`."""

    token = serializers.CharField(source="key")


class Told(serializers.Serializer):
    """A whole intake. Answer codes and vital keys are those of the pages; values lie within plausible limits."""

    clinic = serializers.PrimaryKeyRelatedField(queryset=Clinic.objects.all())
    patient = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**62)
    language = serializers.ChoiceField(Language.choices)
    words = serializers.CharField(max_length=WORDS_LIMIT)
    answers = serializers.DictField(child=serializers.CharField(max_length=500), required=False, default=dict)
    vitals = serializers.DictField(
        child=serializers.DecimalField(max_digits=6, decimal_places=1), required=False, default=dict
    )
    consents = serializers.ListField(child=serializers.ChoiceField([item.scope for item in WORDINGS]), default=list)


class Standing(serializers.ModelSerializer):
    """Where a visit stands."""

    visit = serializers.UUIDField(source="id")
    level = serializers.IntegerField(source="acuity")
    level_words = serializers.CharField(source="get_acuity_display")
    is_assessed = serializers.BooleanField()
    is_emergency = serializers.SerializerMethodField()
    emergency_number = serializers.CharField(source="clinic.emergency_number")

    class Meta:
        model = Visit
        fields = ["visit", "state", "level", "level_words", "is_assessed", "is_emergency", "emergency_number"]

    def get_is_emergency(self, visit) -> bool:
        return visit.emergency_at is not None


def reasons_of(visit, reader) -> list[str]:
    """Why the level is what it is, in the words for this reader."""
    judged = max((row for row in visit.assessments.all() if row.source != "clinician"), key=lambda row: row.pk, default=None)
    kind = "text" if reader.is_staff_member else "plain"
    language = "ko" if (get_language() or "ko").startswith("ko") else "en"
    return [reason[kind][language] for reason in judged.reasons] if judged else []


class QueuePlace(serializers.Serializer):
    """One line of the queue."""

    number = serializers.IntegerField()
    visit = serializers.UUIDField(source="visit.pk")
    patient = serializers.CharField(source="visit.patient.name")
    clinic = serializers.CharField(source="visit.clinic.name")
    level = serializers.IntegerField(source="visit.acuity")
    level_words = serializers.CharField(source="visit.get_acuity_display")
    is_assessed = serializers.BooleanField(source="visit.is_assessed")
    reasons = serializers.SerializerMethodField()
    waited_minutes = serializers.IntegerField()
    target_minutes = serializers.IntegerField()
    used_percent = serializers.IntegerField()

    def get_reasons(self, place) -> list[str]:
        return reasons_of(place.visit, self.context["request"].user)


class VisitRead(Standing):
    """One visit as its reader may see it."""

    patient = serializers.CharField(source="patient.name")
    clinic = serializers.CharField(source="clinic.name")
    words = serializers.CharField(source="intake.words", default="")
    answers = serializers.SerializerMethodField()
    vitals = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()

    class Meta(Standing.Meta):
        fields = [
            *Standing.Meta.fields,
            "patient", "clinic", "arrived_at", "waiting_since", "called_at", "ended_at",
            "words", "answers", "vitals", "reasons",
        ]  # fmt: skip

    def get_answers(self, visit) -> dict[str, str]:
        intake = getattr(visit, "intake", None)
        return {answer.question: answer.value for answer in intake.answers.all()} if intake else {}

    def get_vitals(self, visit) -> dict[str, float]:
        return {key: float(vital.value) for key, vital in vitals.latest(visit).items()}

    def get_reasons(self, visit) -> list[str]:
        return reasons_of(visit, self.context["request"].user)

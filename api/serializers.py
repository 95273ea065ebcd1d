"""What goes in and out through the REST door."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.consents import WORDINGS
from accounts.models import Clinic, Language
from intake import questions, vitals
from intake.plausible import check
from intake.telling import WORDS_LIMIT
from triage.pages import knows
from visits.models import Source, Visit


class SignIn(serializers.Serializer):
    """E-mail and password."""

    email = serializers.EmailField()
    password = serializers.CharField(max_length=200, trim_whitespace=False)


class TokenGiven(serializers.Serializer):
    """Send it as `Authorization: Token ...`."""

    token = serializers.CharField(source="key")


@extend_schema_field({"type": "object", "additionalProperties": {"type": "number"}, "example": {"temp": 38.2, "spo2": 94}})
class VitalsField(serializers.DictField):
    """Measured values by key, within the limits of the pages."""

    child = serializers.CharField(max_length=10)


class Told(serializers.Serializer):
    """A whole intake. Question codes and vital keys are those of the pages."""

    clinic = serializers.PrimaryKeyRelatedField(queryset=Clinic.objects.all())
    patient = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**62)
    language = serializers.ChoiceField(Language.choices)
    words = serializers.CharField(max_length=WORDS_LIMIT)
    answers = serializers.DictField(child=serializers.CharField(max_length=500, allow_blank=True), default=dict)
    vitals = VitalsField(default=dict)
    consents = serializers.ListField(child=serializers.ChoiceField([item.scope for item in WORDINGS]), default=list)

    def validate_answers(self, answers):
        for key, value in answers.items():
            question = questions.BY_KEY.get(key)
            codes = [code for code, _text in question.choices] if question else []
            if not knows(key, value) and (question is None or (codes and value not in codes)):
                raise serializers.ValidationError({key[:30]: [_("This is not an answer we know.")]})
        return answers

    def validate_vitals(self, values):
        strange = sorted(set(values) - set(vitals.BY_KEY))
        if strange:
            raise serializers.ValidationError({strange[0][:30]: [_("This is not something we measure.")]})
        return {key: self._plausible(key, value) for key, value in values.items()}

    def _plausible(self, key, value):
        try:
            return check(key, value)
        except ValidationError as error:
            raise serializers.ValidationError({key: error.messages}) from None


class BlindFirst:
    """A doctor who is to judge first gets no level, nor what gives it away (triage.blind.mark says of whom)."""

    hidden = frozenset({"level", "level_words", "target_minutes", "used_percent"})

    def to_representation(self, instance):
        shown = super().to_representation(instance)
        if getattr(getattr(instance, "visit", instance), "is_hidden", False):
            shown.update(dict.fromkeys(self.hidden & shown.keys()))
        return shown


class Standing(BlindFirst, serializers.ModelSerializer):
    """Where a visit stands."""

    visit = serializers.UUIDField(source="id")
    level = serializers.IntegerField(source="acuity", allow_null=True)
    level_words = serializers.CharField(source="get_acuity_display", allow_null=True)
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
    if visit.is_hidden:
        return []
    newest_first = list(visit.assessments.all())[::-1]
    judged = [row for row in newest_first if row.source != Source.CLINICIAN][:1]
    kind = "text" if reader.is_staff_member else "plain"
    language = Language.of_the_page()
    return [
        _reason(reason[kind][language], row.inputs["words"][reason["start"] : reason["end"]])
        for row in judged
        for reason in row.reasons
    ]


def _reason(text, quote):
    return f"{text} “{quote}”" if quote else text


class QueuePlace(BlindFirst, serializers.Serializer):
    """One line of the queue."""

    number = serializers.IntegerField(allow_null=True)
    visit = serializers.UUIDField(source="visit.pk")
    patient = serializers.CharField(source="visit.patient.name")
    clinic = serializers.CharField(source="visit.clinic.name")
    level = serializers.IntegerField(source="visit.acuity", allow_null=True)
    level_words = serializers.CharField(source="visit.get_acuity_display", allow_null=True)
    is_assessed = serializers.BooleanField(source="visit.is_assessed")
    reasons = serializers.SerializerMethodField()
    waited_minutes = serializers.IntegerField()
    target_minutes = serializers.IntegerField(allow_null=True)
    used_percent = serializers.IntegerField(allow_null=True)

    def get_reasons(self, place) -> list[str]:
        return reasons_of(place.visit, self.context["request"].user)


class VisitRead(Standing):
    """One visit as its reader may see it."""

    patient = serializers.CharField(source="patient.name")
    clinic = serializers.CharField(source="clinic.name")
    words = serializers.SerializerMethodField()
    answers = serializers.SerializerMethodField()
    vitals = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()

    class Meta(Standing.Meta):
        fields = [
            *Standing.Meta.fields,
            "patient", "clinic", "arrived_at", "waiting_since", "called_at", "ended_at",
            "words", "answers", "vitals", "reasons",
        ]  # fmt: skip

    def get_words(self, visit) -> str:
        intake = getattr(visit, "intake", None)
        return intake.words if intake else ""

    def get_answers(self, visit) -> dict[str, str]:
        intake = getattr(visit, "intake", None)
        return {answer.question: answer.value for answer in intake.answers.all()} if intake else {}

    def get_vitals(self, visit) -> dict[str, float]:
        return {key: float(vital.value) for key, vital in vitals.latest(visit).items()}

    def get_reasons(self, visit) -> list[str]:
        return reasons_of(visit, self.context["request"].user)

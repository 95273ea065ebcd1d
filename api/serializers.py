"""What goes in and out of the API."""

from django.core.exceptions import ValidationError
from rest_framework import serializers

from accounts import consents
from accounts.models import Clinic, Patient
from intake.plausible import check
from intake.questions import BY_KEY as QUESTIONS
from intake.telling import WORDS_LIMIT
from intake.vitals import BY_KEY as MEASURES
from triage.assessment import latest
from visits.models import Visit


class TokenRequest(serializers.Serializer):
    email = serializers.EmailField()
    password = serializers.CharField(style={"input_type": "password"})


class Token(serializers.Serializer):
    token = serializers.CharField()


class IntakeRequest(serializers.Serializer):
    """A whole story in one message."""

    patient = serializers.PrimaryKeyRelatedField(queryset=Patient.objects.none())
    clinic = serializers.PrimaryKeyRelatedField(queryset=Clinic.objects.all())
    language = serializers.ChoiceField(choices=["ko", "en"])
    words = serializers.CharField(max_length=WORDS_LIMIT)
    answers = serializers.DictField(child=serializers.CharField(max_length=500), required=False)
    vitals = serializers.DictField(child=serializers.CharField(max_length=10), required=False)
    consents = serializers.MultipleChoiceField(choices=[item.scope for item in consents.WORDINGS])

    def get_fields(self):
        fields = super().get_fields()
        if "request" in self.context:
            fields["patient"].queryset = Patient.objects.visible_to(self.context["request"].user)
        return fields

    def validate_answers(self, answers):
        for question, value in answers.items():
            asked = QUESTIONS.get(question)
            if asked is None or (asked.choices and value not in dict(asked.choices)):
                raise serializers.ValidationError(f"{question}: {value}")
        return answers

    def validate_vitals(self, values):
        try:
            return {key: check(key, value) for key, value in values.items()}
        except KeyError as error:
            raise serializers.ValidationError(f"{error.args[0]} is not one of {', '.join(MEASURES)}") from None
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from None


class VisitOut(serializers.ModelSerializer):
    """A visit and how urgent it is judged to be."""

    clinic = serializers.CharField(source="clinic.name")
    acuity_label = serializers.CharField(source="get_acuity_display")
    reasons = serializers.SerializerMethodField()

    class Meta:
        model = Visit
        fields = ["id", "state", "clinic", "acuity", "acuity_label", "acuity_source", "reasons", "arrived_at", "waiting_since"]

    def get_reasons(self, visit) -> list[dict]:
        judgement = latest(visit)
        return [reason["text"] for reason in judgement.reasons] if judgement else []


class PlaceOut(serializers.Serializer):
    """One line of the queue."""

    number = serializers.IntegerField()
    waited_minutes = serializers.IntegerField()
    target_minutes = serializers.IntegerField()
    used_percent = serializers.IntegerField()
    patient = serializers.CharField(source="visit.patient.name")
    visit = VisitOut()

"""How urgent: every judgement stays, side by side."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.appendonly import AppendOnly
from accounts.models import User
from intake.models import Intake
from visits.models import Acuity, Source, Visit


class Assessment(AppendOnly):
    """One judgement of urgency (FHIR RiskAssessment): by rules and model, or by a clinician."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="assessments")
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, null=True, related_name="assessments")
    intake_revision = models.PositiveIntegerField(default=0)
    acuity = models.PositiveSmallIntegerField(choices=Acuity)
    source = models.CharField(max_length=10, choices=Source)
    rules_acuity = models.PositiveSmallIntegerField(null=True)
    model_acuity = models.PositiveSmallIntegerField(null=True)
    probabilities = models.JSONField(default=list)  # five numbers, level 1 to 5; empty without the model
    abstained = models.BooleanField(default=False)  # the model could not tell: a person should look
    reasons = models.JSONField(default=list)  # at most three; shape: triage.inference.case.Finding
    inputs = models.JSONField(default=dict)  # the very case that was judged, for replay
    model_version = models.CharField(max_length=40, blank=True)
    bundle_sha256 = models.CharField(max_length=64, blank=True)
    duration_ms = models.FloatField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    # A clinician's word stands beside the suggestion it answers: two signatures in one row.
    against = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="answers")
    blind = models.BooleanField(default=False)  # a suggestion that waits for the clinician's own level (blind.py)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["intake", "intake_revision"], condition=~Q(source="clinician"), name="one_judgement_per_revision"
            ),
            models.CheckConstraint(condition=Q(acuity__gte=1, acuity__lte=5), name="assessment_acuity_is_1_to_5"),
        ]


class Outcome(AppendOnly):
    """How it ended, said by a doctor when the visit ends or when more is known; the newest counts, all stay."""

    class Kind(models.TextChoices):
        ADVICE = "advice", _("Advice, stays at home")
        TREATED = "treated", _("Treated here")
        SEEN_LATER = "later", _("To be seen in person within days")
        SEEN_TODAY = "today", _("To be seen in person today")
        EMERGENCY = "emergency", _("Sent to the emergency room")
        ADMITTED = "admitted", _("In hospital, or worse")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="outcomes")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

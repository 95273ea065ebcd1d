"""What is wrong: the person's words, answers, vitals, photos and consents."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, User
from visits.models import Visit


class Intake(models.Model):
    """What a person says before they are seen (FHIR QuestionnaireResponse)."""

    class Status(models.TextChoices):
        IN_PROGRESS = "in-progress", _("being written")
        COMPLETED = "completed", _("sent")

    class ForWhom(models.TextChoices):
        SELF = "self", _("Myself")
        CHILD = "child", _("My child")
        ELDER = "elder", _("My parent or an older person")
        OTHER = "other", _("Somebody else I care for")

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="intake")
    status = models.CharField(max_length=15, choices=Status, default=Status.IN_PROGRESS)
    for_whom = models.CharField(max_length=10, choices=ForWhom, default=ForWhom.SELF)
    words = models.TextField(blank=True)
    language = models.CharField(max_length=5, choices=Language, default=Language.KOREAN)
    revision = models.PositiveIntegerField(default=0)  # grows with each change: a judgement belongs to one revision
    sent_at = models.DateTimeField(null=True, blank=True)

    @property
    def is_sent(self):
        return self.status == self.Status.COMPLETED


class Answer(models.Model):
    """One answered question; "unknown" is an answer."""

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=30)
    value = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["intake", "question"], name="one_answer_per_question")]


class Vital(models.Model):
    """One measured value (FHIR Observation); codes and units stand in vitals.py."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="vitals")
    code = models.CharField(max_length=10)
    value = models.DecimalField(max_digits=6, decimal_places=1)
    taken_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["taken_at", "pk"]


def photo_path(photo, filename):
    """A random name: the person's own file name may say who they are."""
    return f"photos/{uuid.uuid4().hex}.jpg"


class Photo(models.Model):
    """A picture of what is wrong, cleaned of everything but the picture."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="photos")
    file = models.FileField(upload_to=photo_path)
    taken_at = models.DateTimeField(auto_now_add=True)


class Consent(models.Model):
    """A person agreed (or not) to a text in one version (FHIR Consent)."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="consents")
    scope = models.CharField(max_length=30)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=5, choices=Language)
    agreed = models.BooleanField()
    given_at = models.DateTimeField(auto_now=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "scope", "version"], name="one_consent_per_text")]

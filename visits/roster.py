"""Who is on duty: shifts as they really were, and doctors who are asked to come."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Practitioner, User

ABSENT_AFTER = timedelta(seconds=100)  # without a sign of life; with the beat of ten seconds well under two minutes
CALL_LASTS = timedelta(minutes=30)


class ShiftQuerySet(models.QuerySet):
    def open(self):
        return self.filter(ended_at=None)

    def present(self, now: datetime | None = None):
        """Doctors on duty of whom something was heard just now."""
        return self.open().filter(seen_at__gt=(now or timezone.now()) - ABSENT_AFTER)

    def in_clinics(self, clinics):
        return self.filter(practitioner__in=Practitioner.objects.filter(clinics__in=clinics))


class Shift(models.Model):
    """A doctor on duty, from when until when; the plan is their opening hours."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="shifts")
    began_at = models.DateTimeField(default=timezone.now)
    planned_until = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(default=timezone.now)  # the last sign of life of any open page
    ended_at = models.DateTimeField(null=True)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["practitioner"], condition=Q(ended_at=None), name="one_open_shift"),
        ]

    @property
    def is_present(self):
        return self.ended_at is None and self.seen_at > timezone.now() - ABSENT_AFTER


class DutyCallQuerySet(models.QuerySet):
    def recent(self, now: datetime | None = None):
        return self.filter(made_at__gt=(now or timezone.now()) - CALL_LASTS)

    def open(self, now: datetime | None = None):
        """Asked, not answered, and not too long ago."""
        return self.recent(now).filter(answer="")


class DutyCall(models.Model):
    """A doctor who is off duty is asked to come, and says yes or no."""

    class Answer(models.TextChoices):
        NONE = "", _("no answer yet")
        YES = "yes", _("comes")
        NO = "no", _("cannot come")

    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="duty_calls")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=5, choices=Answer, default=Answer.NONE, blank=True)
    answered_at = models.DateTimeField(null=True)

    objects = DutyCallQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    @property
    def until(self):
        return self.made_at + CALL_LASTS

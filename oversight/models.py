"""How the AI does, and how fair the waits are: verdicts, daily figures, alarms."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.appendonly import AppendOnly
from accounts.models import User
from triage.models import Assessment
from visits.models import Acuity


class Verdict(AppendOnly):
    """What one of two reviewers says the right level was; nobody changes it, and the database has no third seat."""

    case = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="verdicts")  # the clinician's signature
    seat = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField(choices=Acuity)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["seat"]
        constraints = [
            models.UniqueConstraint(fields=["case", "seat"], name="two_verdicts_in_two_seats"),
            models.UniqueConstraint(fields=["case", "by"], name="one_verdict_per_reviewer"),
            models.CheckConstraint(condition=Q(seat__in=(1, 2)), name="verdict_seat_is_1_or_2"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="verdict_level_is_1_to_5"),
        ]


class FairnessReport(AppendOnly):
    """The waits of one month up to a day, by group, as everybody may read them; shape: waits.figures."""

    day = models.DateField(unique=True)
    figures = models.JSONField()

    class Meta:
        ordering = ["day"]


class AlarmQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Coordinators see to it; administrators read."""
        roles = (User.Role.COORDINATOR, User.Role.ADMINISTRATOR)
        return self if user.is_authenticated and user.role in roles else self.none()

    def open(self):
        return self.filter(done_at=None)


class Alarm(models.Model):
    """People of one group wait much longer than others as urgent as they: a coordinator has to look into it."""

    class Dimension(models.TextChoices):
        CHANNEL = "channel", _("Way to us")
        CLINIC = "clinic", _("Clinic")
        LANGUAGE = "language", _("Language")
        AGE = "age", _("Age")

    dimension = models.CharField(max_length=10, choices=Dimension)
    group = models.CharField(max_length=20)
    gap_percent = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=300, blank=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dimension", "group"], condition=Q(done_at=None), name="one_open_alarm_per_group")
        ]

"""Where in the journey: the visit is the spine, its changes are history."""

import secrets
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.appendonly import AppendOnly
from accounts.models import Clinic, Language, Patient, Practitioner, User
from scheduling.models import Appointment

from .states import OPEN, State


class Acuity(models.IntegerChoices):
    """How urgent: 1 is now, 5 can wait."""

    RESUSCITATION = 1, _("Life in danger")
    EMERGENT = 2, _("Very urgent")
    URGENT = 3, _("Urgent")
    LESS_URGENT = 4, _("Less urgent")
    NON_URGENT = 5, _("Not urgent")


class Source(models.TextChoices):
    """Who judged the urgency."""

    NONE = "", _("not judged yet")
    RULES = "rules", _("safety rules")
    MODEL = "model", _("AI suggestion")
    CLINICIAN = "clinician", _("clinician")


def new_nonce():
    return secrets.token_urlsafe(16)


class VisitQuerySet(models.QuerySet):
    def of_patient(self, user):
        """Visits of this person and of those they act for today."""
        return self.filter(patient__in=Patient.objects.acted_for_by(user))

    def visible_to(self, user):
        """What this person may read: staff the visits of their clinics, others their own."""
        if user.is_authenticated and user.is_staff_member:
            return self.filter(clinic__in=user.clinics)
        return self.of_patient(user)

    def treatable_by(self, user):
        """What this person may act on as a doctor of the clinic."""
        return self.filter(clinic__in=user.clinics) if user.is_authenticated and user.is_doctor else self.none()

    def hosted_by(self, user):
        """What this person may act on as the one who brings patients in."""
        roles = {User.Role.ASSISTANT, User.Role.COORDINATOR}
        return self.filter(clinic__in=user.clinics) if user.is_authenticated and user.role in roles else self.none()

    def open(self):
        return self.filter(state__in=OPEN)

    def waiting(self):
        return self.filter(state=State.WAITING)

    def with_people(self):
        return self.select_related("patient", "clinic", "practitioner__user", "appointment")


class Visit(models.Model):
    """One meeting of a patient with a doctor, from arrival to the signed note (FHIR Encounter)."""

    class Channel(models.TextChoices):
        APP = "app", _("from home")
        CLINIC = "clinic", _("at the clinic")
        PHONE = "phone", _("by phone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="visits")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="visits")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.APP)
    language = models.CharField(max_length=5, choices=Language, default=Language.KOREAN)
    state = models.CharField(max_length=15, choices=State, default=State.ARRIVED)
    acuity = models.PositiveSmallIntegerField(choices=Acuity, default=Acuity.URGENT)
    acuity_source = models.CharField(max_length=10, choices=Source, default=Source.NONE, blank=True)
    emergency_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(default=timezone.now)
    waiting_since = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    link_nonce = models.CharField(max_length=30, default=new_nonce)

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="visit_state_is_known"),
            models.CheckConstraint(condition=Q(acuity__gte=1, acuity__lte=5), name="visit_acuity_is_1_to_5"),
            models.UniqueConstraint(fields=["patient"], condition=Q(state__in=OPEN), name="one_open_visit_per_patient"),
        ]
        indexes = [models.Index(fields=["clinic", "state", "acuity"], name="visit_queue")]

    def __str__(self):
        return f"visit {str(self.pk)[:8]}"

    @property
    def is_open(self):
        return self.state in OPEN

    @property
    def is_assessed(self):
        return self.acuity_source != Source.NONE


class Change(AppendOnly):
    """One line of a visit's history: what changed, by whom, why, when."""

    class What(models.TextChoices):
        STATE = "state"
        ACUITY = "acuity"

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="changes")
    what = models.CharField(max_length=10, choices=What, default=What.STATE)
    old = models.CharField(max_length=15, blank=True)
    new = models.CharField(max_length=15)
    source = models.CharField(max_length=10, choices=Source, default=Source.NONE, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.what} {self.old} -> {self.new}"

"""Where in the journey: the visit is the spine, its changes are history."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Case, DurationField, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.appendonly import AppendOnly
from accounts.models import Clinic, Language, Patient, Practitioner, Scope, User, new_nonce
from scheduling.models import Appointment

from .order import POINTS
from .roster import DutyCall, Shift  # noqa: F401 - rows of this app
from .states import OPEN, WITH_DOCTOR, State


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


class VisitQuerySet(models.QuerySet):
    def of_patient(self, user):
        """Visits of this person; of those they act for, what goes on if they may join, and what is over if they may read."""
        join, read = (Patient.objects.acted_for_by(user, scope) for scope in (Scope.JOIN, Scope.READ))
        return self.filter(Q(state__in=OPEN, patient__in=join) | Q(~Q(state__in=OPEN), patient__in=read))

    def visible_to(self, user):
        """What this person may read: staff the visits of their clinics, others their own."""
        if user.is_authenticated and user.is_staff_member:
            return self.filter(clinic__in=user.clinics)
        return self.of_patient(user)

    def treatable_by(self, user):
        """What this person may act on as a doctor; the clinics by number, since PostgreSQL would ask for each visit anew."""
        if not (user.is_authenticated and user.is_doctor):
            return self.none()
        return self.filter(clinic__in=list(user.clinics.values_list("pk", flat=True)))

    def hosted_by(self, user):
        """What this person may act on as the one who brings patients in."""
        roles = {User.Role.ASSISTANT, User.Role.COORDINATOR}
        return self.filter(clinic__in=user.clinics) if user.is_authenticated and user.role in roles else self.none()

    def open(self):
        return self.filter(state__in=OPEN)

    def waiting(self):
        return self.filter(state=State.WAITING)

    def emergencies(self):
        """Life in danger: no place in the queue, every free doctor is interrupted."""
        return self.waiting().filter(acuity=Acuity.RESUSCITATION).order_by("waiting_since", "pk")

    def in_line(self, now: datetime | None = None):
        """Who waits by now and has a place, next first: `order.rank` as one indexed query."""
        now = now or timezone.now()
        return self._ranked(now).filter(waiting_since__lte=now, acuity__gt=Acuity.RESUSCITATION)

    def to_call_in(self, now: datetime | None = None):
        """Whom a doctor who is free calls in: emergencies, then the line."""
        now = now or timezone.now()
        return self._ranked(now).filter(Q(acuity=Acuity.RESUSCITATION) | Q(waiting_since__lte=now))

    def _ranked(self, now: datetime):
        waited = ExpressionWrapper(Value(now) - F("waiting_since"), DurationField())
        weighed = [
            When(acuity=level, then=ExpressionWrapper(waited * points, DurationField())) for level, points in POINTS.items()
        ]
        here = self.waiting().annotate(
            band=Least(F("acuity"), Value(3)), points=Case(*weighed, default=Value(timedelta()), output_field=DurationField())
        )
        return here.order_by("band", "-points", "waiting_since", "acuity", "pk")

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
            models.UniqueConstraint(
                fields=["practitioner"],
                condition=Q(state=State.IN_PROGRESS, acuity__gt=Acuity.RESUSCITATION),
                name="one_patient_in_the_room",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "state", "acuity"], name="visit_queue"),
            models.Index(fields=["clinic", "arrived_at"], name="visit_came"),
            models.Index(fields=["clinic", "acuity", "waiting_since"], condition=Q(state=State.WAITING), name="visit_line"),
            models.Index(fields=["practitioner"], condition=Q(state__in=WITH_DOCTOR), name="visit_in_hand"),
        ]

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
        DOCTOR = "doctor"  # handed over; old and new are practitioners

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


class Reassessment(models.Model):
    """Somebody who waits was asked again how they are (FHIR QuestionnaireResponse); written once, answered once."""

    class Feeling(models.TextChoices):
        BETTER = "better", _("Better")
        SAME = "same", _("The same")
        WORSE = "worse", _("Worse")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="reassessments")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    feeling = models.CharField(max_length=10, choices=Feeling, blank=True)
    danger = models.CharField(max_length=20, blank=True)  # the answer's code, as in the interview
    words = models.CharField(max_length=500, blank=True)
    pain = models.PositiveSmallIntegerField(null=True)
    old_acuity = models.PositiveSmallIntegerField(null=True)
    new_acuity = models.PositiveSmallIntegerField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["visit"], condition=Q(answered_at=None), name="asked_once_at_a_time"),
            models.CheckConstraint(condition=Q(pain=None) | Q(pain__lte=10), name="pain_is_0_to_10"),
        ]


class TaskQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Tasks of the clinics a person hosts people for."""
        return self.filter(visit__in=Visit.objects.hosted_by(user))

    def open(self):
        """What is still to be done for people who are still here."""
        return self.filter(done_at=None, visit__state__in=OPEN)


class Task(models.Model):
    """Something that a coordinator or an assistant has to do for somebody who is here (FHIR Task)."""

    class Kind(models.TextChoices):
        NO_ANSWER = "no-answer", _("Did not answer how they are")
        PERSON = "person", _("Wants a person to look")
        LEFT_ALONE = "left-alone", _("The doctor was away: back in the queue")
        ON_HOLD = "on-hold", _("On hold for a long time")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=15, choices=Kind)
    words = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=300, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "kind"], condition=Q(done_at=None), name="one_open_task_of_a_kind")
        ]


class ContactAttempt(AppendOnly):
    """Somebody tried to reach a patient who had booked and is not here."""

    class Way(models.TextChoices):
        PHONE = "phone", _("Called by phone")
        MESSAGE = "message", _("Sent the link again")
        RELATIVE = "relative", _("Called a relative or the clinic where they are")

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="attempts")
    way = models.CharField(max_length=10, choices=Way)
    with_doctor = models.BooleanField()  # the doctor was there and would have begun
    words = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

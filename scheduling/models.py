"""When: openings, time off, appointments. A slot is computed, never a row."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, Patient, Practitioner, User


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Availability(models.Model):
    """A doctor is open on this weekday, in the clinic's own time."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="availabilities")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="availabilities")
    weekday = models.IntegerField(choices=Weekday)
    start = models.TimeField()
    end = models.TimeField()
    slot_minutes = models.PositiveSmallIntegerField(default=15)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="availability_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(slot_minutes__gte=5), name="slot_is_at_least_five_minutes"),
        ]


class TimeOff(models.Model):
    """A doctor is away."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="times_off")
    start = models.DateTimeField()
    end = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(end__gt=F("start")), name="time_off_ends_after_it_starts")]


class AppointmentQuerySet(models.QuerySet):
    def booked(self):
        return self.filter(status=Appointment.Status.BOOKED)

    def of_patient(self, user):
        """Appointments of this person and of those they act for."""
        return self.filter(patient__in=Patient.objects.acted_for_by(user))

    def visible_to(self, user):
        if user.is_authenticated and user.is_staff_member:
            return self.filter(clinic__in=user.clinics)
        return self.of_patient(user)

    def upcoming(self):
        return self.booked().filter(end__gt=timezone.now()).order_by("start")


class Appointment(models.Model):
    """The plan that a patient and a doctor meet (FHIR Appointment)."""

    class Status(models.TextChoices):
        BOOKED = "booked", _("Booked")
        FULFILLED = "fulfilled", _("Took place")
        CANCELLED = "cancelled", _("Cancelled")
        NOSHOW = "noshow", _("Did not come")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="appointments")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="appointments")
    start = models.DateTimeField()
    end = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.BOOKED)
    request_key = models.UUIDField(unique=True)
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    booked_at = models.DateTimeField(auto_now_add=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(end__gt=F("start")), name="appointment_ends_after_it_starts")]


class BookedCell(models.Model):
    """Five minutes of a doctor that are sold: the database lets nobody sell them twice."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="cells")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    start = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practitioner", "start"], name="no_cell_is_sold_twice")]

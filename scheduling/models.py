"""When: openings, time off, appointments. A slot is computed, never a row."""

import secrets
import uuid
from datetime import time

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.appendonly import AppendOnly
from accounts.models import Clinic, Language, Patient, Practitioner, Scope, User


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class VisitType(models.Model):
    """A kind of visit that a clinic offers for booking: how long it takes, and how far ahead it can be had."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="visit_types")
    name_ko = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    minutes = models.PositiveSmallIntegerField(default=15)
    buffer_minutes = models.PositiveSmallIntegerField(default=0)  # kept free afterwards
    notice_minutes = models.PositiveIntegerField(default=15)
    horizon_days = models.PositiveSmallIntegerField(default=14)
    needs_room = models.BooleanField(default=False)  # one of the clinic's rooms as well as a doctor
    is_offered = models.BooleanField(default=True)

    class Meta:
        ordering = ["minutes", "pk"]
        constraints = [models.CheckConstraint(condition=Q(minutes__gte=5), name="visit_type_is_at_least_five_minutes")]

    def __str__(self):
        return self.name

    @property
    def name(self):
        return self.name_ko if Language.of_the_page() == Language.KOREAN else self.name_en


class ClinicRoom(models.Model):
    """A room of a clinic with camera and screen; one person at a time."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="rooms")
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Availability(models.Model):
    """A doctor is open on this weekday, in the clinic's own time."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="availabilities")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="availabilities")
    weekday = models.IntegerField(choices=Weekday)
    start = models.TimeField()
    end = models.TimeField()
    slot_minutes = models.PositiveSmallIntegerField(default=15)  # for who books without naming a kind of visit
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)  # the last day
    walk_in_minutes = models.PositiveSmallIntegerField(default=0)  # at the end, kept for those who come without a booking
    break_start = models.TimeField(null=True, blank=True)
    break_end = models.TimeField(null=True, blank=True)

    class Meta:
        ordering = ["weekday", "start", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="availability_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(slot_minutes__gte=5), name="slot_is_at_least_five_minutes"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="availability_is_valid_for_a_day_or_more",
            ),
            models.CheckConstraint(
                condition=Q(break_start=None, break_end=None)
                | Q(break_start__gt=F("start"), break_end__gt=F("break_start"), break_end__lt=F("end")),
                name="break_lies_within_the_hours",
            ),
        ]

    @property
    def parts(self) -> list[tuple[time, time]]:
        """From when to when, before and after the break."""
        if self.break_start is None:
            return [(self.start, self.end)]
        return [(self.start, self.break_start), (self.break_end, self.end)]


class Opening(models.Model):
    """A doctor is open once more than usual."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="openings")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="openings")
    start = models.DateTimeField()
    end = models.DateTimeField()
    slot_minutes = models.PositiveSmallIntegerField(default=15)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(end__gt=F("start")), name="opening_ends_after_it_starts")]


class DayLimit(models.Model):
    """A doctor wants no more than so many booked visits a day in a clinic."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="day_limits")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    most = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practitioner", "clinic"], name="one_day_limit")]


def new_secret():
    return secrets.token_urlsafe(32)


class CalendarFeed(models.Model):
    """A doctor's appointments for their own calendar program, at an address nobody can guess; a new secret ends the old one."""

    practitioner = models.OneToOneField(Practitioner, on_delete=models.CASCADE, related_name="feed")
    secret = models.CharField(max_length=64, unique=True, default=new_secret)


class OutsideCalendar(models.Model):
    """A calendar that a doctor keeps elsewhere (an ICS address): what stands in it blocks openings here."""

    class Problem(models.TextChoices):
        """Why it could not be read; what was known before still holds."""

        FORBIDDEN = "forbidden", _("Only https addresses of public servers can be read.")
        AWAY = "away", _("The address does not answer with a calendar file. Please check it in a browser.")
        UNREADABLE = "unreadable", _("What the address gives is no calendar that can be read. Please check the address.")

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="outside_calendars")
    address = models.URLField(max_length=500)
    look_again_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)  # the last time that it could be read
    problem = models.CharField(max_length=20, choices=Problem, blank=True)  # of the last try

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["practitioner", "address"], name="one_outside_calendar")]


class TimeOff(models.Model):
    """A doctor is away; or busy, as an outside calendar says."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="times_off")
    start = models.DateTimeField()
    end = models.DateTimeField()
    outside = models.ForeignKey(OutsideCalendar, on_delete=models.CASCADE, null=True, blank=True, related_name="times")

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
        TECHNICAL = "technical", _("The technology failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="appointments")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="appointments")
    kind = models.ForeignKey(VisitType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    room = models.ForeignKey(ClinicRoom, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    series = models.UUIDField(null=True, blank=True, db_index=True)  # follow-ups that were booked together
    sequence = models.PositiveIntegerField(default=0)  # rises with each change, as calendars want it
    start = models.DateTimeField()
    end = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.BOOKED)
    request_key = models.UUIDField(unique=True)
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    booked_at = models.DateTimeField(auto_now_add=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(end__gt=F("start")), name="appointment_ends_after_it_starts")]
        indexes = [
            models.Index(fields=["practitioner", "start"], name="appointments_of_a_doctor"),
            models.Index(fields=["patient", "start"], name="appointments_of_a_patient"),
        ]


class AppointmentChange(AppendOnly):
    """One line of an appointment's history; messages are planned from it."""

    class What(models.TextChoices):
        BOOKED = "booked"
        MOVED = "moved"
        CANCELLED = "cancelled"
        PROPOSED = "proposed"  # the doctor is away: another time is offered, this one still stands

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="changes")
    what = models.CharField(max_length=10, choices=What)
    start = models.DateTimeField()  # as it is from now on
    end = models.DateTimeField()
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]


class HoldQuerySet(models.QuerySet):
    def of_form(self, user):
        """What somebody holds while they fill in a form; what is offered or proposed is no such thing."""
        return self.filter(by=user, offer=None, proposal=None)


class Hold(models.Model):
    """A time that is kept for somebody while they fill in the form."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(db_index=True)

    objects = HoldQuerySet.as_manager()


class Minute(models.Func):
    """A moment as whole minutes since 1970: numbers come out of the database several times as fast as moments."""

    template = "unixepoch(%(expressions)s) / 60"
    output_field = models.IntegerField()

    def as_postgresql(self, compiler, connection):
        return self.as_sql(compiler, connection, template="CAST(EXTRACT(EPOCH FROM %(expressions)s) / 60 AS integer)")


class BookedCellQuerySet(models.QuerySet):
    def living(self):
        """What is sold, or held and has not run out."""
        return self.filter(Q(hold=None) | Q(hold__expires_at__gt=timezone.now()))


class BookedCell(models.Model):
    """Five minutes of a doctor, or of a room, that are sold or held: the database lets nobody sell them twice."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, null=True, related_name="cells")
    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, null=True, related_name="cells")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, null=True, related_name="+")
    room = models.ForeignKey(ClinicRoom, on_delete=models.CASCADE, null=True, related_name="+")
    start = models.DateTimeField()

    objects = BookedCellQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "start"], name="no_cell_is_sold_twice"),
            models.UniqueConstraint(fields=["room", "start"], name="no_cell_of_a_room_is_sold_twice"),
            models.CheckConstraint(condition=Q(appointment=None) ^ Q(hold=None), name="a_cell_is_sold_or_held"),
            models.CheckConstraint(condition=Q(practitioner=None) ^ Q(room=None), name="a_cell_is_of_a_doctor_or_of_a_room"),
        ]


class ProposalQuerySet(models.QuerySet):
    def live(self):
        """Nobody has answered, and nothing else has happened to the appointment since."""
        later = AppointmentChange.objects.filter(appointment=OuterRef("change__appointment"), pk__gt=OuterRef("change"))
        return self.filter(~Exists(later), change__appointment__status=Appointment.Status.BOOKED)


class Proposal(models.Model):
    """The doctor cannot be there: another time for one appointment, kept for a while; without a time when none was free."""

    change = models.OneToOneField(AppointmentChange, on_delete=models.PROTECT, related_name="proposal")
    time_off = models.ForeignKey(TimeOff, on_delete=models.SET_NULL, null=True, related_name="proposals")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, null=True, related_name="+")
    start = models.DateTimeField(null=True)
    end = models.DateTimeField(null=True)
    hold = models.OneToOneField(Hold, on_delete=models.SET_NULL, null=True, related_name="proposal")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    @property
    def appointment(self) -> Appointment:
        return self.change.appointment


class Delay(models.Model):
    """A doctor begins the next visit so many minutes after its time; 0: on time again."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="delays")
    minutes = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # None: Naru saw it
    told_at = models.DateTimeField(null=True)  # everybody after has been told

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["practitioner", "-at"], name="delays_of_a_doctor")]


class WaitlistQuerySet(models.QuerySet):
    def of_patient(self, user):
        """Places of this person and of those they book for, as long as they wait."""
        return self.filter(patient__in=Patient.objects.acted_for_by(user, Scope.BOOK), closed_at=None)


class WaitlistEntry(models.Model):
    """Somebody who wants an earlier time with a doctor, should one become free."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="waitlist")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="waitlist")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+")
    kind = models.ForeignKey(VisitType, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    urgency = models.PositiveSmallIntegerField(default=4)  # 1 first, 5 last; staff may raise it
    until = models.DateTimeField()  # later than this a time is of no use
    asked_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # got a time, or wants none any more

    objects = WaitlistQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(urgency__gte=1, urgency__lte=5), name="waitlist_urgency_is_1_to_5"),
            models.UniqueConstraint(
                fields=["patient", "practitioner"], condition=Q(closed_at=None), name="one_place_in_the_waitlist"
            ),
        ]


class OfferQuerySet(models.QuerySet):
    def of_patient(self, user):
        """Open offers to this person and to those they book for."""
        return self.filter(entry__patient__in=Patient.objects.acted_for_by(user, Scope.BOOK), state=Offer.State.OPEN)


class Offer(models.Model):
    """A freed time that is kept for one person of the waitlist until they answer, or the offer runs out."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Ran out")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(WaitlistEntry, on_delete=models.CASCADE, related_name="offers")
    hold = models.OneToOneField(Hold, on_delete=models.SET_NULL, null=True, related_name="offer")
    start = models.DateTimeField()
    end = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry"], condition=Q(state="open"), name="one_open_offer")]

"""What is told to whom, by which way, and whether it was told."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Clinic, Language, Patient, Scope, User
from scheduling import lateness
from scheduling.models import Appointment, AppointmentChange, Offer
from visits.links import READ_AFTER
from visits.models import DutyCall, Visit
from visits.states import State

from . import webpush


class Kind(models.TextChoices):
    """What a message is about."""

    CONFIRMATION = "confirmation"
    WEEK = "week"  # seven days before
    DAY = "day"
    HOUR = "hour"
    MOVED = "moved"
    CANCELLED = "cancelled"
    FOLLOW_UP = "follow-up"
    NEXT = "next"  # you are next
    OFFER = "offer"  # a time became free
    LINK = "link"  # here is your link again
    OTHER_WAYS = "other-ways"  # the wait will be long: a booked time would do as well
    DUTY = "duty"  # a doctor is asked to come
    PROPOSED = "proposed"  # the doctor cannot be there: another time is offered
    LATE = "late"  # the doctor begins later than planned
    TAKEN_BACK = "taken-back"  # a signed medicine or letter no longer counts


NEEDS = {  # what who acts for a patient must be allowed, to be told
    Kind.NEXT: Scope.JOIN, Kind.LATE: Scope.JOIN, Kind.FOLLOW_UP: Scope.READ, Kind.TAKEN_BACK: Scope.READ,
    Kind.OFFER: Scope.BOOK, Kind.OTHER_WAYS: Scope.BOOK, Kind.PROPOSED: Scope.BOOK,
}  # fmt: skip


class Channel(models.TextChoices):
    """The way that a message takes."""

    EMAIL = "email"
    SMS = "sms"
    KAKAO = "kakao"
    PUSH = "push"  # to a browser that asked for it, beside the others
    NONE = "none"  # nobody can be reached


class PushDeviceQuerySet(models.QuerySet):
    def of_reader(self, user, patient):
        """The browsers of an account; and of a patient's link: they may be borrowed, so they are told for a day."""
        mine = Q(user=user, patient=None) if user else Q(pk=None)
        if user is None or user.pk == patient.user_id:
            mine |= Q(patient=patient, seen_at__gt=timezone.now() - READ_AFTER)
        return self.filter(mine)


class PushDevice(models.Model):
    """A browser that wants to be told at once: of somebody with an account, or of a patient who came by a link."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="push_devices")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, null=True, related_name="push_devices")
    endpoint = models.CharField(max_length=1000, unique=True)
    key = models.CharField(max_length=100)  # what is sent is encrypted for this browser
    secret = models.CharField(max_length=30)
    seen_at = models.DateTimeField(auto_now=True)  # when it last said that it still wants to be told

    objects = PushDeviceQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(user=None) ^ Q(patient=None), name="a_device_is_somebodys")]

    @property
    def keys(self) -> dict[str, bytes]:
        """What is needed to write to it."""
        return {"key": webpush.decode(self.key), "secret": webpush.decode(self.secret)}


class MessageQuerySet(models.QuerySet):
    def planned(self):
        return self.filter(state=Message.State.PLANNED)

    def due(self, now):
        """What may be sent now and is in nobody's hands; what failed often comes last, so that it holds up nothing."""
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        return self.planned().filter(free, due_at__lte=now).order_by("tries", "due_at")


TRUE_WHILE = {
    Kind.NEXT: {State.WAITING, State.IN_PROGRESS},
    Kind.FOLLOW_UP: {State.COMPLETED},
    Kind.OTHER_WAYS: {State.WAITING},
    Kind.TAKEN_BACK: set(State),
}
ABOUT = ("change", "visit", "duty_call", "offer")
ABOUT_ONE_THING = Q()
for _named in ABOUT:
    ABOUT_ONE_THING |= Q(**{f"{_name}__isnull": _name != _named for _name in ABOUT})


class Message(models.Model):
    """One message to one person. Its key makes planning it twice impossible; its id is what providers know it by."""

    class State(models.TextChoices):
        PLANNED = "planned"
        SENT = "sent"
        STALE = "stale"  # no longer true, or too late
        FAILED = "failed"  # refused by the other side, or nobody to send it to

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=15, choices=Kind)
    change = models.ForeignKey(AppointmentChange, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    duty_call = models.ForeignKey(DutyCall, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, null=True, blank=True, related_name="messages")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    reader = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")  # else: the patient
    channel = models.CharField(max_length=10, choices=Channel)
    device = models.ForeignKey(PushDevice, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=5, choices=Language)
    due_at = models.DateTimeField()
    until = models.DateTimeField()  # afterwards it helps nobody
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)  # a worker has it in hand
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=100, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="messages_that_are_due")]
        constraints = [
            models.CheckConstraint(condition=ABOUT_ONE_THING, name="a_message_is_about_one_thing"),
        ]

    def __str__(self):
        return f"message {str(self.pk)[:8]} ({self.kind})"

    @property
    def appointment(self) -> Appointment | None:
        return self.change.appointment if self.change else None

    @property
    def clinic(self) -> Clinic:
        return (self.visit or self.appointment or self.offer.entry).clinic

    @property
    def to(self) -> str:
        """The address as it is at this moment; empty if there is none any more, or a browser is somebody else's by now."""
        if self.channel == Channel.PUSH:
            theirs = PushDevice.objects.of_reader(self.reader, self.patient).filter(pk=self.device_id).first()
            return theirs.endpoint if theirs else ""
        if self.channel == Channel.EMAIL:
            return self.reader.email if self.reader else ""
        return self.patient.phone

    def is_true(self) -> bool:
        """Whether what it says still holds."""
        if self.duty_call:
            return DutyCall.objects.open().filter(pk=self.duty_call_id).exists()
        mine = Patient.objects.acted_for_by(self.reader, NEEDS.get(Kind(self.kind))) if self.reader else None
        if mine is not None and not mine.filter(pk=self.patient_id).exists():
            return False  # the right to act for the patient was taken back
        if self.offer:
            return timezone.now() < self.until and self.offer.state == Offer.State.OPEN
        return timezone.now() < self.until and (self._visit_is() if self.visit else self._appointment_is())

    def _appointment_is(self) -> bool:
        latest = self.change.appointment.changes.order_by("-pk").first()
        expected = Appointment.Status.CANCELLED if self.kind == Kind.CANCELLED else Appointment.Status.BOOKED
        if self.kind == Kind.LATE and not lateness.of(self.change.appointment):
            return False  # on time again
        return latest == self.change and self.change.appointment.status == expected

    def _visit_is(self) -> bool:
        return self.visit.is_open if self.kind == Kind.LINK else self.visit.state in TRUE_WHILE[self.kind]


class LinkWish(models.Model):
    """Somebody lost a link and left a phone number or a mail address; answered and forgotten within seconds."""

    contact = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

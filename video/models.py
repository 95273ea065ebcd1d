"""Seeing each other: the room of a visit, who is in it, what they write."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.appendonly import AppendOnly
from accounts.models import Language, Practitioner, User
from visits.models import Visit
from visits.states import WITH_DOCTOR


class Room(models.Model):
    """The video room of one visit, made for the first who comes once the patient was called in."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="room")
    sound_only = models.BooleanField(default=False)  # staff left the pictures out, so that the voices arrive
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    recording_revision = models.PositiveIntegerField(default=0)  # of what the room wishes of its recorder


class Role(models.TextChoices):
    """The part somebody has in the conversation."""

    PATIENT = "patient", _("Patient")
    PRACTITIONER = "practitioner", _("Doctor")
    CONSULTANT = "consultant", _("Second doctor")
    ASSISTANT = "assistant", _("Assistant")
    COMPANION = "companion", _("Companion")
    INTERPRETER = "interpreter", _("Interpreter")
    RECORDER = "recorder", _("Recorder")


class InvitationQuerySet(models.QuerySet):
    def answerable_by(self, user):
        """Those whom this person may let in: the visit's doctor, and who brings patients in."""
        mine = Visit.objects.filter(practitioner__user=user.pk, state__in=WITH_DOCTOR)
        return self.filter(visit__in=mine | Visit.objects.hosted_by(user))

    def asking(self):
        return self.filter(state=Invitation.State.ASKING).order_by("asked_at")

    def inside(self):
        return self.filter(state=Invitation.State.ADMITTED, seat__joined_at__isnull=False, seat__left_at=None)


class Invitation(models.Model):
    """Somebody without an account is invited into one visit; they wait until they are let in."""

    class State(models.TextChoices):
        INVITED = "invited", _("has not opened the link yet")
        ASKING = "asking", _("wants to come in")
        ADMITTED = "admitted", _("may come in")
        TURNED_AWAY = "turned-away", _("not now")

    GUESTS = [(role.value, role.label) for role in (Role.COMPANION, Role.INTERPRETER)]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=15, choices=GUESTS)
    name = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=15, choices=State, default=State.INVITED)
    holder = models.CharField(max_length=30, blank=True)  # the device that asked; another one has to ask anew
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["made_at"]


class Participant(models.Model):
    """One seat in a room; joining again takes the same seat."""

    Role = Role

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="participants")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, null=True, related_name="seat")
    role = models.CharField(max_length=15, choices=Role)
    name = models.CharField(max_length=100)
    joined_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    session = models.CharField(max_length=32, blank=True)  # the socket that holds the seat now

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "user"], name="one_seat_per_user"),
            models.UniqueConstraint(
                fields=["room"],
                condition=models.Q(user=None, invitation=None) & ~models.Q(role="recorder"),
                name="one_seat_for_the_link",
            ),
            models.UniqueConstraint(fields=["room"], condition=models.Q(role="recorder"), name="one_seat_for_the_recorder"),
        ]


class OpinionQuerySet(models.QuerySet):
    def of_colleague(self, user):
        """What this doctor was asked, while it can still be answered."""
        return self.filter(colleague__user=user.pk, answered_at=None, visit__in=Visit.objects.treatable_by(user).open())


class SecondOpinion(models.Model):
    """A colleague is asked into a visit: they read it, may come into its room, and say what they think."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="opinions")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    colleague = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="opinions")
    question = models.CharField(max_length=500)
    asked_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "colleague"], condition=models.Q(answered_at=None), name="a_colleague_is_asked_once_at_a_time"
            )
        ]


class DeviceCheck(models.Model):
    """How the patient's last try of camera and sound went, by way of the server."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="device_check")
    picture = models.BooleanField()
    sound = models.BooleanField()
    at = models.DateTimeField(auto_now=True)


class PhoneWish(models.Model):
    """The patient wants to be called by phone: the same visit, the same place, another medium."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="phone_wish")
    number = models.CharField(max_length=20)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    called_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    called_at = models.DateTimeField(null=True, blank=True)


class ChatMessage(models.Model):
    """A line written in the room."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="messages")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]


class RecordingQuerySet(models.QuerySet):
    def live(self):
        """Asked for or running."""
        return self.filter(stopped_at=None)

    def made(self):
        """Those of which something was or should have been written."""
        return self.filter(started_at__isnull=False).order_by("started_at")

    def kept(self):
        """Those that can be played."""
        return self.filter(stored_at__isnull=False, deleted_at=None)

    def playable_by(self, user):
        """The doctor who treats in the visit; the patient's side comes by the visit itself."""
        return self.filter(room__visit__in=Visit.objects.treatable_by(user), room__visit__practitioner__user_id=user.pk)


class Recording(models.Model):
    """A wish to record a visit, and what became of it."""

    class Why(models.TextChoices):
        DECLINED = "declined", _("Not everybody agreed, so nothing was recorded.")
        WITHDRAWN = "withdrawn", _("Somebody took their consent back, so the recording stopped.")
        NEWCOMER = "newcomer", _("Somebody came who was not asked yet, so the recording stopped.")
        EMPTY = "empty", _("Everybody left the room, so the recording stopped.")
        STOPPED = "stopped", _("The doctor stopped the recording.")
        OVER = "over", _("The recording ended with the visit.")
        PROBLEM = "problem", _("The recording could not be written and has stopped. The visit goes on.")

    class Problem(models.TextChoices):
        OFF = "off", _("the media server has no key for recordings")
        DISK = "disk", _("it could not be written: the disk is full, or the folder cannot be written to")
        ENGINE = "engine", _("this media server cannot record")
        LOST = "lost", _("it was started, and nothing was stored")
        MISSING = "missing", _("a file is not there any more")
        CHANGED = "changed", _("a file was changed after it was written")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="recordings")
    asked_by = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)  # everybody had agreed
    begun_at = models.DateTimeField(null=True, blank=True)  # a media worker said that it writes
    stopped_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=10, choices=Why, blank=True)
    problem = models.CharField(max_length=10, choices=Problem, blank=True)
    stored_at = models.DateTimeField(null=True, blank=True)  # its files are finished and known
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["room"], condition=models.Q(stopped_at=None), name="one_live_recording_per_room")
        ]

    @property
    def visit(self):
        return self.room.visit

    @property
    def bytes(self):
        return sum(file.bytes for file in self.files.all())

    @property
    def is_kept(self):
        return self.stored_at is not None and self.deleted_at is None


class RecordingFile(models.Model):
    """One line of one person, encrypted on the disk."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="files")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    mime = models.CharField(max_length=30)
    begins_ms = models.PositiveBigIntegerField()  # after the first one of the recording
    duration_ms = models.PositiveBigIntegerField()
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["begins_ms", "pk"]
        constraints = [models.UniqueConstraint(fields=["recording", "name"], name="one_row_per_recorded_file")]


class RecordingConsent(AppendOnly):
    """Somebody in the room agreed to a text in one version, or did not, or no longer; the newest row counts."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="recording_consents")
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=5, choices=Language)
    given = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    @property
    def visit(self):
        return self.participant.room.visit


class LineSummary(models.Model):
    """How one person's line was, over the whole visit: means by time, and the worst that was told."""

    participant = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="line")
    seconds = models.FloatField(default=0)
    weak_seconds = models.FloatField(default=0)
    round_trip_ms = models.FloatField(default=0)
    worst_round_trip_ms = models.FloatField(default=0)
    lost_percent = models.FloatField(default=0)  # on the worse of their two ways
    worst_lost_percent = models.FloatField(default=0)
    concealed_percent = models.FloatField(default=0)  # of the sound they heard
    worst_concealed_percent = models.FloatField(default=0)
    rate_up_kbit = models.FloatField(default=0)
    rate_down_kbit = models.FloatField(default=0)
    freezes = models.PositiveIntegerField(default=0)
    path = models.CharField(max_length=10, blank=True)
    transport = models.CharField(max_length=5, blank=True)
    problem = models.CharField(max_length=10, blank=True)  # with camera or microphone, the last one told

"""Seeing each other: the room of a visit, who is in it, what they write."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from visits.models import Visit


class Room(models.Model):
    """The video room of one visit; it opens when the patient is called in."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="room")
    sound_only = models.BooleanField(default=False)  # staff left the pictures out, so that the voices arrive
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)


class Participant(models.Model):
    """One seat in a room; joining again takes the same seat."""

    class Role(models.TextChoices):
        PATIENT = "patient", _("Patient")
        PRACTITIONER = "practitioner", _("Doctor")
        ASSISTANT = "assistant", _("Assistant")
        COMPANION = "companion", _("Companion")
        INTERPRETER = "interpreter", _("Interpreter")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="participants")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=15, choices=Role)
    name = models.CharField(max_length=100)
    joined_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    session = models.CharField(max_length=32, blank=True)  # the socket that holds the seat now

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "user"], name="one_seat_per_user"),
            models.UniqueConstraint(fields=["room"], condition=models.Q(user=None), name="one_seat_for_the_link"),
        ]


class ChatMessage(models.Model):
    """A line written in the room."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="messages")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]


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

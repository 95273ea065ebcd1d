"""Seeing each other: the room of a visit, who is in it, what they write."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from visits.models import Visit
from visits.states import WITH_DOCTOR


class Room(models.Model):
    """The video room of one visit; it opens when the patient is called in."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="room")
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)


class Role(models.TextChoices):
    """The part somebody has in the conversation."""

    PATIENT = "patient", _("Patient")
    PRACTITIONER = "practitioner", _("Doctor")
    ASSISTANT = "assistant", _("Assistant")
    COMPANION = "companion", _("Companion")
    INTERPRETER = "interpreter", _("Interpreter")


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
                fields=["room"], condition=models.Q(user=None, invitation=None), name="one_seat_for_the_link"
            ),
        ]


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

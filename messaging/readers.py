"""Who is told, in which language, on which clock, by which way."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.models import Grant, Patient, Scope, User

from .models import Channel, Kind, PushDevice

# Read at once, even by who has a mail address.
BY_PHONE = {Kind.HOUR, Kind.NEXT, Kind.OFFER, Kind.OTHER_WAYS, Kind.LATE, Kind.PROPOSED, Kind.TAKEN_BACK}


class Reader(NamedTuple):
    """A person who is told: one with an account, or the patient by phone."""

    user: User | None
    patient: Patient

    @property
    def name(self) -> str:
        """For the key of a message."""
        return f"user{self.user.pk}" if self.user else f"patient{self.patient.pk}"

    @property
    def language(self) -> str:
        return self.user.language if self.user else self.patient.language

    @property
    def is_patient(self) -> bool:
        return self.user is None or self.user.pk == self.patient.user_id

    @property
    def devices(self) -> list[PushDevice]:
        """The browsers that want to be told at once: of the account, and of the patient who came by a link."""
        return list(PushDevice.objects.of_reader(self.user, self.patient))

    def channel(self, kind: Kind) -> Channel:
        """By mail, which carries the calendar file; by phone what is urgent, and whom no mail reaches."""
        if self.is_patient and self.patient.phone and (self.user is None or kind in BY_PHONE):
            return Channel.KAKAO if settings.KAKAO_URL else Channel.SMS
        return Channel.EMAIL if self.user else Channel.NONE


def of(patient: Patient, booked_by: User | None = None, *, to: Scope) -> list[Reader]:
    """The patient, and who booked and may act for them in this; if neither can be reached, all who may act in this."""
    users = {patient.user} if patient.user else set()
    if booked_by not in (None, patient.user):
        users |= _acting(patient, to) & {booked_by}
    if not users and not patient.phone:
        users = _acting(patient, to)
    found = [Reader(user, patient) for user in sorted(users, key=lambda user: user.pk)]
    return [Reader(None, patient), *found] if patient.phone and not patient.user or not found else found


def _acting(patient: Patient, to: Scope) -> set[User]:
    return {grant.user for grant in Grant.objects.live(to).filter(patient=patient).select_related("user")}


def zone(user: User | None, clinic) -> ZoneInfo:
    """The reader's clock, as far as we know it, else the clinic's."""
    return ZoneInfo(user.time_zone if user else clinic.time_zone)

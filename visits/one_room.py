"""A doctor has one patient in the room at a time; two only if both their lives are in danger."""

from functools import cached_property

from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import Practitioner

from .models import Visit
from .states import State


def inside(doctor):
    """Who is in this doctor's room now."""
    return Visit.objects.filter(practitioner=doctor, state=State.IN_PROGRESS)


class RoomTaken(Refused):
    """Somebody is in the room: the page asks the doctor what to do. Looks things up only then, after what was begun is undone."""

    page = "visits/room_taken.html"

    def __init__(self, visit, by):
        self.visit_id, self.doctor_id, self.by = visit.pk, visit.practitioner_id, by

    @cached_property
    def visit(self) -> Visit:
        """Who should have come in."""
        return Visit.objects.with_people().get(pk=self.visit_id)

    @cached_property
    def inside(self) -> list[Visit]:
        return list(inside(self.doctor_id).with_people())

    @property
    def names(self):
        return ", ".join(visit.patient.name for visit in self.inside)

    @property
    def is_own(self):
        """Whether the doctor asks: nobody else decides who has to wait."""
        return self.by is not None and self.by.is_doctor

    def __str__(self):
        if self.is_own:
            return _("%(patient)s is in your room, and you see one patient at a time.") % {"patient": self.names}
        doctor = Practitioner.objects.get(pk=self.doctor_id).name
        words = _("%(patient)s is in the room of %(doctor)s, who sees one patient at a time. Please try again after that.")
        return words % {"patient": self.names, "doctor": doctor}

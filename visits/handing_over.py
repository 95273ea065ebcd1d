"""A visit goes to a colleague: to somebody by name, or to whoever of a specialty is there and has the fewest people in hand."""

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import Practitioner

from . import flow
from .models import Change, Visit
from .roster import Shift
from .states import WITH_DOCTOR, State


def colleagues(visit, *, of) -> list[Practitioner]:
    """The other doctors of the visit's clinic, least busy first."""
    in_hand = Count("visits", filter=Q(visits__state__in=WITH_DOCTOR))
    doctors = visit.clinic.practitioners.doctors().exclude(user=of)
    return list(doctors.annotate(in_hand=in_hand).order_by("in_hand", "name"))


def takers(visit, *, of) -> list[Practitioner]:
    """The colleagues who are on duty and not on a break: only they can have a patient."""
    there = set(Shift.objects.present().filter(paused_at=None).values_list("practitioner", flat=True))
    return [doctor for doctor in colleagues(visit, of=of) if doctor.pk in there]


def specialties(doctors) -> list[tuple[str, str]]:
    """The specialties among these doctors: how they are kept, and in the reader's words."""
    return sorted({(doctor.specialty_en, doctor.specialty) for doctor in doctors if doctor.specialty_en})


@transaction.atomic
def hand_over(visit, *, to, by, reason) -> Visit:
    """Give a patient to a colleague; they are on hold until the colleague goes on, and nobody's at no moment."""
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    if visit.state not in WITH_DOCTOR or visit.practitioner_id != by.practitioner.pk:
        raise flow.WrongState(_("Only the doctor who has the patient in the room can hand them over."))
    if to not in colleagues(visit, of=by):
        raise Refused(_("Please choose a doctor of this clinic."))
    if to not in takers(visit, of=by):
        words = _("%(doctor)s is not on duty now, or on a break. Please choose somebody who is there.")
        raise Refused(words % {"doctor": to.name})
    if not reason.strip():
        raise Refused(_("Please say in a few words why you hand the patient over."))
    if visit.state == State.IN_PROGRESS:
        visit = flow.hold(visit, by=by, reason="handed over")
    old, visit.practitioner = visit.practitioner, to
    visit.save(update_fields=["practitioner"])
    flow.record_change(visit, what=Change.What.DOCTOR, old=str(old.pk), new=str(to.pk), by=by, reason=reason.strip())
    audit.record(by, "visit.hand-over", visit, why=reason.strip())
    return visit


def send_to_specialty(visit, specialty, *, by, reason) -> Visit:
    """Hand over to the doctor of this specialty who has the fewest people in hand."""
    fitting = [doctor for doctor in takers(visit, of=by) if doctor.specialty_en == specialty and specialty]
    if not fitting:
        raise Refused(_("No doctor of this specialty is on duty in this clinic now. Write a referral letter instead."))
    return hand_over(visit, to=fitting[0], by=by, reason=reason)


def handed_to(user) -> list[Change]:
    """Who was handed over to this doctor and still waits for them; the newest hand-over of each."""
    mine = Visit.objects.treatable_by(user).filter(state=State.ON_HOLD, practitioner__user=user)
    rows = Change.objects.filter(visit__in=mine, what=Change.What.DOCTOR).select_related("visit__patient", "by__practitioner")
    return list({row.visit_id: row for row in rows.order_by("pk") if row.new == str(user.practitioner.pk)}.values())

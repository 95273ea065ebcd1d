"""A whole story at once: begin, save and send, or nothing of it."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.errors import NotAllowed, Refused
from accounts.models import Patient, Scope, User
from intake import telling
from intake.models import Intake
from visits.models import Visit

BRINGS_IN = {User.Role.ASSISTANT, User.Role.COORDINATOR}


def submit(told: dict, *, by) -> tuple[Intake, bool]:
    """Tell and send a story for its patient; True when this call sent it. A story that is already sent stays as it is."""
    patient = _patient_of(told, by)
    with transaction.atomic():
        intake = telling.begin(patient, told["clinic"], by=by, language=told["language"], **_way(patient, by))
        if intake.is_sent:
            return intake, False
        story = {"words": told["words"], "answers": told["answers"], "measured": told["vitals"], "agreed": told["consents"]}
        telling.save(intake, **story, by=by)
        return telling.send(intake, by=by), True


def _patient_of(told, by) -> Patient:
    """Staff bring in patients of their clinic; others speak for themselves and for those they act for."""
    if by.is_staff_member:
        if by.role not in BRINGS_IN:
            raise NotAllowed(_("Only those at the front desk bring patients in."))
        get_object_or_404(by.clinics, pk=told["clinic"].pk)
        if told.get("patient") is None:
            raise Refused(_("Please say which patient this is."))
        return get_object_or_404(Patient.objects.visible_to(by).filter(clinic=told["clinic"]), pk=told["patient"])
    people = Patient.objects.acted_for_by(by, Scope.JOIN)
    if told.get("patient") is not None:
        return get_object_or_404(people, pk=told["patient"])
    own = people.filter(user=by).first()
    if own is None:
        raise Refused(_("Please open the pages once and tell us who you are."))
    return own


def _way(patient, by):
    if by.is_staff_member:
        return {"channel": Visit.Channel.CLINIC, "for_whom": Intake.ForWhom.SELF}
    return {"channel": Visit.Channel.APP, "for_whom": Intake.ForWhom.SELF if patient.user_id == by.pk else Intake.ForWhom.OTHER}

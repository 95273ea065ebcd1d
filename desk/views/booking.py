"""From a booked time into the visit."""

from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.models import Scope
from intake import telling
from intake.models import Intake
from scheduling.joining import check_time
from visits import links
from visits.access import actor, appointment_of_person


@require_POST
def join(request, pk):
    """The booked time has come: the patient arrives and tells what is wrong; who came by a link stays at this visit."""
    appointment, by = appointment_of_person(request, pk, to=Scope.JOIN), actor(request)
    check_time(appointment)
    language = by.language if by else appointment.patient.language
    facts = {"by": by, "language": language, "for_whom": _for_whom(appointment.patient, by), "appointment": appointment}
    intake = telling.begin(appointment.patient, appointment.clinic, **facts)
    if by is None:
        links.remember(request.session, intake.visit)
    return redirect("intake:resume", pk=intake.visit_id)


def _for_whom(patient, by):
    return Intake.ForWhom.SELF if by is None or patient.user_id == by.pk else Intake.ForWhom.OTHER

"""From a booked time into the visit."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from intake import telling
from intake.models import Intake
from scheduling.joining import check_time
from scheduling.models import Appointment


@require_POST
@login_required
def join(request, pk):
    """The booked time has come: the patient arrives and tells what is wrong."""
    appointment = get_object_or_404(Appointment.objects.of_patient(request.user), pk=pk)
    check_time(appointment)
    patient = appointment.patient
    for_whom = Intake.ForWhom.SELF if patient.user_id == request.user.pk else Intake.ForWhom.OTHER
    intake = telling.begin(
        patient, appointment.clinic, by=request.user, language=request.user.language, for_whom=for_whom, appointment=appointment
    )
    return redirect("intake:resume", pk=intake.visit_id)

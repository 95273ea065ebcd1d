"""Join an appointment when it is time: from the plan to the visit."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.errors import Refused
from intake import telling
from scheduling.models import Appointment

EARLY = timedelta(minutes=30)  # time to tell the story before the doctor calls
LATE = timedelta(minutes=30)


@require_POST
@login_required
def join(request, pk):
    """Open the visit of an appointment, or say when it can be opened."""
    appointment = get_object_or_404(Appointment.objects.of_patient(request.user), pk=pk)
    _in_time(appointment)
    intake = telling.begin(
        appointment.patient, appointment.clinic, by=request.user, language=request.user.language, appointment=appointment
    )
    return redirect("intake:resume", pk=intake.visit_id)


def _in_time(appointment):
    if appointment.status != Appointment.Status.BOOKED:
        raise Refused(_("This appointment is no longer open. Please book a new one or begin a visit now."))
    now = timezone.now()
    if now < appointment.start - EARLY:
        opens = date_format(timezone.localtime(appointment.start - EARLY), "Y-m-d H:i")
        raise Refused(_("It is too early to join. The door opens at %(time)s, half an hour before.") % {"time": opens})
    if now > appointment.end + LATE:
        raise Refused(_("This appointment is over. Please book a new one or begin a visit now."))

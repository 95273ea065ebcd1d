"""The assistant's front desk: bring patients in, measure, hand the link over."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit, people
from accounts.models import User
from intake import telling
from intake.forms import VitalsForm
from intake.models import Intake
from visits import links, queue
from visits.models import Visit

from ..access import only_for
from ..forms import BringInForm

DESK = (User.Role.ASSISTANT, User.Role.COORDINATOR)


@require_http_methods(["GET", "POST"])
@only_for(*DESK)
def frontdesk(request):
    """Bring somebody in with three fields; see who is here today."""
    form = BringInForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        patient = people.bring_in(**form.person(), by=request.user)
        intake = telling.begin(
            patient, form.cleaned_data["clinic"], by=request.user, language=patient.language,
            for_whom=Intake.ForWhom.OTHER, channel=Visit.Channel.CLINIC,
        )  # fmt: skip
        return redirect("desk:hand-over", pk=intake.visit_id)
    return render(request, "desk/frontdesk.html", {"form": form, **_today(request.user)})


@require_safe
@only_for(*DESK)
def visits_fragment(request):
    """Who is here today, live."""
    return render(request, "desk/_frontdesk.html", _today(request.user))


def _today(user):
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    visits = (
        Visit.objects.hosted_by(user).with_people().filter(arrived_at__gte=midnight)
        | Visit.objects.hosted_by(user).with_people().open()
    )
    numbers = {place.visit.pk: place for place in queue.of_staff(user)}
    visits = sorted(visits.distinct(), key=lambda visit: (not visit.is_open, -visit.arrived_at.timestamp()))
    return {"rows": [(visit, numbers.get(visit.pk)) for visit in visits]}


@require_safe
@login_required
def hand_over(request, pk):
    """Fill the story in here, or hand the link to the patient's own device."""
    visit = get_object_or_404(Visit.objects.hosted_by(request.user).with_people().distinct(), pk=pk)
    audit.record(request.user, "visit.read", visit)
    facts = {"visit": visit, "link": request.build_absolute_uri(links.make(visit)), "form": VitalsForm()}
    return render(request, "desk/hand_over.html", facts)


@require_POST
@login_required
def take_vitals(request, pk):
    """Write down what was measured at the desk."""
    visit = get_object_or_404(Visit.objects.hosted_by(request.user).open().distinct(), pk=pk)
    form = VitalsForm(request.POST)
    if not form.is_valid():
        facts = {"visit": visit, "link": request.build_absolute_uri(links.make(visit)), "form": form}
        return render(request, "desk/hand_over.html", facts, status=422)
    telling.save_vitals(visit, form.measured(), by=request.user)
    return redirect("desk:hand-over", pk=pk)

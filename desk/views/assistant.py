"""The assistant's front desk: bring patients in, measure, hand the link over."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit, people
from accounts.errors import Refused
from accounts.models import Patient, User
from intake import telling, vitals
from intake.forms import VitalsForm
from intake.models import Intake
from video import phone
from visits import links, queue
from visits.models import Reassessment, Task, Visit

from ..access import only_for
from ..forms import BringInForm, FindForm

DESK = (User.Role.ASSISTANT, User.Role.COORDINATOR)


@require_http_methods(["GET", "POST"])
@only_for(*DESK)
def frontdesk(request):
    """Bring somebody in with three fields; see who is here today."""
    form = BringInForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        if form.is_known():
            messages.info(request, _("This person has been here before: their record was found, no second one was made."))
        patient = people.bring_in(**form.person(), by=request.user)
        return _begin(request, patient, form.cleaned_data["clinic"])
    facts = {"form": form, **_found(request), **_today(request.user)}
    return render(request, "desk/frontdesk.html", facts)


@require_POST
@only_for(*DESK)
def bring_known(request, pk):
    """Bring in somebody who has been here before."""
    patient = get_object_or_404(Patient.objects.visible_to(request.user).select_related("clinic"), pk=pk)
    return _begin(request, patient, patient.clinic)


def _begin(request, patient, clinic):
    intake = telling.begin(
        patient, clinic, by=request.user, language=patient.language,
        for_whom=Intake.ForWhom.OTHER, channel=Visit.Channel.CLINIC,
    )  # fmt: skip
    return redirect("desk:hand-over", pk=intake.visit_id)


def _found(request):
    """Who was looked for; each person that is shown is written down."""
    find_form = FindForm(request.GET if "find" in request.GET else None)
    if not find_form.is_valid():
        return {"find_form": find_form, "found": None}
    found = find_form.found_for(request.user)
    for patient in found:
        audit.record(request.user, "patient.find", patient)
    return {"find_form": find_form, "found": found}


@require_safe
@only_for(*DESK)
def visits_fragment(request):
    """Who is here today, live."""
    return render(request, "desk/_frontdesk.html", _today(request.user))


def _today(user):
    """Today's visits with their places: red flags, then who is not in the queue yet, then by place; what is over comes last."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    hosted = Visit.objects.hosted_by(user).with_people()
    visits = phone.with_wishes(hosted.filter(arrived_at__gte=midnight) | hosted.open())
    places = {place.visit.pk: place for place in (*queue.emergencies(user), *queue.of_staff(user))}
    rows = [(visit, places.get(visit.pk)) for visit in visits]
    tasks = Task.objects.visible_to(user).open().select_related("visit__patient", "visit__clinic")
    asked = Reassessment.objects.filter(visit__in=hosted.waiting(), answered_at=None).values_list("visit", flat=True)
    audit.saw(user, "queue.read", visits)
    return {"rows": sorted(rows, key=lambda row: _desk_order(*row)), "tasks": tasks, "asked": set(asked)}


def _desk_order(visit, place):
    return not visit.is_open, not visit.emergency_at, place.number or 0 if place else 0, -visit.arrived_at.timestamp()


@require_safe
@login_required
def hand_over(request, pk):
    """Fill the story in here, or hand the link to the patient's own device; measure."""
    visit = _hosted(request, pk)
    audit.record(request.user, "visit.read", visit)
    return render(request, "desk/hand_over.html", _at_the_desk(request, visit, VitalsForm()))


@require_POST
@login_required
def take_vitals(request, pk):
    """Write down what was measured at the desk."""
    visit, form = _hosted(request, pk), VitalsForm(request.POST)
    if not visit.is_open:
        raise Refused(_("This visit is over, so nothing can be added. Bring the patient in again."))
    if not form.is_valid():
        return render(request, "desk/hand_over.html", _at_the_desk(request, visit, form), status=422)
    if form.measured():
        telling.save_vitals(visit, form.measured(), by=request.user)
    messages.info(request, _("Saved.") if form.measured() else _("No value was written, so nothing was saved."))
    return redirect("desk:hand-over", pk=pk)


def _hosted(request, pk):
    return get_object_or_404(Visit.objects.hosted_by(request.user).with_people().select_related("intake"), pk=pk)


def _at_the_desk(request, visit, form):
    measured = [(vitals.BY_KEY[key], vital) for key, vital in vitals.latest(visit).items()]
    link = request.build_absolute_uri(links.make(visit))
    return {"visit": visit, "link": link, "measured": measured, "form": form}

"""Tell what is wrong: one question a page, saved at each step."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.models import Clinic, Patient, Scope
from visits.access import actor, visit_of_person
from visits.models import Visit

from . import pages, starting, telling
from .access import intake_of
from .models import Photo
from .steps import LAST, LATER, after, before, steps_for, where_left_off


@require_http_methods(["GET", "POST"])
@login_required
def start(request):
    """Who is it for? Then the story begins, or goes on where it was left; or a time is booked (`next`)."""
    form, onward = starting.StartForm(request.POST or None, user=request.user), starting.onward(request)
    if form.is_bound and form.is_valid():
        if onward:
            form.introduce()
            return redirect(onward)
        return redirect("intake:resume", pk=form.begin().visit_id)
    here = Prefetch("visits", Visit.objects.open(), to_attr="here")
    people = Patient.objects.acted_for_by(request.user, Scope.JOIN).prefetch_related(here)
    facts = {"form": form, "people": people, "clinics": Clinic.objects.all(), "onward": onward}
    return render(request, "intake/start.html", facts)


@require_safe
def resume(request, pk):
    """Go on where it was left, on any device."""
    intake = intake_of(request, pk)
    return redirect("intake:step", pk, where_left_off(intake)) if _is_being_told(intake) else redirect("visit", pk)


@require_http_methods(["GET", "POST"])
def step(request, pk, step):
    """One page of the story."""
    intake = intake_of(request, pk)
    if not _is_being_told(intake):
        return _too_late(request, intake)
    page = pages.page_for(intake, step)
    if request.method == "GET" and page.is_done(request, intake):
        return redirect("intake:step", pk, after(intake, step))
    form = page.form(request, intake)
    if request.method == "POST" and _is_kept(request, intake, page, form):
        more = step in LATER and "then" not in request.GET and "send_now" not in request.POST
        return redirect("intake:step", pk, step) if more else _onward(request, intake, step)
    steps = steps_for(intake)
    where = {"step": step, "back": before(intake, step), "number": steps.index(step) + 1, "count": len(steps)}
    facts = {"intake": intake, "visit": intake.visit, "form": form, "missing": telling.missing(intake), **page.facts(intake)}
    facts["alarm_is_read"] = _alarm_is_read(request, intake)
    return render(request, page.template, {**where, **facts})


def _is_kept(request, intake, page, form):
    """Keep the page if it is in order; in an emergency what is not keeps nobody from the doctor."""
    if form.is_valid():
        page.save(intake, form, by=actor(request))
    return form.is_valid() or "send_now" in request.POST


def _alarm_is_read(request, intake):
    """Who has read the emergency card sees a bar from then on, so that the question stands at the top again."""
    read = request.session.get("alarms_read", [])
    if request.GET.get("alarm") == "read" and str(intake.visit_id) not in read:
        read = request.session["alarms_read"] = [*read, str(intake.visit_id)][-20:]
    return str(intake.visit_id) in read


def _is_being_told(intake):
    return intake.visit.is_open and not intake.is_sent


def _too_late(request, intake):
    """A page that was left open: what is sent stays as it is, and nobody wonders where the new words went."""
    if request.method == "POST" and intake.is_sent:
        messages.info(request, _("You have already sent this. Tell the doctor anything new when you are called in."))
    return redirect("visit", intake.visit_id)


def _onward(request, intake, step):
    """Where a saved page leads: to the next, back to the summary, or in an emergency to the doctor at once."""
    if request.GET.get("then") == "send" or "send_now" in request.POST:
        return _send_now(request, intake)
    to_summary = "back_to_summary" in request.POST or request.GET.get("then") == LAST
    return redirect("intake:step", intake.visit_id, LAST if to_summary else after(intake, step))


def _send_now(request, intake):
    """Ask only for what cannot be left out, then send."""
    intake.refresh_from_db()
    lacking = telling.missing(intake)
    if lacking:
        return redirect(reverse("intake:step", args=[intake.visit_id, lacking[0]]) + "?then=send")
    telling.send(intake, by=actor(request))
    return redirect("visit", intake.visit_id)


@require_POST
def send(request, pk):
    """Send the story to the doctor."""
    intake = intake_of(request, pk)
    telling.send(intake, by=actor(request))
    return redirect("visit", pk)


@require_safe
def photo(request, pk):
    """A photo, for those who may see the visit."""
    found = get_object_or_404(Photo.objects.select_related("intake__visit"), pk=pk)
    visit = Visit.objects.visible_to(request.user).filter(pk=found.intake.visit_id).first()
    visit = visit or visit_of_person(request, found.intake.visit_id)
    audit.record(actor(request), "photo.read", visit)
    return FileResponse(found.file.open(), content_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})

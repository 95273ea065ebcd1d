"""The doctor's live queue and the workspace of one visit."""

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.middleware import allow_devices
from accounts.models import User
from intake import vitals
from intake.forms import tongue
from intake.questions import told
from records import signing
from records.forms import NoteForm
from triage import assessment
from triage.forms import OverrideForm
from triage.models import Assessment
from video import rooms
from visits import flow, queue
from visits.models import Source, Visit
from visits.states import WITH_DOCTOR, State

from ..access import only_for
from ..highlight import marked


@require_safe
@only_for(User.Role.DOCTOR)
def queue_page(request):
    """Everybody who waits, most urgent first."""
    return render(request, "desk/queue.html", _queue(request.user))


@require_safe
@only_for(User.Role.DOCTOR)
def queue_fragment(request):
    """The live part of the queue."""
    return render(request, "desk/_queue.html", _queue(request.user))


def _queue(user):
    judged = Prefetch("assessments", Assessment.objects.exclude(source=Source.CLINICIAN).order_by("pk"), to_attr="judged")
    visits = Visit.objects.visible_to(user).open().with_people().select_related("intake").prefetch_related(judged)
    visits = [_with_reasons(visit) for visit in visits.distinct()]
    waiting = [visit for visit in visits if visit.state == State.WAITING]
    return {
        "places": queue.in_order(waiting),
        "later": sorted((v for v in waiting if v.waiting_since > timezone.now()), key=lambda v: v.waiting_since),
        "alarms": [visit for visit in visits if visit.state == State.ARRIVED and visit.emergency_at],
        "mine": [v for v in visits if v.state in WITH_DOCTOR and v.practitioner and v.practitioner.user_id == user.pk],
        "now": timezone.now(),
    }


def _with_reasons(visit):
    """Hang the newest reasons on the visit, in the reader's language."""
    visit.reasons = _reasons(visit.judged[-1]) if visit.judged else []
    return visit


def _reasons(judgement):
    """Each reason once, with the words it came from."""
    words = judgement.inputs.get("words", "")
    lines = {}
    for reason in judgement.reasons:
        lines.setdefault(reason["text"][tongue()], []).append(words[reason["start"] : reason["end"]])
    return [(text, [span for span in spans if span]) for text, spans in lines.items()]


@require_safe
@login_required
def visit(request, pk):
    """One visit: story, reasons, measurements, video and note."""
    found = get_object_or_404(_readable(request.user), pk=pk)
    audit.record(request.user, "visit.read", found)
    intake = getattr(found, "intake", None)
    judgement = assessment.latest(found)
    with_doctor = found.state in WITH_DOCTOR
    may_treat = request.user.is_doctor
    note = signing.draft_for(found, by=request.user) if may_treat and with_doctor else found.notes.last()
    facts = {
        "visit": found,
        "intake": intake,
        "words": marked(intake.words, judgement.reasons if judgement else []) if intake else "",
        "answers": told(dict(intake.answers.values_list("question", "value")), tongue()) if intake else [],
        "measured": [(vitals.BY_KEY[key], vital) for key, vital in vitals.latest(found).items()],
        "photos": intake.photos.all() if intake else [],
        "judgement": judgement,
        "reasons": _reasons(judgement) if judgement else [],
        "chances": list(enumerate(judgement.probabilities, start=1)) if judgement else [],
        "overrides": found.assessments.filter(source=Source.CLINICIAN).select_related("by"),
        "override_form": OverrideForm(initial={"level": found.acuity}),
        "places": queue.of_staff(request.user)[:12],
        "earlier": _earlier(request.user, found),
        "room": rooms.seat(found, user=request.user) if with_doctor else None,
        "note": note,
        "notes": found.notes.select_related("author"),
        "note_form": NoteForm.of(note) if note and not note.is_signed and may_treat else None,
        "may_treat": may_treat,
    }
    return allow_devices(render(request, "desk/visit.html", facts))


def _readable(user):
    if not user.is_staff_member:
        raise Http404
    return Visit.objects.visible_to(user).with_people().select_related("intake").distinct()


def _earlier(user, found):
    past = Visit.objects.visible_to(user).filter(patient=found.patient, state=State.COMPLETED).exclude(pk=found.pk)
    return [(visit, signing.signed(visit)) for visit in past.order_by("-arrived_at")[:5]]


def _treatable(request, pk):
    return get_object_or_404(Visit.objects.treatable_by(request.user).distinct(), pk=pk)


@require_POST
@login_required
def call_in(request, pk):
    flow.call_in(_treatable(request, pk), by=request.user)
    return redirect("desk:visit", pk=pk)


@require_POST
@login_required
def hold(request, pk):
    flow.hold(_treatable(request, pk), by=request.user)
    return redirect("desk:queue")


@require_POST
@login_required
def resume(request, pk):
    flow.resume(_treatable(request, pk), by=request.user)
    return redirect("desk:visit", pk=pk)


@require_POST
@login_required
def break_off(request, pk):
    """The visit cannot go on, and why."""
    flow.discontinue(_treatable(request, pk), by=request.user, reason=request.POST.get("reason", "").strip() or "—")
    return redirect("desk:queue")

"""The workspace of one visit: the story, what was measured and judged, the room and the note."""

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import audit, consents
from accounts.middleware import allow_devices
from intake import vitals
from intake.forms import tongue
from records import background, panels, phrases, signing
from records.forms import NoteForm
from records.models import Note
from triage import blind, signatures
from triage.pages import told
from video import phone, playing, rooms, stays
from visits import queue
from visits.models import Visit
from visits.states import WITH_DOCTOR, State

from .. import readiness, speaking
from ..highlight import marked
from ..reasons import no_reason, reasons_of
from . import follow_up, teamwork
from .teamwork import for_me

SHORT = 12  # lines of the queue beside a visit
EARLIER = 5


@require_safe
@login_required
def visit(request, pk):
    """Everything of one visit on one page; staff of the clinic read, its doctors act."""
    found = _readable(request.user, pk)
    audit.opened(request.user, "visit.read", found)
    facts = {**_patient(found, request.user), **_work(found, request.user), **_short(request.user)}
    return allow_devices(render(request, "desk/visit.html", facts))


@require_safe
@login_required
def patient_fragment(request, pk):
    """The live part: state, level, story and measurements."""
    found = _readable(request.user, pk)
    audit.saw(request.user, "visit.read", [found])
    return render(request, "desk/_patient.html", _patient(found, request.user))


@require_safe
@login_required
def short_fragment(request, pk):
    """The live queue beside a visit."""
    found = _readable(request.user, pk)
    return render(request, "desk/_short.html", {"visit": found, **_short(request.user)})


def _readable(user, pk):
    if not user.is_staff_member:
        raise Http404
    return get_object_or_404(Visit.objects.visible_to(user).with_people().select_related("intake"), pk=pk)


def _patient(found, user):
    """Who it is, what they told, what was measured and how it was judged."""
    signed = signatures.of_visit(found, user)
    intake, judgement = getattr(found, "intake", None), signed["judgement"]
    measured = [(vitals.BY_KEY[key], vital) for key, vital in vitals.latest(found).items()]
    titles = {item.scope: item.title[tongue()] for item in consents.WORDINGS}
    return {
        "visit": found,
        "intake": intake,
        "words": marked(intake.words, judgement.reasons if judgement else []) if intake else "",
        "answers": told(intake, tongue()) if intake else [],
        "photos": intake.photos.all() if intake else [],
        "measured": measured,
        "ready": readiness.of(found, measured) if found.is_open else [],
        "speakers": speaking.of(found),
        "allergies": background.allergies(found.patient),
        "taken": background.medicines(found.patient),
        "prescribed": background.prescribed(found.patient),
        "opinions": found.opinions.select_related("colleague__user", "asked_by__practitioner"),
        "consents": [(titles.get(given.scope, given.scope), given) for given in found.consents.all()],
        **signed,
        "reasons": reasons_of(judgement),
        "no_reason": no_reason(found, judgement),
        "wish": phone.wish_of(found) if found.is_open else None,
        "may_treat": user.is_doctor,
        "is_mine": _is_mine(found, user),
    }


def _work(found, user):
    """What is at hand: the room and the note of the doctor who called in; the others read, and may knock."""
    mine = _is_mine(found, user)
    draft = signing.draft_for(found, by=user) if mine else None
    notes = found.notes.select_related("author")
    return {
        "room": rooms.seat(found, user=user) if mine else None,
        "may_join": not mine and found.state in WITH_DOCTOR and rooms.may_come_in(found, user),
        "note": draft,
        "note_form": NoteForm.of(draft) if draft and not draft.is_signed else None,
        "notes": [note for note in notes if note.is_signed or (user.is_doctor and note != draft)],
        "earlier": _earlier(found, user),
        "recordings": playing.listed(found),
        "may_play": found.practitioner is not None and found.practitioner.user_id == user.pk and user.is_doctor,
        "lines": stays.of_visit(found),
        **panels.of(found, user),
        **(_aside(found, user) if mine else {}),
    }


def _aside(found, user):
    """What a doctor does beside the note: phrases, colleagues, the next visit."""
    mine = {"phrases": phrases.of(user.practitioner)}
    return {**mine, **teamwork.panel(found, user), **follow_up.panel(found)}


def _is_mine(found, user):
    """Whether this doctor has the patient in the room now, or on hold."""
    return user.is_doctor and found.state in WITH_DOCTOR and found.practitioner.user_id == user.pk


def _earlier(found, user):
    signed = Prefetch("notes", Note.objects.filter(status=Note.Status.SIGNED), to_attr="signed_notes")
    past = Visit.objects.visible_to(user).filter(patient=found.patient, state=State.COMPLETED).exclude(pk=found.pk)
    return past.select_related("practitioner").prefetch_related(signed).order_by("-arrived_at")[:EARLIER]


def _short(user):
    """The queue in a few lines, red flags first."""
    alarms = Visit.objects.visible_to(user).filter(state=State.ARRIVED, emergency_at__isnull=False).with_people()
    emergencies, places = queue.emergencies(user), queue.of_staff(user)
    audit.saw(user, "queue.read", [*alarms, *(place.visit for place in (*emergencies, *places[:SHORT]))])
    blind.mark([place.visit for place in places[:SHORT]], user)
    return for_me(user) | {
        "emergencies": [place.visit for place in emergencies],
        "alarms": alarms,
        "places": places[:SHORT],
        "more": max(0, len(places) - SHORT),
    }

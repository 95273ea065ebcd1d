"""Write, sign and read the note."""

from collections import defaultdict

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.models import AuditEvent
from video import playing
from visits.access import actor, visit_of_person

from . import keeping, panels, signing
from .access import note_here
from .forms import NoteForm

LOOKS = {
    "queue.read": _("saw it in the list of those who wait"),
    "rescue.read": _("saw it in the list of live visits"),
    "visit.read": _("opened the visit"),
    "note.read": _("read the note or the summary"),
    "prescription.read": _("read the prescription"),
    "letter.read": _("read a letter"),
    "photo.read": _("looked at a photo"),
    "recording.play": _("played the recording"),
    "case.read": _("compared the levels of AI and clinician, without your name"),
}
MOST_LOOKS = 100


@require_POST
@login_required
def draft(request, pk):
    """Keep the draft; a page that keeps it by itself is told so in one word."""
    note = keeping.keep(note_here(request, pk), request.POST, by=request.user)
    if request.headers.get("Accept") == "text/plain":
        return HttpResponse("kept", content_type="text/plain")
    return redirect("desk:visit", pk=note.visit_id)


@require_POST
@login_required
def sign(request, pk):
    """Sign, and finish the visit."""
    note = keeping.keep(note_here(request, pk), request.POST, by=request.user)
    signing.sign(note, by=request.user)
    return redirect("desk:visit", pk=note.visit_id)


@require_POST
@login_required
def amend(request, pk):
    """Open a new version of a signed note."""
    note = signing.amend(note_here(request, pk), by=request.user, reason=request.POST.get("reason", ""))
    return redirect("records:edit", pk=note.pk)


@require_safe
@login_required
def edit(request, pk):
    """Go on writing a draft: an amendment, or the note of a colleague who cannot."""
    note = note_here(request, pk)
    audit.record(request.user, "note.read", note.visit)
    facts = {"note": note, "visit": note.visit, "note_form": None if note.is_signed else NoteForm.of(note)}
    facts |= panels.of(note.visit, request.user)
    return render(request, "records/edit.html", facts)


@require_safe
def summary(request, pk):
    """What the patient reads: plain words, who signed, and who looked at this visit."""
    visit = visit_of_person(request, pk)
    audit.record(actor(request), "note.read", visit)
    facts = {"visit": visit, "note": signing.signed(visit), "looks": _looks(visit), "recordings": playing.listed(visit)}
    facts |= panels.signed(visit)
    return render(request, "records/summary.html", facts)


def _looks(visit):
    """Who looked at this visit and at what, newest first; the same on one day is one line, with how often."""
    events = AuditEvent.objects.filter(subject=visit._meta.label_lower, subject_id=str(visit.pk), action__in=LOOKS)
    events = events.select_related("by__practitioner", "patient").order_by("-pk")[:MOST_LOOKS]
    alike = defaultdict(list)
    for event in events:
        alike[timezone.localdate(event.at), event.by_id, event.action, event.via, event.why].append(event)
    return [(same[0], LOOKS[same[0].action], len(same)) for same in alike.values()]

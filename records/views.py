"""Write, sign and read the note."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.models import AuditEvent
from visits.access import actor, visit_of_person
from visits.models import Visit

from . import signing
from .forms import NoteForm
from .models import Note


def _note(request, pk):
    """A note of a visit that this doctor may treat."""
    mine = Visit.objects.treatable_by(request.user).values("pk")
    return get_object_or_404(Note.objects.filter(visit__in=mine), pk=pk)


def _keep(request, note):
    """Whatever was typed is kept first; what is checked comes after."""
    form = NoteForm(request.POST, instance=Note(visit=note.visit), prefix="note")
    form.is_valid()
    return signing.save_draft(note, form.cleaned_data, by=request.user)


@require_POST
@login_required
def draft(request, pk):
    """Keep the draft."""
    note = _keep(request, _note(request, pk))
    if request.headers.get("Accept") == "text/plain":
        return HttpResponse("kept", content_type="text/plain")
    return redirect("desk:visit", pk=note.visit_id)


@require_POST
@login_required
def sign(request, pk):
    """Sign, and finish the visit."""
    note = _keep(request, _note(request, pk))
    signing.sign(note, by=request.user)
    return redirect("desk:visit", pk=note.visit_id)


@require_POST
@login_required
def amend(request, pk):
    """Open a new version of a signed note."""
    note = signing.amend(_note(request, pk), by=request.user, reason=request.POST.get("reason", ""))
    return redirect("records:edit", pk=note.pk)


@require_safe
@login_required
def edit(request, pk):
    """Write an amendment."""
    note = _note(request, pk)
    return render(request, "records/edit.html", {"note": note, "visit": note.visit, "note_form": NoteForm.of(note)})


@require_safe
def summary(request, pk):
    """What the patient reads: plain words, who signed, and who opened the record."""
    visit = visit_of_person(request, pk)
    audit.record(actor(request), "note.read", visit)
    looks = AuditEvent.objects.filter(patient=visit.patient, action__endswith=".read").select_related("by__practitioner")
    facts = {"visit": visit, "note": signing.signed(visit), "looks": looks.order_by("-pk")[:50]}
    return render(request, "records/summary.html", facts)

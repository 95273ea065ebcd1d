"""Look at everything, and sign it together."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit

from . import finishing, keeping, panels
from .access import note_here


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def review(request, pk):
    """Note, prescription and letters on one page, and what is still missing; what was typed is kept first."""
    note = note_here(request, pk)
    if request.method == "POST":
        note = keeping.keep(note, request.POST, by=request.user)
    audit.record(request.user, "note.read", note.visit)
    facts = {
        "note": note, "visit": note.visit, "seen": finishing.seen(note), "lacking": finishing.lacking(note),
        "outcome": request.POST.get("outcome", ""),
        "typed_medicine": request.POST.get("medicine-medication", "").strip(), **panels.of(note.visit, request.user),
    }  # fmt: skip
    part = "records/_review.html" if request.headers.get("HX-Request") else "records/review.html"
    return render(request, part, facts)


@require_POST
@login_required
def sign_all(request, pk):
    """One signature under everything; the visit is finished."""
    said = {"seen_mark": request.POST.get("seen", ""), "outcome": request.POST.get("outcome", "")}
    note = finishing.sign_all(note_here(request, pk), by=request.user, **said)
    return redirect("desk:visit", pk=note.visit_id)

"""Write prescriptions and letters beside the note; read and print them."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from visits.access import actor

from . import background, cancelling, letters, panels, prescribing
from .access import paper_here, visit_here, visit_to_read
from .forms import MedicineForm
from .keeping import keep_all
from .models import Letter, MedicationRequest, Paper
from .safety import Doubtful

SIGNED = {"status": Paper.Status.SIGNED}


@require_POST
@login_required
def prescribe(request, pk):
    """One medicine more; what speaks against it comes back with the form."""
    visit, form = visit_here(request, pk), MedicineForm(request.POST)
    if not form.is_valid():
        return _prescription(request, visit, status=422, medicine_form=form)
    try:
        prescribing.prescribe(visit, by=request.user, **form.cleaned_data)
    except Doubtful as doubtful:
        return _prescription(request, visit, status=422, medicine_form=form, doubts=doubtful.doubts)
    return _prescription(request, visit)


@require_POST
@login_required
def take_back(request, pk):
    """One medicine less."""
    medicine = paper_here(request, MedicationRequest, pk)
    prescribing.take_back(medicine, by=request.user)
    return _prescription(request, medicine.visit)


@require_POST
@login_required
def cancel(request, pk, kind):
    """Whoever signed a medicine or a letter takes it back, and says why."""
    paper = paper_here(request, kind, pk)
    cancelling.cancel(paper, by=request.user, reason=request.POST.get("reason", ""))
    return redirect("desk:visit", pk=paper.visit_id)


@require_POST
@login_required
def begin_letter(request, pk, kind):
    """Begin a letter with what stands in the note; the note is kept first."""
    visit = visit_here(request, pk)
    if kind not in Letter.Kind.values:
        raise Http404
    keep_all(visit, request.POST, by=request.user)
    letters.begin(visit, kind, by=request.user)
    return _letter(request, visit, kind)


@require_POST
@login_required
def drop_letter(request, pk):
    """No letter after all; the note is kept."""
    letter = paper_here(request, Letter, pk)
    keep_all(letter.visit, request.POST, by=request.user)
    letters.drop(letter, by=request.user)
    return _letter(request, letter.visit, letter.kind)


@require_safe
def prescription(request, pk):
    """The prescription as a sheet to print: by the clinic, and by the patient."""
    visit = visit_to_read(request, pk)
    audit.record(actor(request), "prescription.read", visit)
    medicines = visit.medicines.filter(**SIGNED).select_related("author", "cancellation__by")
    facts = {"visit": visit, "medicines": medicines, "allergies": background.allergies(visit.patient)}
    return render(request, "records/prescription.html", facts)


@require_safe
def letter(request, pk, letter):
    """A signed letter as a sheet to print."""
    visit = visit_to_read(request, pk)
    found = get_object_or_404(visit.letters.filter(**SIGNED).select_related("author", "cancellation__by"), pk=letter)
    audit.record(actor(request), "letter.read", visit)
    return render(request, "records/letter.html", {"visit": visit, "letter": found})


def _prescription(request, visit, status=200, **changed):
    return _answer(request, visit, "records/_prescription.html", "prescription", status, is_open=True, **changed)


def _letter(request, visit, kind):
    return _answer(request, visit, "records/_letter.html", f"letter-{kind}", 200, kind=kind)


def _answer(request, visit, template, place, status, kind=None, **changed):
    """The part of the page that changed; without a script the whole page, or what was wrong on a page of its own."""
    if status == 200 and not request.headers.get("HX-Request"):
        return redirect(reverse("desk:visit", args=[visit.pk]) + f"#{place}")
    facts = {"visit": visit, "note": visit.notes.last(), "part": template, **panels.of(visit, request.user, **changed)}
    facts["panel"] = next((panel for panel in facts.get("letter_panels", []) if panel["kind"] == kind), None)
    page = "records/_answer.html" if request.headers.get("HX-Request") else "records/paper.html"
    return render(request, page, facts, status=status)

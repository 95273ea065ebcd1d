"""A doctor's own phrases: see, add, change, remove, insert."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from . import keeping, phrases
from .access import note_here
from .forms import PhraseForm
from .models import Phrase


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own(request):
    """All of them, and a form for one more."""
    mine = _practitioner(request)
    form = PhraseForm(request.POST or None, instance=Phrase(owner=mine))
    if form.is_bound and form.is_valid():
        phrases.save(form.instance)
        return redirect("records:phrases")
    facts = {"form": form, "phrases": mine.phrases.all()}
    return render(request, "records/phrases.html", facts, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change(request, pk):
    """One phrase in other words."""
    phrase = get_object_or_404(_practitioner(request).phrases, pk=pk)
    form = PhraseForm(request.POST or None, instance=phrase)
    if form.is_bound and form.is_valid():
        phrases.save(form.instance)
        return redirect("records:phrases")
    return render(request, "records/phrase.html", {"form": form, "phrase": phrase}, status=422 if form.is_bound else 200)


@require_POST
@login_required
def remove(request, pk):
    """This one is no longer used."""
    get_object_or_404(_practitioner(request).phrases, pk=pk).delete()
    return redirect("records:phrases")


@require_POST
@login_required
def insert(request, pk):
    """Put a phrase into the note, without a script."""
    note = keeping.keep(note_here(request, pk), request.POST, by=request.user)
    phrases.insert(note, request.POST.get("phrase", ""), by=request.user)
    return redirect(reverse("desk:visit", args=[note.visit_id]) + "#note-form")


def _practitioner(request):
    if not request.user.is_doctor:
        raise Http404
    return request.user.practitioner

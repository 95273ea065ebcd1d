"""Whose papers these are: the clinic's doctors write, its staff read what is signed, and so does the patient's side."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from visits.access import visit_of_person
from visits.models import Visit

from .models import Note, Paper


def note_here(request, pk) -> Note:
    """A note of a visit that this doctor may treat."""
    mine = Visit.objects.treatable_by(request.user).values("pk")
    return get_object_or_404(Note.objects.select_related("visit__patient", "visit__clinic").filter(visit__in=mine), pk=pk)


def visit_here(request, pk) -> Visit:
    """A visit that this doctor may treat."""
    return get_object_or_404(Visit.objects.treatable_by(request.user).with_people(), pk=pk)


def paper_here(request, model, pk) -> Paper:
    """A prescription line or a letter of a visit that this doctor may treat."""
    mine = Visit.objects.treatable_by(request.user)
    return get_object_or_404(model.objects.select_related("visit__clinic", "visit__patient").filter(visit__in=mine), pk=pk)


def visit_to_read(request, pk) -> Visit:
    """A visit whose signed papers may be read: by the patient's side and by the clinic's staff."""
    try:
        return visit_of_person(request, pk)
    except Http404:
        return get_object_or_404(Visit.objects.visible_to(request.user).with_people(), pk=pk)

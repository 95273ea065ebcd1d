"""Whose visit this is, for the pages around its room."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from visits.access import visit_of_person
from visits.models import Visit

from . import admission


def visit_here(request, pk) -> Visit:
    """The visit for all who may be in its room: the patient's side, its doctor, the clinic's staff."""
    try:
        return visit_of_person(request, pk)
    except Http404:
        mine = Visit.objects.treatable_by(request.user) | Visit.objects.hosted_by(request.user)
        return get_object_or_404(mine.with_people(), pk=pk)


def guest_here(request, pk):
    """The invitation with which this device asked to come in; anybody else gets 404."""
    invitation = admission.of_session(request.session, pk)
    if invitation is None:
        raise Http404
    return invitation

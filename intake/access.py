"""Who may write a story: the person, who acts for them, the link's holder, and staff who bring patients in."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from visits.access import visit_of_person
from visits.models import Visit

from .models import Intake


def intake_of(request, pk) -> Intake:
    """The intake of a visit; a stranger gets 404."""
    try:
        visit = visit_of_person(request, pk)
    except Http404:
        visit = get_object_or_404(Visit.objects.hosted_by(request.user), pk=pk)
    return get_object_or_404(Intake.objects.select_related("visit__patient", "visit__clinic"), visit=visit)

"""A clinician's word on urgency."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from visits.models import Visit

from . import assessment
from .forms import OverrideForm


@require_POST
@login_required
def override(request, pk):
    """Change the level, with a reason."""
    visit = get_object_or_404(Visit.objects.treatable_by(request.user).open(), pk=pk)
    form = OverrideForm(request.POST)
    level, reason = form.said()
    assessment.override(visit, level, reason=reason, by=request.user)
    return redirect("desk:visit", pk=pk)

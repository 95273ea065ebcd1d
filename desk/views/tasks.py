"""What coordinators and assistants are asked to do."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.models import User
from visits import errands
from visits.models import Task


@require_POST
@login_required
def done(request, pk):
    """One click: it is seen to; an answer, if there is one, stands on the patient's page."""
    task = get_object_or_404(Task.objects.visible_to(request.user), pk=pk)
    errands.finish(task, by=request.user, answer=request.POST.get("answer", ""))
    return redirect("desk:board" if request.user.role == User.Role.COORDINATOR else "desk:frontdesk")

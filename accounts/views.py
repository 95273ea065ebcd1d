"""Who may act for whom: give it, take it, see it, end it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from . import audit, proxies
from .forms import GrantForm
from .models import Grant, Patient


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mine(request):
    """Who may act for me, and for whom I may act."""
    own = Patient.objects.filter(user=request.user).first()
    held = Grant.objects.live().filter(user=request.user).select_related("patient")
    return _show(request, own, {"held": held})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def of_patient(request, patient):
    """The same for a patient who asks the staff to do it."""
    patient = get_object_or_404(proxies.governed_by(request.user), pk=patient)
    audit.record(request.user, "grant.read", patient)
    return _show(request, patient, {})


def _show(request, patient, facts):
    form = GrantForm(request.POST or None, user=request.user)
    if patient and form.is_bound and form.is_valid():
        made = proxies.offer(patient, **form.cleaned_data, by=request.user)
        facts |= {"made": made, "link": request.build_absolute_uri(proxies.link(made))}
        form = GrantForm(user=request.user)
    given = patient.grants.open().select_related("user", "given_by__practitioner") if patient else []
    facts |= {"patient": patient, "given": given, "form": form}
    return render(request, "accounts/people.html", facts, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def take(request, token):
    """Somebody was given the right to act for another: what it allows, and one button to take it."""
    grant = proxies.open_link(token, by=request.user)
    if request.method != "POST":
        return render(request, "accounts/take.html", {"grant": grant})
    proxies.take(grant, by=request.user)
    messages.success(request, _("You may act for %(name)s now.") % {"name": grant.patient.name})
    return redirect("people:mine")


@require_POST
@login_required
def end(request, pk):
    """It ends, with the next click of whoever had it."""
    grant = get_object_or_404(Grant.objects.endable_by(request.user).select_related("patient"), pk=pk)
    proxies.end(grant, by=request.user, why=request.POST.get("why", ""))
    messages.success(request, _("It has ended. Nobody acts for %(name)s by it any more.") % {"name": grant.patient.name})
    own = grant.patient.user_id == request.user.pk or grant.user_id == request.user.pk
    return redirect("people:mine") if own else redirect("people:of-patient", grant.patient_id)

"""A lost link is sent again; a browser asks to be told at once."""

import json

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from visits import links

from . import asking, planning, push


class ContactForm(forms.Form):
    """A phone number or a mail address."""

    contact = forms.CharField(
        label=_("Your phone number or e-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"class": "nhsuk-input", "autocomplete": "email"}),
        error_messages={"required": _("Please write your phone number or your e-mail address.")},
    )

    def clean_contact(self):
        contact = asking.normal(self.cleaned_data["contact"])
        if "@" not in contact and len(contact) < 9:
            raise forms.ValidationError(_("Please write the whole number, for example 010-1234-5678, or an e-mail address."))
        return contact


@require_http_methods(["GET", "HEAD", "POST"])
def again(request):
    """Ask for the link; the answer is the same for everybody."""
    form = ContactForm(request.POST or None)
    if form.is_bound and form.is_valid():
        asking.ask(form.cleaned_data["contact"], address=_address(request))
        return render(request, "messaging/asked.html")
    return render(request, "messaging/again.html", {"form": form}, status=400 if form.is_bound else 200)


@require_POST
def subscribe(request):
    """This browser wants to be told at once: for its account, or for the patient whose link opened it."""
    user = request.user if request.user.is_authenticated else None
    patient = None if user else _linked_patient(request)
    if user is None and patient is None:
        raise Http404
    device = push.subscribe(_told(request), user=user, patient=patient)
    planning.push_too(device)
    request.session[push.SESSION_KEY] = device.pk
    return HttpResponse(status=204)


@require_POST
def unsubscribe(request):
    """This browser wants nothing any more."""
    if push.SESSION_KEY not in request.session:
        raise Http404
    push.unsubscribe(request.session.pop(push.SESSION_KEY))
    return HttpResponse(status=204)


@require_safe
def worker(request):
    """The script that a browser keeps to show what is pushed."""
    response = render(request, "messaging/worker.js", content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _linked_patient(request):
    pk, nonce = request.session.get(links.SESSION_KEY) or (None, None)
    subject = links.live(pk, nonce) if pk else links.live_booked(request.session.get(links.BOOKED_KEY))
    return subject.patient if subject else None


def _told(request):
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return None


def _address(request) -> str:
    """Where the request comes from, as our proxy says it; whoever could lie here gains nothing but a few more wishes."""
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")

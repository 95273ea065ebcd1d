"""A lost link is sent again."""

from django import forms
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from . import asking


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


def _address(request) -> str:
    """Where the request comes from, as our proxy says it; whoever could lie here gains nothing but a few more wishes."""
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")

"""Who may stand at the patient's side of a visit: the patient, who acts for them, or who holds the visit's link."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts import proxies
from accounts.models import Patient, Scope
from scheduling.models import Appointment

from . import links
from .models import Visit


def visit_of_person(request, pk) -> Visit:
    """The visit for the patient's own pages; a stranger gets 404, and who may act in something else is told so."""
    visit = _find(request.user, request.session, pk)
    if visit is None:
        _explain(request.user, pk)
        raise Http404
    return visit


def visit_of_scope(scope, pk) -> Visit | None:
    """The same for a socket; staff of the clinic may listen too."""
    user = scope["user"]
    return _find(user, scope["session"], pk) or Visit.objects.visible_to(user).filter(pk=pk).first()


def appointment_of_person(request, pk, to=None) -> Appointment:
    """The appointment for the patient's own pages: theirs, of somebody they act for, or by its link; a stranger gets 404."""
    mine = Appointment.objects.of_patient(request.user) if request.user.is_authenticated else Appointment.objects.none()
    found = mine.select_related("patient", "practitioner", "clinic", "visit", "booked_by").filter(pk=pk).first()
    if found and to:
        proxies.check(request.user, found.patient, to)
    if found is None and request.session.get(links.BOOKED_KEY) == str(pk):
        found = links.live_booked(pk)
    if found is None:
        raise Http404
    return found


def appointment_to_read(request, pk) -> Appointment:
    """The same, for reading: staff of the clinic may too."""
    try:
        return appointment_of_person(request, pk)
    except Http404:
        shown = Appointment.objects.visible_to(request.user).select_related("patient", "practitioner", "clinic", "booked_by")
        return get_object_or_404(shown, pk=pk)


def or_sign_in(view):
    """Whoever is not signed in and holds no link is asked to sign in: messages to those who act for somebody lead here."""

    @wraps(view)
    def shown(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if request.user.is_authenticated:
                raise
            return redirect_to_login(request.get_full_path())

    return shown


def actor(request):
    """Who acts: the signed-in person, or None for the link's holder."""
    return request.user if request.user.is_authenticated else None


def _find(user, session, pk):
    mine = Visit.objects.of_patient(user).with_people().filter(pk=pk).first() if user.is_authenticated else None
    return mine or _by_link(session, pk)


def _by_link(session, pk):
    linked, nonce = session.get(links.SESSION_KEY) or (None, None)
    return links.live(linked, nonce) if linked == str(pk) else None


def _explain(user, pk):
    """Somebody acts for this patient, but not in this."""
    visit = Visit.objects.filter(pk=pk, patient__in=Patient.objects.acted_for_by(user)).select_related("patient").first()
    if visit:
        proxies.check(user, visit.patient, Scope.JOIN if visit.is_open else Scope.READ)

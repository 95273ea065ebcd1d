"""Who may stand at the patient's side of a visit: the patient, who acts for them, or who holds the visit's link."""

from django.http import Http404

from scheduling.models import Appointment

from . import links
from .models import Visit


def visit_of_person(request, pk) -> Visit:
    """The visit for the patient's own pages; a stranger gets 404."""
    visit = _find(request.user, request.session, pk)
    if visit is None:
        raise Http404
    return visit


def visit_of_scope(scope, pk) -> Visit | None:
    """The same for a socket; staff of the clinic may listen too."""
    user = scope["user"]
    return _find(user, scope["session"], pk) or Visit.objects.visible_to(user).filter(pk=pk).first()


def appointment_of_person(request, pk) -> Appointment:
    """The appointment for the patient's own pages: theirs, of somebody they act for, or by its link; a stranger gets 404."""
    mine = Appointment.objects.of_patient(request.user) if request.user.is_authenticated else Appointment.objects.none()
    found = mine.select_related("patient", "practitioner", "clinic", "visit").filter(pk=pk).first()
    if found is None and request.session.get(links.BOOKED_KEY) == str(pk):
        found = links.live_booked(pk)
    if found is None:
        raise Http404
    return found


def actor(request):
    """Who acts: the signed-in person, or None for the link's holder."""
    return request.user if request.user.is_authenticated else None


def _find(user, session, pk):
    mine = Visit.objects.of_patient(user).with_people().filter(pk=pk).first() if user.is_authenticated else None
    return mine or _by_link(session, pk)


def _by_link(session, pk):
    linked, nonce = session.get(links.SESSION_KEY) or (None, None)
    return links.live(linked, nonce) if linked == str(pk) else None

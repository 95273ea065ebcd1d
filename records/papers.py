"""Who may write the papers of a visit, and when: its doctor while the patient is there, and whoever amends the note."""

from django.utils.translation import gettext as _

from accounts.errors import Refused
from visits.models import Visit
from visits.states import WITH_DOCTOR

from .models import Note, Paper


def writable(visit, *, by) -> Visit:
    """The visit, locked, if this doctor may write prescriptions and letters for it now."""
    visit = Visit.objects.select_for_update(of=("self",)).select_related("patient", "clinic").get(pk=visit.pk)
    if not may_write(visit, by):
        raise Refused(_("Only the doctor who sees the patient writes prescriptions and letters. Later, amend the note first."))
    return visit


def may_write(visit, user) -> bool:
    if visit.is_open:
        return visit.state in WITH_DOCTOR and visit.practitioner.user_id == user.pk
    return visit.notes.filter(status=Note.Status.DRAFT, author__user=user).exists()


def drafts(visit) -> list[Paper]:
    """What would be signed together with the note."""
    draft = {"status": Paper.Status.DRAFT}
    return [*visit.medicines.filter(**draft), *visit.letters.filter(**draft)]

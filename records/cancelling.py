"""Take back what is signed: a medicine or a letter stays readable, and says that it no longer counts wherever it stands."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from messaging import planning
from visits import hints

from .models import Cancellation


@transaction.atomic
def cancel(paper, *, by, reason) -> Cancellation:
    """Whoever signed it takes it back; the patient sees it at once and is told by a message."""
    paper = type(paper).objects.select_for_update(of=("self",)).select_related("visit__patient", "author").get(pk=paper.pk)
    if not paper.is_signed or paper.author.user_id != by.pk:
        raise Refused(_("Only the doctor who signed this can cancel it."))
    if not reason.strip():
        raise Refused(_("Please say in a few words why it is cancelled. The patient reads it."))
    if hasattr(paper, "cancellation"):
        raise Refused(_("This is cancelled already."))
    cancelled = Cancellation.objects.create(**{paper.word: paper}, reason=reason.strip()[:300], by=by.practitioner)
    audit.record(by, f"{paper.word}.cancel", cancelled, why=cancelled.reason)
    planning.plan_cancelled_paper(paper.visit, f"{paper.word}{paper.pk}")
    hints.tell(paper.visit)
    return cancelled


def of_visit(visit) -> list[Cancellation]:
    """What was taken back after it was signed, for the patient's page."""
    rows = Cancellation.objects.filter(Q(medicine__visit=visit) | Q(letter__visit=visit))
    return list(rows.select_related("medicine", "letter", "by"))

"""A second opinion: ask a colleague of the clinic into the visit, and answer."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from visits import handing_over, hints
from visits.states import WITH_DOCTOR

from .models import SecondOpinion


def ask(visit, *, colleague, question, by) -> SecondOpinion:
    """The visit's doctor asks; the colleague sees it on their page, and may read the visit and come into its room."""
    if visit.state not in WITH_DOCTOR or visit.practitioner.user_id != by.pk:
        raise Refused(_("Only the doctor who has the patient in the room can ask for a second opinion."))
    if colleague not in handing_over.colleagues(visit, of=by):
        raise Refused(_("Please choose a doctor of this clinic."))
    if not question.strip():
        raise Refused(_("Please write what you want to know."))
    try:
        with transaction.atomic():
            facts = {"colleague": colleague, "question": question.strip()[:500], "asked_by": by}
            opinion = SecondOpinion.objects.create(visit=visit, **facts)
            audit.record(by, "opinion.ask", opinion, why=opinion.question)
            hints.tell(visit)
            hints.tell_doctor(colleague.pk, visit)
            return opinion
    except IntegrityError:
        raise Refused(_("%(doctor)s was asked already and has not answered yet.") % {"doctor": colleague.name}) from None


@transaction.atomic
def answer(opinion, *, text, by) -> SecondOpinion:
    """What the colleague thinks; it stands beside the story until the visit's doctor writes it into the note."""
    opinion = SecondOpinion.objects.select_for_update(of=("self",)).select_related("visit").get(pk=opinion.pk)
    if opinion.answered_at:
        raise Refused(_("You have answered this already."))
    if not text.strip():
        raise Refused(_("Please write what you think."))
    opinion.answer, opinion.answered_at = text.strip()[:1000], timezone.now()
    opinion.save()
    audit.record(by, "opinion.answer", opinion)
    hints.tell(opinion.visit)
    return opinion

"""Two reviewers say, each alone, which level was right."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from triage.models import Assessment

from .models import Verdict


@transaction.atomic
def judge(case: Assessment, level: int, *, by, reason: str) -> Verdict:
    """Take one of the two seats; who sits already, or comes third, is refused."""
    if not reason.strip():
        raise Refused(_("Please say in a few words why this level is right."))
    Assessment.objects.select_for_update().get(pk=case.pk)
    judges = list(Verdict.objects.filter(case=case).values_list("by", flat=True))
    if by.pk in judges:
        raise Refused(_("You have judged this case already. A verdict is never changed."))
    said = {"level": level, "reason": reason.strip()[:300], "by": by}
    try:
        with transaction.atomic():
            verdict = Verdict.objects.create(case=case, seat=len(judges) + 1, **said)
    except IntegrityError:  # the database has no third seat
        raise Refused(_("Two reviewers have judged this case by now. Thank you; please take another one.")) from None
    audit.record(by, "case.judge", verdict.case)
    return verdict

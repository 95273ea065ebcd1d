"""Two reviewers say, each alone, which level was right."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Refused
from triage.models import Assessment

from .cases import SEATS
from .models import Verdict


@transaction.atomic
def judge(case: Assessment, level: int, *, by, reason: str) -> Verdict:
    """Take one of the two seats; who sits already, or comes third, is refused."""
    if not reason.strip():
        raise Refused(_("Please say in a few words why this level is right."))
    taken = list(Verdict.objects.filter(case=case).values_list("by", "seat"))
    if by.pk in dict(taken):
        raise Refused(_("You have judged this case already. A verdict is never changed."))
    free = set(range(1, SEATS + 1)) - {seat for _by, seat in taken}
    try:
        if not free:
            raise IntegrityError
        with transaction.atomic():
            verdict = Verdict.objects.create(case=case, seat=min(free), level=level, reason=reason.strip()[:300], by=by)
    except IntegrityError:
        raise Refused(_("Two reviewers have judged this case by now. Thank you; please take another one.")) from None
    audit.record(by, "case.judge", verdict.case)
    return verdict

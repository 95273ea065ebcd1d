"""Later, beside the pages: plan what was missed, send what is due."""

import logging

from celery import shared_task

from scheduling import lateness

from . import asking, planning, sending

log = logging.getLogger(__name__)


@shared_task(expires=10)
def sweep():
    """Every ten seconds."""
    for question, plan in (
        (planning.unplanned, planning.plan),
        (planning.unfollowed, planning.plan_follow_up),
        (planning.untold_calls, planning.plan_duty_call),
        (lateness.untold, planning.plan_late),
        (planning.untold, planning.plan_offer),
        (asking.open_wishes, asking.answer),
    ):
        for found in question()[:200]:
            _try(plan, found)
    _try(planning.plan_next)
    sending.send_due()


def _try(plan, *found):
    try:
        plan(*found)
    except Exception:  # one thing that cannot be planned must not keep the others from being told
        log.exception("%s %s", plan.__name__, found)

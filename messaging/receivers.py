"""It happened: plan what has to be told. What is missed here, the sweeper finds."""

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from scheduling.signals import appointment_changed, delay_said, offer_made
from visits.models import Change
from visits.signals import duty_called, visit_changed
from visits.states import State

from . import planning, push


@receiver(appointment_changed)
def tell_of_the_appointment(sender, change, **kwargs):
    planning.plan(change)


@receiver(offer_made)
def tell_of_the_offer(sender, offer, **kwargs):
    planning.plan_offer(offer)


@receiver(visit_changed)
def tell_after_the_visit(sender, change, **kwargs):
    if change.what == Change.What.STATE and change.new == State.COMPLETED:
        planning.plan_follow_up(change.visit)


@receiver(duty_called)
def tell_the_doctor(sender, call, **kwargs):
    planning.plan_duty_call(call)


@receiver(delay_said)
def tell_who_comes_after(sender, delay, **kwargs):
    planning.plan_late(delay)


@receiver(user_logged_out)
def forget_the_browser(sender, request, **kwargs):
    """Whoever uses this browser next is not told what was meant for somebody else."""
    if request and request.session.get(push.SESSION_KEY):
        push.unsubscribe(request.session[push.SESSION_KEY])

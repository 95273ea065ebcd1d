"""It happened: plan what has to be told. What is missed here, the sweeper finds."""

from django.dispatch import receiver

from scheduling.signals import appointment_changed, delay_said
from visits.models import Change
from visits.signals import duty_called, visit_changed
from visits.states import State

from . import planning


@receiver(appointment_changed)
def tell_of_the_appointment(sender, change, **kwargs):
    planning.plan(change)


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

"""When somebody writes or sends their story: look at it."""

from django.dispatch import receiver

from intake.signals import intake_saved, intake_sent

from . import assessment, outbox


@receiver(intake_saved)
def look_for_red_flags(sender, intake, **kwargs):
    assessment.watch(intake)
    if intake.is_sent:  # new vitals after sending: judge again
        outbox.post(intake)


@receiver(intake_sent)
def have_it_judged(sender, intake, **kwargs):
    outbox.post(intake)

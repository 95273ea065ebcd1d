"""What the intake says of itself."""

from django.dispatch import Signal

intake_saved = Signal()  # intake: something was written or changed
intake_sent = Signal()  # intake: the person has told their story

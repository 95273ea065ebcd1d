"""What the visit says of itself, always after commit."""

from django.dispatch import Signal

duty_called = Signal()  # call: the doctor who is asked to come on duty
visit_changed = Signal()  # change: the Change row that was written

"""What the visit says of itself, always after commit."""

from django.dispatch import Signal

visit_changed = Signal()  # change: the Change row that was written

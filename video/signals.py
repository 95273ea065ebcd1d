"""What the room announces."""

from django.dispatch import Signal

people_changed = Signal()  # room: somebody came or went; sent within the change, so that what follows from it is one with it

"""It happened: earlier apps say so, later ones listen."""

from django.dispatch import Signal

grant_ended = Signal()  # grant: Grant; sent inside the transaction, so that no door stays open behind somebody who lost the right

"""The socket of the rescue board: it says that something changed in a live visit, never what."""

from channels.db import database_sync_to_async

from visits.consumers import Hints
from visits.hints import clinic_group

from .watching import rescue_group


class RescueHints(Hints):
    """For staff: visits of their clinics that change, and lines in them that break or mend."""

    @database_sync_to_async
    def groups_allowed(self):
        clinics = [clinic.pk for clinic in getattr(self.scope["user"], "clinics", [])]
        return [group(clinic) for clinic in clinics for group in (clinic_group, rescue_group)]

"""The socket of a guest's waiting page: it says that something changed, never what."""

from channels.db import database_sync_to_async

from visits.consumers import Hints
from visits.hints import visit_group

from . import admission


class GuestHints(Hints):
    """For somebody who stands at the door: they were answered, or the visit went on."""

    @database_sync_to_async
    def groups_allowed(self):
        invitation = admission.of_session(self.scope["session"], self.scope["url_route"]["kwargs"]["pk"])
        return [admission.guest_group(invitation.pk), visit_group(invitation.visit_id)] if invitation else []

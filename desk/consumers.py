"""The socket of a doctor's list: it says that something changed, and gives the list to a page that asks (docs/queue.md)."""

import asyncio
from collections import defaultdict

from channels.db import database_sync_to_async
from django.utils import translation

from accounts import audit
from accounts.models import AuditEvent
from visits.consumers import QueueHints

from . import line

STRANGER = 4404


class Drawings:
    """One drawing at a time for all who see the same; it begins after the last of them asked, so nobody gets an old one."""

    def __init__(self):
        self.next: dict[line.Key, asyncio.Task] = {}
        self.turns = defaultdict(asyncio.Lock)

    async def fresh(self, key: line.Key) -> line.Drawn:
        if key not in self.next:
            self.next[key] = asyncio.create_task(self._draw(key))
        return await asyncio.shield(self.next[key])

    async def _draw(self, key):
        async with self.turns[key]:
            del self.next[key]  # who asks from now on gets the one after this
            return await database_sync_to_async(line.draw)(key)


drawings: dict[asyncio.AbstractEventLoop, Drawings] = defaultdict(Drawings)


class ListHints(QueueHints):
    """For a doctor's open list."""

    key: line.Key | None = None

    async def connect(self):
        self.saw, self.key = set(), await self.key_of(self.scope["user"])
        await super().connect()

    @database_sync_to_async
    def key_of(self, user):
        """What this page shows; None where only the page itself can ask (no doctor, no token yet)."""
        cookies = self.scope["cookies"]
        if not user.is_authenticated or not user.is_doctor or "csrftoken" not in cookies:
            return None
        language = cookies.get("django_language") or user.language
        known = language if translation.check_for_language(language) else user.language
        clinics = user.clinics.order_by("pk").values_list("pk", flat=True)
        return line.Key(tuple(clinics), known, user.time_zone)

    async def receive(self, text_data=None, bytes_data=None, **kwargs):
        """The page asks for its list, whatever it says."""
        if self.key:
            await self.give(await drawings[asyncio.get_running_loop()].fresh(self.key))

    async def give(self, drawn: line.Drawn):
        user = self.scope["user"]
        if drawn.readers.get(user.pk) != set(self.key.clinics):
            return await self.close(code=STRANGER)
        await self.send_json({"list": drawn.html.replace(line.TOKEN, self.scope["cookies"]["csrftoken"])})
        if fresh := [visit for visit in drawn.visits if visit.pk not in self.saw]:
            await database_sync_to_async(self.write_down)(user, fresh)

    def write_down(self, user, visits):
        with audit.coming_from(AuditEvent.Via.PAGE, (self.scope.get("client") or [None])[0]):
            audit.saw(user, "queue.read", visits)
        self.saw |= {visit.pk for visit in visits}

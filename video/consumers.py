"""The socket of a room: signalling passes through, chat and presence are read from the database."""

import asyncio
import contextlib
import logging
import uuid
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts import audit
from accounts.errors import Refused
from accounts.models import AuditEvent

from . import rooms
from .media.protocol import Malformed, from_browser
from .models import ChatMessage
from .switchboard import NoWorker, Switchboard

log = logging.getLogger(__name__)
WATCH_SECONDS = 1.0


class RoomSocket(AsyncJsonWebsocketConsumer):
    """One person's line into a room."""

    participant = None
    line = None
    tasks: tuple = ()

    async def connect(self):
        self.visit_id = str(self.scope["url_route"]["kwargs"]["pk"])
        token = parse_qs(self.scope["query_string"].decode()).get("token", [""])[0]
        self.participant = await database_sync_to_async(rooms.holder_of)(token, self.visit_id)
        if self.participant is None:
            return await self.close(code=4404)
        self.person = str(self.participant.pk)
        self.session = uuid.uuid4().hex
        self.switchboard = Switchboard()
        self.group = rooms.room_group(self.visit_id)
        await self.accept()
        await self.channel_layer.group_add(self.group, self.channel_name)
        if await self.obey(rooms.enter, self.participant, self.session):
            self.tasks = (asyncio.create_task(self.follow_media()),)
        await self.room_people({})
        for message in await self.lines():
            await self.send_json(message)

    async def disconnect(self, code):
        for task in self.tasks:
            task.cancel()
        if self.participant is None or not self.tasks:
            return
        with contextlib.suppress(RedisError, OSError):
            if self.line:
                await self.switchboard.leave(self.line)
            await self.channel_layer.group_discard(self.group, self.channel_name)
        await self.switchboard.close()
        await self.obey(rooms.go, self.participant, self.session)

    async def follow_media(self):
        """Join on a media worker, pass its events on, and notice when it dies."""
        try:
            async with self.switchboard.events(self.session) as events:
                self.line = await self.switchboard.join(self.visit_id, self.person, self.session)
                await self.send_json({"type": "joined", "me": self.person})
                watch = asyncio.create_task(self.watch_worker())
                try:
                    async for event in events:
                        await self.send_json({"type": event.kind, "line": event.line, "sdp": event.sdp})
                finally:
                    watch.cancel()
        except (NoWorker, RedisError, OSError) as error:
            log.warning("room %s: no media: %s", self.visit_id, type(error).__name__)
            await self.close(code=4503)

    async def watch_worker(self):
        """A dead worker is noticed here; the browser comes back and is placed on another one."""
        with contextlib.suppress(RedisError, OSError):
            while await self.switchboard.is_alive(self.line):
                await asyncio.sleep(WATCH_SECONDS)
        await self.send_json({"type": "rejoin"})
        await self.close(code=4503)

    async def receive_json(self, content, **kwargs):
        if not isinstance(content, dict):
            return await self.refuse(_("This message was not understood."))
        if content.get("type") == "chat":
            return await self.obey(rooms.say, self.participant, str(content.get("text", "")))
        if content.get("type") == "state":
            return await self.tell_state(content)
        try:
            command = from_browser(content, room=self.visit_id, person=self.person, session=self.session)
        except Malformed:
            return await self.refuse(_("This message was not understood."))
        if self.line:
            await self.switchboard.send(self.line.worker, command)

    @classmethod
    async def decode_json(cls, text_data):
        try:
            return await super().decode_json(text_data)
        except ValueError:
            return None

    async def tell_state(self, content):
        """Muted or without picture: the others are told."""
        state = {"muted": bool(content.get("muted")), "camera": bool(content.get("camera"))}
        await self.channel_layer.group_send(self.group, {"type": "room.state", "person": self.person, **state})

    async def obey(self, rule, *args):
        """Call a rule in the database's world; say its refusal to the person."""

        def called():
            with audit.coming_from(AuditEvent.Via.PAGE if self.participant.user_id else AuditEvent.Via.LINK):
                rule(*args)

        try:
            await database_sync_to_async(called)()
            return True
        except Refused as refusal:
            await self.refuse(str(refusal))
            return False

    async def refuse(self, sentence):
        await self.send_json({"type": "error", "text": sentence})

    @database_sync_to_async
    def lines(self, **which):
        found = ChatMessage.objects.filter(room=self.participant.room_id, **which).select_related("participant")
        return [
            {"type": "chat", "id": line.pk, "name": line.participant.name, "text": line.text,
             "mine": line.participant_id == self.participant.pk}
            for line in found
        ]  # fmt: skip

    @database_sync_to_async
    def people(self):
        found = rooms.inside(self.participant.room)
        return [{"id": str(p.pk), "name": p.name, "role": p.get_role_display()} for p in found]

    async def room_people(self, event):
        await self.send_json({"type": "people", "people": await self.people(), "me": self.person})

    async def room_said(self, event):
        for message in await self.lines(pk=event["message"]):
            await self.send_json(message)

    async def room_state(self, event):
        await self.send_json({"type": "state", "person": event["person"], "muted": event["muted"], "camera": event["camera"]})

    async def room_closed(self, event):
        await self.send_json({"type": "closed"})
        await self.close(code=4410)

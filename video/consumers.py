"""The socket of a room: signalling passes through, chat and presence are read from the database."""

import asyncio
import contextlib
import json
import logging
import time
import uuid
from urllib.parse import parse_qs

from autobahn.exception import Disconnected
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.errors import Refused
from accounts.models import AuditEvent

from . import recording, rooms, stored, tokens
from .media.protocol import (
    LONGEST_MESSAGE,
    Answer,
    Chat,
    Malformed,
    Offer,
    Picture,
    Quality,
    Restart,
    State,
    Unshare,
    from_browser,
)  # fmt: skip
from .models import ChatMessage
from .switchboard import AWAY, NoWorker, Switchboard
from .watching import Watch

log = logging.getLogger(__name__)
WATCH_SECONDS = 0.5
OFTEN, OFTEN_SECONDS = 200, 10  # so many messages in so many seconds are no person and no browser
STRANGER, REPLACED, CLOSED, OUT, BUSY, NO_MEDIA = 4404, 4409, 4410, 4411, 4429, 4503


class RoomSocket(AsyncJsonWebsocketConsumer):
    """One person's line into a room."""

    participant = line = follower = watch = None
    revision = 0  # of the wish for a recording that was passed on last
    count, since = 0, 0.0

    async def connect(self):
        self.visit_id = str(self.scope["url_route"]["kwargs"]["pk"])
        asked = parse_qs(self.scope["query_string"].decode("utf-8", "replace"))
        self.language = asked.get("language", [""])[0]
        self.participant = await database_sync_to_async(tokens.spend)(asked.get("token", [""])[0], self.visit_id)
        await self.accept()  # a refusal before this would reach the browser without its code
        if self.participant is None:
            return await self.close(code=STRANGER)
        self.person, self.session, self.group = str(self.participant.pk), uuid.uuid4().hex, rooms.room_group(self.visit_id)
        self.switchboard = Switchboard()
        try:
            await self.channel_layer.group_add(self.group, self.channel_name)
        except AWAY:
            return await self.go_back("rejoin", NO_MEDIA)
        if not await self.obey(rooms.enter, self.participant, self.session):
            return await self.close(code=BUSY)
        self.watch = Watch(self.participant, self.switchboard.redis)
        self.watch.tell()
        self.follower = asyncio.create_task(self.follow_media())
        await self.room_people({})
        if self.participant.room.sound_only:
            await self.room_pictures({"wanted": False})
        for message in await self.lines():
            await self.send_json(message)

    async def disconnect(self, code):
        if self.participant is None:
            return
        if self.follower:
            self.follower.cancel()
        with contextlib.suppress(*AWAY):
            if self.line:
                await self.switchboard.leave(self.line)
        with contextlib.suppress(*AWAY):
            await self.channel_layer.group_discard(self.group, self.channel_name)
        await self.obey(rooms.go, self.participant, self.session)
        if self.watch:
            await self.watch.end(code)
        with contextlib.suppress(*AWAY):
            await self.switchboard.close()

    async def follow_media(self):
        """Join on a media worker, pass its events on, and notice when it dies; then the browser comes back."""
        try:
            async with self.switchboard.events(self.session) as events:
                self.line = await self.switchboard.join(self.visit_id, self.person, self.session)
                await self.send_json({"type": "joined", "me": self.person})
                await self.room_recording({})
                async with asyncio.TaskGroup() as both:
                    both.create_task(self.watch_worker())
                    both.create_task(self.pass_on(events))
        except* (NoWorker, *AWAY) as errors:
            log.warning("room %s: no media: %s", self.visit_id, type(errors.exceptions[0]).__name__)
        await self.go_back("rejoin", NO_MEDIA)

    async def watch_worker(self):
        while await self.switchboard.is_alive(self.line):
            await self.pass_wish()
            await asyncio.sleep(WATCH_SECONDS)
        raise NoWorker

    async def pass_on(self, events):
        async for event in events:
            match event.kind:
                case "offer":
                    facts = {"number": event.number, "fresh": event.fresh, "streams": event.streams}
                    await self.send_json({"type": "offer", "sdp": event.sdp, **facts})
                case "answer":
                    await self.send_json({"type": "answer", "sdp": event.sdp, "screen": event.screen})
                case "silent" | "seen" | "unseen":
                    await self.send_json({"type": event.kind})
                case "weak":
                    await self.send_json({"type": "weak", "weak": event.weak})
                    if event.weak:
                        await self.watch.count("naru_picture_pauses_total")
                case "quality":
                    await self.watch.hear(event.heard)
                case "recording":
                    await self.obey(recording.heard, event)
                case "stored":
                    await self.obey(stored.collect, event.recording)
                case "replaced":
                    return await self.go_back("replaced", REPLACED)
                case "rejoin":
                    raise NoWorker

    async def go_back(self, kind, code):
        if kind == "rejoin" and self.watch:
            await self.watch.count("naru_rejoins_total")
        with contextlib.suppress(RuntimeError, OSError):
            await self.send_json({"type": kind})
            await self.close(code=code)

    async def send(self, *args, **kwargs):
        with contextlib.suppress(Disconnected):  # the browser may be gone first
            await super().send(*args, **kwargs)

    async def receive(self, text_data=None, bytes_data=None, **kwargs):
        """Only known messages of known size pass; others are answered with a sentence, and the socket stays."""
        if self.participant is None:
            return
        if self.is_flooded():
            await self.refuse(_("Too many messages at once."))
            return await self.close(code=BUSY)
        try:
            if text_data is None or len(text_data) > LONGEST_MESSAGE:
                raise Malformed("not text, or too long")
            said = from_browser(json.loads(text_data))
        except (ValueError, RecursionError):
            return await self.refuse(_("This message was not understood."))
        try:
            await self.act(said)
        except AWAY:
            await self.go_back("rejoin", NO_MEDIA)

    async def act(self, said):
        """Do what the browser says; signalling waits for nobody: without a line the browser joins anyway."""
        match said:
            case Chat(text):
                await self.obey(rooms.say, self.participant, text)
            case State(muted, camera):
                state = {"type": "room.state", "person": self.person, "muted": muted, "camera": camera}
                await self.channel_layer.group_send(self.group, state)
            case Quality():
                await self.watch.report(said)
            case _ if self.line is None:
                pass
            case Offer():
                await self.switchboard.offer(self.line, said)
            case Answer():
                await self.switchboard.answer(self.line, said)
            case Unshare():
                await self.switchboard.unshare(self.line)
            case Restart():
                await self.switchboard.restart(self.line)
            case Picture():
                await self.switchboard.picture(self.line, said)

    def is_flooded(self):
        now = time.monotonic()
        if now - self.since > OFTEN_SECONDS:
            self.since, self.count = now, 0
        self.count += 1
        return self.count > OFTEN

    async def obey(self, rule, *args):
        """Call a rule in the database's world; say its refusal to the person, in the language of their page."""
        via = AuditEvent.Via.PAGE if self.participant.user_id else AuditEvent.Via.LINK

        def called():
            with audit.coming_from(via), self.in_their_language():
                try:
                    rule(*args)
                except Refused as refusal:
                    return str(refusal)

        sentence = await database_sync_to_async(called)()
        if sentence:
            await self.refuse(sentence)
        return not sentence

    def in_their_language(self):
        known = translation.check_for_language(self.language) if self.language else False
        return translation.override(self.language if known else self.participant.room.visit.language)

    async def refuse(self, sentence):
        with self.in_their_language():
            text = str(sentence)
        await self.send_json({"type": "error", "text": text})

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
        with self.in_their_language():
            here = rooms.everybody(self.participant.room)
            return [{"id": str(p.pk), "name": p.name, "role": p.get_role_display()} for p in here]

    async def room_people(self, event):
        await self.send_json({"type": "people", "people": await self.people(), "me": self.person})

    async def room_said(self, event):
        for message in await self.lines(pk=event["message"]):
            await self.send_json(message)

    async def room_state(self, event):
        await self.send_json({"type": "state", "person": event["person"], "muted": event["muted"], "camera": event["camera"]})

    async def room_recording(self, event):
        """Something about the recording has changed: the media worker hears it at once, and the page asks for what to show."""
        with contextlib.suppress(*AWAY):
            await self.pass_wish()
        news = await database_sync_to_async(recording.news_for)(self.participant)
        await self.send_json({"type": "recording", **news})

    async def pass_wish(self):
        """Tell the media worker what the room wishes of its recorder: at each change, and each second while it runs.

        A hint may be lost, but not somebody's "no longer"; and a worker that was deaf for a moment waits for the wish.
        """
        wish = await database_sync_to_async(recording.wish)(self.participant.room_id, self.revision)
        if self.line and wish:
            await self.switchboard.record(self.line, wish)
            self.revision = wish["revision"] - bool(wish["recording"])

    async def room_asking(self, event):
        if self.participant.role in rooms.DOORKEEPERS:
            await self.send_json({"type": "asking"})

    async def room_out(self, event):
        if event["person"] == self.person:
            await self.go_back("out", OUT)

    async def room_pictures(self, event):
        """Staff left the pictures out for everybody, or let them come again; the worker obeys, whatever the browser does."""
        await self.send_json({"type": "pictures", "wanted": event["wanted"]})
        if self.line:
            await self.switchboard.picture(self.line, Picture(event["wanted"]))

    async def room_closed(self, event):
        await self.go_back("closed", CLOSED)

"""Sockets of hints: they say that something changed, never what."""

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from .access import visit_of_scope
from .hints import clinic_group, doctor_group, line_group, visit_group


class Hints(AsyncJsonWebsocketConsumer):
    """Joins groups after one permission check, and passes hints on."""

    groups_joined: list[str] = []

    async def connect(self):
        self.groups_joined = await self.groups_allowed()
        if not self.groups_joined:
            return await self.close(code=4404)
        for group in self.groups_joined:
            await self.channel_layer.group_add(group, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        for group in self.groups_joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data=None, bytes_data=None, **kwargs):
        """Browsers have nothing to say here."""

    async def visit_changed(self, event):
        await self.send_json({"changed": event["visit"]})

    async def own_changed(self, event):
        await self.send_json({"changed": event["visit"], "own": True})

    async def duty_changed(self, event):
        await self.send_json({"duty": event["doctor"]})

    async def access_ended(self, event):
        """Somebody may not act for this patient any more: their page looks again, and finds the door closed."""
        if self.scope["user"].pk == event["user"]:
            await self.send_json({"changed": ""})
            await self.close(code=4404)


class VisitHints(Hints):
    """For the patient's page of one visit."""

    @database_sync_to_async
    def groups_allowed(self):
        visit = visit_of_scope(self.scope, self.scope["url_route"]["kwargs"]["pk"])
        return [visit_group(visit.pk)] if visit else []


class QueueHints(Hints):
    """For staff: hosts hear everything that happens in their clinics, doctors what changes the line or is their own."""

    @database_sync_to_async
    def groups_allowed(self):
        user = self.scope["user"]
        clinics = [clinic.pk for clinic in getattr(user, "clinics", [])]
        if clinics and user.is_doctor:  # who has clinics is a practitioner
            return [*map(line_group, clinics), doctor_group(user.practitioner.pk)]
        return [*map(clinic_group, clinics)]

import asyncio

from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.db import transaction
from django.test import Client, TestCase, TransactionTestCase, override_settings
from django.utils import timezone

from accounts import proxies
from telehealth.asgi import application
from tests.factories import make_doctor, make_grant, make_patient, make_practitioner, make_user, make_visit
from visits import duty, flow, hints, links
from visits.models import Visit, new_nonce
from visits.signals import visit_changed
from visits.states import State

WAIT = 10  # seconds; a bound, not a pause
NOWHERE = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [{"address": "redis://127.0.0.1:1/0", "socket_timeout": None}]},
    }
}


class AfterCommitTest(TestCase):
    def setUp(self):
        self.heard = []
        self.ear = lambda change, **kwargs: self.heard.append(change.new)
        visit_changed.connect(self.ear)
        self.addCleanup(visit_changed.disconnect, self.ear)

    def test_nothing_is_told_before_it_is_safe(self):
        visit = make_visit(state=State.WAITING)
        with self.captureOnCommitCallbacks(execute=True):
            flow.leave(visit, by=None)
            self.assertEqual(self.heard, [])
        self.assertEqual(self.heard, [State.CANCELLED])

    def test_what_is_rolled_back_is_never_told(self):
        visit = make_visit(state=State.WAITING)
        with self.captureOnCommitCallbacks(execute=True), self.assertRaises(ZeroDivisionError), transaction.atomic():
            flow.leave(visit, by=None)
            raise ZeroDivisionError
        self.assertEqual(self.heard, [])

    def test_a_listener_that_fails_silences_nobody(self):
        def broken(**kwargs):
            raise ZeroDivisionError

        visit_changed.connect(broken)
        self.addCleanup(visit_changed.disconnect, broken)
        with self.captureOnCommitCallbacks(execute=True):
            make_visit(state=State.ARRIVED)
        self.assertEqual(self.heard, [State.ARRIVED])

    @override_settings(CHANNEL_LAYERS=NOWHERE)
    def test_without_redis_a_visit_still_moves(self):
        with self.captureOnCommitCallbacks(execute=True):
            visit = make_visit(state=State.IN_PROGRESS)
        hints.push(hints.visit_group(visit.pk), {"type": "visit.changed", "visit": str(visit.pk)})
        self.assertEqual(visit.state, State.IN_PROGRESS)


def socket(path, client=None):
    """A browser's socket with the browser's cookies."""
    headers = [(b"origin", b"http://testserver")]
    if client:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        headers.append((b"cookie", cookies.encode()))
    return WebsocketCommunicator(application, path, headers=headers)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def all_is_said():
    """Wait until the hints of earlier deeds have left: they go by a thread of their own."""

    async def others():
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)

    asyncio.run_coroutine_threadsafe(others(), hints._loop()).result(WAIT)


class SocketTest(TransactionTestCase):
    def setUp(self):
        self.owner = make_user()
        self.visit = make_visit(patient=make_patient(user=self.owner))
        self.doctor = make_doctor(clinic=self.visit.clinic)
        duty.begin(by=self.doctor)
        all_is_said()
        self.path = f"/ws/visit/{self.visit.pk}/"

    def assert_refused(self, path, client=None):
        async def knock():
            connected, code = await socket(path, client).connect(timeout=WAIT)
            return connected, code

        self.assertEqual(async_to_sync(knock)(), (False, 4404))

    def hear(self, path, client, deed):
        """Open a socket, do the deed, and return what the browser hears."""

        all_is_said()

        async def listen():
            page = socket(path, client)
            connected, _protocol = await page.connect(timeout=WAIT)
            self.assertTrue(connected)
            await sync_to_async(deed)()
            heard = await page.receive_json_from(timeout=WAIT)
            await page.disconnect(timeout=WAIT)
            return heard

        return async_to_sync(listen)()

    def test_strangers_are_refused(self):
        for who in None, signed_in(make_user()), signed_in(make_doctor()):
            self.assert_refused(self.path, who)
        for who in None, signed_in(self.owner):
            self.assert_refused("/ws/queue/", who)

    def test_another_site_cannot_listen_with_somebodys_cookies(self):
        async def knock():
            page = socket(self.path, signed_in_owner)
            page.scope["headers"][0] = (b"origin", b"https://elsewhere.example")
            return (await page.connect(timeout=WAIT))[0]

        signed_in_owner = signed_in(self.owner)
        self.assertFalse(async_to_sync(knock)())

    def test_the_patient_hears_that_they_are_called_in(self):
        heard = self.hear(self.path, signed_in(self.owner), lambda: flow.call_in(self.visit, by=self.doctor))
        self.assertEqual(heard, {"changed": str(self.visit.pk)})

    def test_the_holder_of_the_link_hears_too(self):
        client = Client()
        client.get(links.make(self.visit))
        heard = self.hear(self.path, client, lambda: flow.call_in(self.visit, by=self.doctor))
        self.assertEqual(heard, {"changed": str(self.visit.pk)})

    def test_a_doctor_hears_their_clinics_and_no_other(self):
        colleague = make_doctor(clinic=self.visit.clinic)

        def deeds():
            make_visit()
            flow.call_in(self.visit, by=colleague)

        self.assertEqual(self.hear("/ws/queue/", signed_in(self.doctor), deeds), {"changed": str(self.visit.pk)})

    def test_what_goes_on_in_a_room_is_told_to_its_doctor_and_not_to_all(self):
        treated = flow.call_in(self.visit, by=self.doctor)
        colleague = make_doctor(clinic=self.visit.clinic)
        came = []

        def deeds():
            flow.hold(treated, by=None)
            came.append(make_visit(clinic=self.visit.clinic))

        self.assertEqual(self.hear("/ws/queue/", signed_in(colleague), deeds), {"changed": str(came[0].pk)})
        heard = self.hear("/ws/queue/", signed_in(self.doctor), lambda: flow.resume(treated, by=None))
        self.assertEqual(heard, {"changed": str(treated.pk), "own": True})

    def test_who_goes_on_duty_is_told_to_the_coordinator_and_who_is_asked_to_come_to_the_doctor(self):
        coordinator = make_practitioner(clinic=self.visit.clinic, role="coordinator").user
        doctor = make_doctor(clinic=self.visit.clinic)
        said = {"duty": doctor.practitioner.pk}
        self.assertEqual(self.hear("/ws/queue/", signed_in(doctor), lambda: duty.call(doctor.practitioner, by=coordinator)), said)
        self.assertEqual(self.hear("/ws/queue/", signed_in(coordinator), lambda: duty.begin(by=doctor)), said)

    def test_after_reconnecting_one_hears_again_and_the_database_tells_what_was_missed(self):
        client = signed_in(self.owner)
        self.hear(self.path, client, lambda: flow.call_in(self.visit, by=self.doctor))
        flow.hold(self.visit, by=self.doctor)  # nobody listens now
        self.assertEqual(Visit.objects.of_patient(self.owner).get().state, State.ON_HOLD)
        heard = self.hear(self.path, client, lambda: flow.resume(self.visit, by=self.doctor))
        self.assertEqual(heard, {"changed": str(self.visit.pk)})

    def test_who_was_shut_out_cannot_reconnect(self):
        daughter = make_user()
        grant = make_grant(user=daughter, patient=self.visit.patient)
        client, holder = signed_in(daughter), Client()
        holder.get(links.make(self.visit))
        self.hear(self.path, client, lambda: flow.call_in(self.visit, by=self.doctor))
        grant.revoked_at = timezone.now()
        grant.save()
        Visit.objects.update(link_nonce=new_nonce())
        self.assert_refused(self.path, client)
        self.assert_refused(self.path, holder)

    def test_whoever_loses_the_right_to_act_is_told_to_look_again_and_hears_no_more(self):
        daughter = make_user()
        grant = make_grant(user=daughter, patient=self.visit.patient)

        async def listen():
            pages = [socket(self.path, signed_in_daughter), socket(self.path, signed_in_owner)]
            for page in pages:
                await page.connect(timeout=WAIT)
            await sync_to_async(proxies.end)(grant, by=self.owner)
            closed = [await pages[0].receive_output(timeout=WAIT) for _ in range(2)]
            quiet = await pages[1].receive_nothing()
            await pages[1].disconnect(timeout=WAIT)
            return closed[-1], quiet

        signed_in_daughter, signed_in_owner = signed_in(daughter), signed_in(self.owner)
        closed, quiet = async_to_sync(listen)()
        self.assertEqual((closed["type"], closed["code"], quiet), ("websocket.close", 4404, True))
        self.assert_refused(self.path, signed_in_daughter)

    def test_a_hint_carries_nothing_but_the_visits_number(self):
        async def listen():
            layer = get_channel_layer()
            channel = await layer.new_channel()
            await layer.group_add(hints.clinic_group(self.visit.clinic_id), channel)
            await sync_to_async(flow.call_in)(self.visit, by=self.doctor)
            return await asyncio.wait_for(layer.receive(channel), WAIT)

        self.assertEqual(async_to_sync(listen)(), {"type": "visit.changed", "visit": str(self.visit.pk)})

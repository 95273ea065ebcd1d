"""Before the call: the echo by way of the server, words for each browser, and the phone instead."""

import asyncio
import uuid
from datetime import timedelta

import time_machine
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.test import SimpleTestCase, TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.errors import Refused
from accounts.models import AuditEvent
from tests.factories import make_assistant, make_clinic, make_doctor, make_patient, make_user, make_visit
from video import browsers, echo, phone
from video.models import PhoneWish
from video.rooms import NotOfThisVisit
from video.routing import websocket_urlpatterns
from visits import flow, links

from .test_socket import media

ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-S918N) AppleWebKit/537.36 (KHTML, like Gecko) "
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
CHROME = "Chrome/126.0.0.0 Mobile Safari/537.36"
AGENTS = {
    "samsung": ANDROID + "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
    "android": ANDROID + CHROME,
    "ios": IPHONE + "Version/17.5 Mobile/15E148 Safari/604.1",
    "ios-app": IPHONE + "CriOS/126.0 Mobile/15E148 Safari/604.1",
    "firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "chrome": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "safari": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
    "other": "",
}
IN_APPS = {
    "KakaoTalk": ANDROID + "Version/4.0 Chrome/126.0 Mobile Safari/537.36;KAKAOTALK 2410460",
    "Instagram": IPHONE + "Mobile/15E148 Instagram 330.0.0.27.85",
    "Facebook": ANDROID + "Chrome/126.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/468.0.0.0.0;]",
    "NAVER": ANDROID + "Version/4.0 Chrome/126.0 Mobile Safari/537.36 NAVER(inapp; search; 1000; 12.8.2)",
    "LINE": IPHONE + "Mobile/15E148 Safari Line/14.9.0",
}
HERE = "https://naru.example/v/abc/"


class BrowserTest(SimpleTestCase):
    def test_each_browser_is_known_and_has_words_of_its_own(self):
        words = {name: browsers.denied(agent) for name, agent in AGENTS.items()}
        self.assertEqual({name: browsers.family(agent) for name, agent in AGENTS.items()}, {name: name for name in AGENTS})
        self.assertEqual(len(set(words.values())), len(words))

    def test_a_browser_inside_another_app_is_known(self):
        for name, agent in IN_APPS.items():
            self.assertEqual(browsers.in_app(agent), name)
        for agent in AGENTS.values():
            self.assertEqual(browsers.in_app(agent), "")

    def test_each_has_a_way_out(self):
        ways = {name: browsers.way_out(agent, HERE) for name, agent in IN_APPS.items()}
        self.assertEqual(ways["KakaoTalk"], "kakaotalk://web/openExternal?url=https%3A%2F%2Fnaru.example%2Fv%2Fabc%2F")
        self.assertEqual(ways["NAVER"], "intent://naru.example/v/abc/#Intent;scheme=https;package=com.android.chrome;end")
        self.assertEqual(ways["Instagram"], f"x-safari-{HERE}")


class CheckTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.doctor, self.assistant = make_doctor(clinic=self.clinic), make_assistant(clinic=self.clinic)
        self.owner = make_user()
        self.patient = make_patient(clinic=self.clinic, user=self.owner, phone="010-1234-5678")
        self.visit = make_visit(patient=self.patient)
        self.client.force_login(self.owner)

    def url(self, name):
        return reverse(f"video:{name}", args=[self.visit.pk])


class CheckPageTest(CheckTest):
    def test_an_in_app_browser_gets_the_visits_own_link_and_a_button(self):
        page = self.client.get(self.url("check"), headers={"User-Agent": IN_APPS["KakaoTalk"]})
        self.assertContains(page, "kakaotalk://web/openExternal?url=")
        self.assertContains(page, "data-way-out")
        self.assertIn("/v/", page.context["link"])
        self.assertNotContains(self.client.get(self.url("check"), headers={"User-Agent": AGENTS["chrome"]}), "data-way-out")

    def test_the_number_we_know_is_filled_in(self):
        self.assertContains(self.client.get(self.url("check")), 'value="010-1234-5678"')

    def test_staff_check_their_own_devices_and_see_no_phone_form(self):
        self.client.force_login(self.assistant)
        self.assertNotContains(self.client.get(self.url("check")), self.url("ask-for-call"))


class PhoneTest(CheckTest):
    def ask(self, number="010-1234-5678"):
        return self.client.post(self.url("ask-for-call"), {"number": number})

    def test_the_visit_and_its_place_stay_and_the_doctor_sees_the_number(self):
        before = (self.visit.state, self.visit.waiting_since)
        self.assertRedirects(self.ask(), reverse("visit", args=[self.visit.pk]))
        self.visit.refresh_from_db()
        self.assertEqual((self.visit.state, self.visit.waiting_since), before)
        self.assertContains(self.client.get(reverse("visit", args=[self.visit.pk])), "01012345678")
        self.client.force_login(self.doctor)
        self.assertContains(self.client.get(reverse("desk:queue")), 'href="tel:01012345678"')
        flow.call_in(self.visit, by=self.doctor)
        self.assertContains(self.client.get(reverse("desk:visit", args=[self.visit.pk])), 'href="tel:01012345678"')
        self.client.force_login(self.assistant)
        self.assertContains(self.client.get(reverse("desk:frontdesk")), 'href="tel:01012345678"')
        self.assertTrue(AuditEvent.objects.filter(action="phone.ask", by=self.owner, patient=self.patient).exists())

    def test_it_works_with_the_link_alone(self):
        self.client.logout()
        self.client.get(links.make(self.visit))
        self.ask()
        self.assertEqual(PhoneWish.objects.get().number, "01012345678")

    def test_what_is_no_number_is_refused_with_an_example(self):
        for number in ("", "call me", "123", "0" * 16, "010 1234 5678; DROP"):
            with self.subTest(number=number):
                answer = self.ask(number)
                self.assertEqual(answer.status_code, 409)
        self.assertFalse(PhoneWish.objects.exists())

    def test_by_video_after_all(self):
        self.ask()
        self.client.post(self.url("no-call"))
        self.assertIsNone(phone.wish_of(self.visit))
        self.ask("02-123-4567")
        self.assertEqual(phone.wish_of(self.visit).number, "021234567")

    def test_the_staff_write_down_that_they_called(self):
        self.ask()
        self.client.force_login(self.doctor)
        self.client.post(self.url("called"))
        self.assertEqual(PhoneWish.objects.get().called_by, self.doctor)
        phone.take_back(self.visit, by=self.owner)
        self.assertEqual(self.client.post(self.url("called")).status_code, 409)

    def test_after_the_visit_nobody_is_called(self):
        flow.leave(self.visit, by=None)
        self.visit.refresh_from_db()
        with self.assertRaises(Refused):
            phone.ask_for_call(self.visit, number="01012345678", by=self.owner)

    def test_another_doctor_does_not_ask_for_the_patient(self):
        with self.assertRaises(NotOfThisVisit):
            phone.ask_for_call(self.visit, number="01012345678", by=make_doctor(clinic=self.clinic))

    def test_strangers_and_wrong_methods(self):
        for name in ("ask-for-call", "no-call", "called"):
            self.assertEqual(self.client.get(self.url(name)).status_code, 405)
        self.assertEqual(self.client.post(self.url("called")).status_code, 404)  # the patient is not the staff
        for stranger in (make_user(), make_doctor(), make_assistant()):
            self.client.force_login(stranger)
            for name in ("ask-for-call", "no-call", "called"):
                self.assertEqual(self.client.post(self.url(name), {"number": "01012345678"}).status_code, 404)


class EchoSocketTest(SimpleTestCase):
    async def come(self, address=None):
        socket = WebsocketCommunicator(URLRouter(websocket_urlpatterns), address or echo.address(uuid.uuid4()))
        await socket.connect(timeout=10)
        return socket

    async def test_whoever_has_the_page_gets_a_room_of_their_own(self):
        async with media():
            socket = await self.come()
            self.assertEqual((await socket.receive_json_from(timeout=10))["type"], "welcome")
            self.assertEqual((await socket.receive_json_from(timeout=10))["type"], "joined")
            await socket.disconnect()

    async def test_a_stranger_and_an_old_page_are_sent_away(self):
        old = echo.address(uuid.uuid4())
        with time_machine.travel(timezone.now() + timedelta(seconds=echo.PAGE_SECONDS + 2), tick=False):
            for address in ("/ws/check/forged/", old):
                socket = await self.come(address)
                self.assertEqual((await socket.receive_output(timeout=10))["code"], echo.STRANGER)

    async def test_nonsense_and_floods_end_the_check(self):
        for texts in (["{"], ['{"type": "restart"}'] * (echo.MOST_MESSAGES + 1)):
            async with media():
                socket = await self.come()
                for text in texts:
                    await socket.send_to(text_data=text)
                while (output := await socket.receive_output(timeout=10))["type"] != "websocket.close":
                    await asyncio.sleep(0)
                self.assertEqual(output["code"], echo.STRANGER)
                await socket.disconnect()

import json
from datetime import timedelta

import time_machine
from django.test import SimpleTestCase, TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from messaging import planning, push, sending, webpush
from messaging.models import Channel, Message, PushDevice
from tests.factories import make_doctor, make_patient, make_user, make_visit
from tests.messaging import make_booking
from tests.messaging.pushed import Browser, b64, decrypt, public, unb64
from visits import links
from visits.states import State

HEALTH = ("pain", "urgent", "fever", "triage", "symptom", "아프", "통증", "응급", "증상")


class StandardTest(SimpleTestCase):
    def test_the_example_of_the_standard_comes_out_byte_for_byte(self):
        """RFC 8291, section 5: keys, salt and the resulting body as printed there."""
        own = webpush.private_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
        theirs = webpush.private_key("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")
        secret = unb64("BTBZMqHH6r4Tts7J_aSIgg")
        words = b"When I grow up, I want to be a watermelon"
        body = webpush.encrypt(words, key=public(theirs), secret=secret, salt=unb64("DGv6ra1nlYgDCS1FRnbzlw"), own=own)
        self.assertEqual(
            b64(body),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
            "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
        )
        self.assertEqual(decrypt(body, theirs, secret), words)

    def test_no_two_bodies_are_alike(self):
        key, secret = public(webpush.private_key("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")), b"sixteen secrets!"
        self.assertNotEqual(*(webpush.encrypt(b"same", key=key, secret=secret) for _ in range(2)))

    def test_a_key_survives_being_written_down(self):
        key = push.own_key()
        self.assertEqual(webpush.point(webpush.private_key(webpush.written(key))), webpush.point(key))


@override_settings(PUSH_MAY_BE_PRIVATE=True)
class PushCase(TestCase):
    def setUp(self):
        self.user = make_user(language="en")
        self.visit = make_visit(patient=make_patient(user=self.user, name="Ann Lee"), state=State.WAITING)

    def subscribe(self, browser, client=None):
        url = reverse("messaging:subscribe")
        return (client or self.client).post(url, json.dumps(browser.subscription), content_type="application/json")

    def be_next(self):
        with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=False):
            planning.plan_next()
            sending.send_due()

    def pushed(self):
        return Message.objects.filter(channel=Channel.PUSH)


class SendTest(PushCase):
    def test_you_are_next_reaches_the_browser_once_and_names_no_health(self):
        self.client.force_login(self.user)
        with Browser() as browser:
            self.assertEqual(self.subscribe(browser).status_code, 204)
            self.be_next()
            self.be_next()
        (shown,) = browser.shown
        self.assertEqual(shown["title"], "Naru: Ann Lee is next")
        self.assertIn(links.make(self.visit)[:20], shown["url"])
        self.assertNotIn("http", shown["body"])
        self.assertFalse([word for word in HEALTH if word in json.dumps(shown, ensure_ascii=False).lower()])
        self.assertEqual(self.pushed().get().state, "sent")
        self.assertNotIn(b"Ann Lee", browser.bodies[0])

    def test_the_push_service_can_check_who_sends(self):
        self.client.force_login(self.user)
        with Browser() as browser:
            self.subscribe(browser)
            self.be_next()
        scheme, key, claims = browser.claims()
        self.assertEqual((scheme, key), ("vapid", push.public_key()))
        self.assertTrue(browser.endpoint.startswith(claims["aud"]))
        self.assertLess(claims["exp"] - timezone.now().timestamp(), 24 * 3600)
        head = browser.heads[0]
        self.assertEqual((head["Content-Encoding"], head["Urgency"]), ("aes128gcm", "high"))
        self.assertLessEqual(len(head["Topic"]), 32)

    def test_a_browser_that_is_gone_is_forgotten(self):
        self.client.force_login(self.user)
        for status in 404, 410:
            with Browser(status) as browser:
                self.subscribe(browser)
                Message.objects.all().delete()
                self.be_next()
            self.assertFalse(PushDevice.objects.exists())
            self.assertEqual(self.pushed().get().state, "failed")

    def test_a_service_that_is_busy_is_tried_again_and_holds_up_no_other_browser(self):
        self.client.force_login(self.user)
        with Browser(503) as busy, Browser() as well:
            self.subscribe(busy)
            self.subscribe(well)
            self.be_next()
            self.assertEqual((len(busy.shown), len(well.shown)), (0, 1))
            with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
                sending.send_due()
        self.assertEqual(len(busy.shown), 1)

    def test_what_was_planned_for_one_person_never_reaches_a_browser_that_another_took_over(self):
        with Browser() as browser:
            for user in self.user, make_user():
                self.client.force_login(user)
                self.subscribe(browser)
                with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=False):
                    planning.plan_next()
            with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=False):
                sending.send_due()
        self.assertEqual(browser.shown, [])
        self.assertEqual(self.pushed().get().state, "failed")

    def test_what_was_planned_for_a_borrowed_browser_is_not_told_days_later(self):
        self.client.get(links.make(self.visit))
        with Browser() as browser:
            self.subscribe(browser)
            with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=False):
                planning.plan_next()
                PushDevice.objects.update(seen_at=timezone.now() - timedelta(hours=25))
                sending.send_due()
        self.assertEqual((browser.shown, self.pushed().get().state), ([], "failed"))

    def test_who_asks_after_booking_is_told_of_what_is_booked(self):
        make_booking(patient=self.visit.patient)
        self.client.force_login(self.user)
        with Browser() as browser:
            for _ in range(2):
                self.subscribe(browser)
        self.assertEqual(self.pushed().get().kind, "hour")

    def test_an_answer_without_end_holds_up_no_worker(self):
        self.client.force_login(self.user)
        with Browser() as browser:
            browser.talks_on = True
            self.subscribe(browser)
            self.be_next()
        self.assertEqual(self.pushed().get().state, "sent")

    def test_an_address_inside_some_house_is_never_asked(self):
        self.client.force_login(self.user)
        with Browser() as browser:
            self.subscribe(browser)
            with override_settings(PUSH_MAY_BE_PRIVATE=False):
                self.be_next()
        self.assertEqual((browser.heads, self.pushed().get().state), ([], "failed"))


class SubscribeTest(PushCase):
    def test_the_holder_of_a_link_is_told_too(self):
        self.client.get(links.make(self.visit))
        with Browser() as browser:
            self.subscribe(browser)
        self.assertEqual(PushDevice.objects.get().patient, self.visit.patient)

    def test_a_browser_that_a_link_opened_may_be_borrowed_and_is_told_for_a_day(self):
        self.client.get(links.make(self.visit))
        with Browser() as browser:
            self.subscribe(browser)
            PushDevice.objects.update(seen_at=timezone.now() - timedelta(hours=25))
            self.be_next()
            self.assertEqual(browser.shown, [])
            Message.objects.all().delete()
            self.subscribe(browser)
            self.be_next()
        self.assertEqual(len(browser.shown), 1)

    def test_the_next_person_at_a_shared_tablet_takes_the_browser_over(self):
        with Browser() as browser:
            for user in self.user, make_user():
                self.client.force_login(user)
                self.subscribe(browser)
        self.assertEqual(PushDevice.objects.get().user, user)

    def test_signing_out_or_a_click_ends_it(self):
        for url in reverse("account_logout"), reverse("messaging:unsubscribe"):
            self.client.force_login(self.user)
            with Browser() as browser:
                self.subscribe(browser)
            self.client.post(url)
            self.assertFalse(PushDevice.objects.exists())

    def test_nobody_unknown_subscribes(self):
        with Browser() as browser:
            self.assertEqual(self.subscribe(browser).status_code, 404)

    def test_what_is_no_subscription_is_refused_with_a_sentence(self):
        self.client.force_login(self.user)
        good = {"endpoint": "https://push.example/1", "keys": {"p256dh": "BA", "auth": "x"}}
        elsewhere = [json.dumps({**good, "endpoint": address}) for address in ("ftp://x", "https://x\0")]
        for told in ("no json", "[" * 100_000, "[]", "{}", json.dumps(good), *elsewhere):
            answer = self.client.post(reverse("messaging:subscribe"), told, content_type="application/json")
            self.assertContains(answer, "This browser did not say how it can be reached.", status_code=400)

    def test_five_browsers_of_one_person_are_enough(self):
        self.client.force_login(self.user)
        with Browser() as browser:
            for number in range(7):
                told = browser.subscription | {"endpoint": f"https://push.example/{number}"}
                push.subscribe(told, user=self.user)
        self.assertEqual(PushDevice.objects.count(), 5)

    def test_the_worker_stands_at_the_root_and_wrong_methods_are_refused(self):
        worker = self.client.get("/worker.js")
        self.assertEqual(worker["Content-Type"], "text/javascript; charset=utf-8")
        self.assertEqual(self.client.post("/worker.js").status_code, 405)
        for name in "subscribe", "unsubscribe":
            self.assertEqual(self.client.get(reverse(f"messaging:{name}")).status_code, 405)

    def test_the_page_of_a_visit_offers_it_hidden_until_the_browser_says_that_it_can(self):
        self.client.force_login(self.user)
        page = self.client.get(reverse("visit", args=[self.visit.pk]))
        self.assertContains(page, f'data-push="{push.public_key()}"')
        self.client.force_login(make_doctor(clinic=self.visit.clinic))
        self.assertEqual(self.client.get(reverse("visit", args=[self.visit.pk])).status_code, 302)

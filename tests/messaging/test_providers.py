from django.test import SimpleTestCase, override_settings

from messaging import providers
from messaging.words import Letter
from tests.messaging.gateway import Gateway

LETTER = Letter("hour", "sms", "ko", "나루: 한 시간 뒤", "2026년 11월 26일 (목) 14:30\nhttps://naru.example/v/abc/")


class HttpTest(SimpleTestCase):
    def send(self, *answers):
        with Gateway(*answers) as gateway:
            providers.Http(gateway.url, "secret").send(LETTER, to="010-1234-5678", key="k1")
        return gateway

    def test_a_letter_is_one_json_post_with_a_key(self):
        gateway = self.send()
        self.assertEqual(
            gateway.asked,
            [{"to": "010-1234-5678", "channel": "sms", "kind": "hour", "language": "ko", "text": LETTER.short}],
        )
        self.assertEqual(gateway.headers[0]["Authorization"], "Bearer secret")
        self.assertEqual(gateway.keys, ["k1"])

    def test_a_key_that_is_known_there_counts_as_sent(self):
        self.send(409)

    def test_busy_broken_or_locked_means_later(self):
        for status in 401, 403, 408, 425, 429, 500, 503:
            with self.subTest(status=status), self.assertRaises(providers.Away):
                self.send(status)

    def test_a_letter_that_is_refused_is_not_tried_again(self):
        for status in 400, 404, 410, 422:
            with self.subTest(status=status), self.assertRaises(providers.Undeliverable):
                self.send(status)

    def test_nobody_there_means_later(self):
        with self.assertRaises(providers.Away):
            providers.Http("http://127.0.0.1:1/", "").send(LETTER, to="1", key="k")


class WayTest(SimpleTestCase):
    def test_without_anything_set_up_every_letter_is_a_file(self):
        for channel in "email", "sms", "kakao":
            self.assertIsInstance(providers.of(channel), providers.Files)

    @override_settings(MAIL_IS_SET_UP=True, SMS_URL="https://a.example", KAKAO_URL="https://b.example")
    def test_each_channel_goes_its_way(self):
        self.assertIsInstance(providers.of("email"), providers.Mail)
        self.assertEqual(providers.of("sms").url, "https://a.example")
        self.assertEqual(providers.of("kakao").url, "https://b.example")

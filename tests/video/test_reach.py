"""What browsers are told of ways to us."""

import base64
import hashlib
import hmac
import time
from types import SimpleNamespace

from django.core.checks import run_checks
from django.test import SimpleTestCase, override_settings

from video.reach import RELAY_SECONDS, ice_servers

SEAT = SimpleNamespace(pk="seat")
RELAY = {"TURN_URLS": ["turns:turn.example:443?transport=tcp"], "TURN_SECRET": "shared"}


class RelayTest(SimpleTestCase):
    def test_without_a_relay_nobody_is_asked(self):
        self.assertEqual(ice_servers(SEAT), [])

    @override_settings(**RELAY)
    def test_a_relay_opens_for_one_seat_and_for_a_few_hours(self):
        (server,) = ice_servers(SEAT)
        until, _, seat = server["username"].partition(":")
        self.assertEqual(seat, "seat")
        self.assertAlmostEqual(int(until), time.time() + RELAY_SECONDS, delta=5)
        seal = hmac.digest(b"shared", server["username"].encode(), hashlib.sha1)
        self.assertEqual(base64.b64decode(server["credential"]), seal)

    @override_settings(TURN_URLS=["turn.example"], TURN_SECRET="shared")
    def test_an_address_that_is_none_is_found_at_start(self):
        self.assertIn("naru.E005", [found.id for found in run_checks()])

    @override_settings(TURN_URLS=RELAY["TURN_URLS"], TURN_SECRET="")
    def test_a_relay_without_its_secret_is_found_at_start(self):
        self.assertIn("naru.E005", [found.id for found in run_checks()])

    @override_settings(MEDIA_ENGINE="jannus")
    def test_an_unknown_engine_is_found_at_start(self):
        self.assertIn("naru.E004", [found.id for found in run_checks()])

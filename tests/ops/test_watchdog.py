"""A worker that hears nothing any more makes room for another."""

import os
import subprocess
import sys
import time
from unittest import TestCase

from django.conf import settings

from telehealth.watchdog import Watchdog
from tests.product import ROOT

DEAF = """
import sys, time
from redis import Redis
from telehealth import watchdog
watchdog.LOOK_SECONDS, watchdog.QUEUE = 0.1, sys.argv[1]
watchdog.watch(watchdog.Watchdog(patience=0.5), sys.argv[2])
"""


class WatchdogTest(TestCase):
    def test_deaf_is_who_leaves_work_lying(self):
        dog = Watchdog(patience=0.05)
        self.assertFalse(dog.is_deaf(waiting=3, in_hand=0))
        time.sleep(0.1)
        self.assertTrue(dog.is_deaf(waiting=3, in_hand=0))
        dog.note()
        self.assertFalse(dog.is_deaf(waiting=3, in_hand=0))

    def test_who_works_or_has_no_work_is_not_deaf(self):
        for waiting, in_hand in ((0, 0), (3, 1)):
            dog = Watchdog(patience=0.05)
            time.sleep(0.1)
            self.assertFalse(dog.is_deaf(waiting, in_hand))

    def test_it_ends_itself_when_work_lies_and_not_before(self):
        from redis import Redis

        queue = "watchdog-test"
        with Redis.from_url(settings.REDIS_URL) as redis:
            environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "telehealth.settings"}
            worker = subprocess.Popen([sys.executable, "-c", DEAF, queue, settings.REDIS_URL], cwd=ROOT, env=environment)
            time.sleep(2)
            self.assertIsNone(worker.poll())
            redis.rpush(queue, "a task that nobody takes")
            self.addCleanup(worker.kill)
            self.assertEqual(worker.wait(30), -9)
            redis.delete(queue)

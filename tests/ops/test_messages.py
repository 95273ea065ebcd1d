"""A real worker is killed in the middle of sending; the next one goes on, and one message arrives."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from django.utils import timezone
from redis import Redis

from messaging.models import Kind, Message
from telehealth.celery import app
from tests.factories import make_patient, make_user
from tests.messaging import make_booking
from tests.messaging.gateway import Gateway
from tests.product import ROOT

QUEUE = "messages-test"
WORKER = f"""
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "telehealth.settings"
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from telehealth.celery import app
django.setup()
app.worker_main(["worker", "--pool", "solo", "-Q", "{QUEUE}", "-l", "WARNING", "--without-gossip", "--without-mingle"])
"""


@pytest.mark.once
class KilledWorkerTest(TransactionTestCase):
    def setUp(self):
        self.redis = Redis.from_url(settings.REDIS_URL)
        self.redis.delete(QUEUE)
        self.workers = []
        self.addCleanup(self.redis.close)

    def worker(self, url):
        environment = {**os.environ, "SMS_URL": url, "NARU_STATE": str(settings.NARU_STATE)}
        command = [sys.executable, "-c", WORKER, str(connection.settings_dict["NAME"])]
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
        self.addCleanup(process.wait, 10)
        self.addCleanup(process.kill)
        self.workers.append(process)
        return process

    def test_one_message_arrives_although_its_worker_is_killed_between_sending_and_marking(self):
        make_booking(patient=make_patient(phone="010-1111-2222"), by=make_user("assistant"))
        message = Message.objects.get(kind=Kind.CONFIRMATION)
        arrived = threading.Semaphore(0)

        def on_letter(known):
            if not known:
                self.workers[0].send_signal(signal.SIGKILL)  # it hears no answer any more
                self.workers[0].wait()
            arrived.release()

        with Gateway(on_letter=on_letter) as gateway:
            first = self.worker(gateway.url)
            app.send_task("messaging.tasks.sweep", queue=QUEUE)
            self.assertTrue(arrived.acquire(timeout=60))
            self.assertEqual(first.returncode, -signal.SIGKILL)
            message.refresh_from_db()
            self.assertEqual((message.state, message.tries), ("planned", 0))
            Message.objects.filter(pk=message.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))  # two minutes later
            self.worker(gateway.url)
            app.send_task("messaging.tasks.sweep", queue=QUEUE)
            self.assertTrue(arrived.acquire(timeout=60))
            self.wait_until_sent(message)
        self.assertEqual(gateway.keys, [str(message.pk)] * 2)
        self.assertEqual(len(gateway.asked), 1)

    def wait_until_sent(self, message):
        """The gateway has answered; the worker writes that down."""
        for _ in range(200):
            message.refresh_from_db()
            if message.state == "sent":
                return
            threading.Event().wait(0.05)
        self.fail("the message was not marked as sent")

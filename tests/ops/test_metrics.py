"""/metrics: figures for who has the token, and no person in them."""

import json
import re
from dataclasses import replace

from django.test import TestCase, override_settings

from tests.factories import make_visit
from tests.video.faults import WELL
from video import metrics, watching
from video.media.leases import heartbeat_key
from video.media.meter import stats_key
from visits.states import State

SAMPLE = re.compile(r'^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+$')

TOKEN = "a long word"


@override_settings(METRICS_TOKEN=TOKEN)
class MetricsTest(TestCase):
    def setUp(self):
        watching.redis().flushdb()
        self.addCleanup(watching.redis().flushdb)

    def get(self, token=TOKEN):
        return self.client.get("/metrics", headers={"Authorization": f"Bearer {token}"})

    def samples(self):
        lines = self.get().content.decode().splitlines()
        return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))

    def report(self, **changed):
        for name, number in metrics.of_report(replace(WELL, **changed)).items():
            watching.redis().hincrbyfloat(metrics.KEY, name, number)

    def test_the_token_opens_it_and_nothing_else_does(self):
        self.assertEqual(self.get().status_code, 200)
        self.assertEqual(self.get("guess").status_code, 404)
        self.assertEqual(self.client.get("/metrics").status_code, 404)

    @override_settings(METRICS_TOKEN="")
    def test_without_a_token_in_the_settings_there_is_no_such_page(self):
        self.assertEqual(self.get("").status_code, 404)

    def test_a_wrong_method_is_refused(self):
        self.assertEqual(self.client.post("/metrics").status_code, 405)

    def test_what_browsers_report_fills_the_histograms(self):
        self.report(lost_down=3, joined=1.2, freezes=2)
        self.report(lost_down=30)
        samples = self.samples()
        self.assertEqual(samples['naru_reports_total{path="direct",transport="udp"}'], "2")
        self.assertEqual(
            [samples[f'naru_loss_down_percent_bucket{{le="{edge}"}}'] for edge in (2, 5, 50, "+Inf")], ["0", "1", "2", "2"]
        )
        self.assertEqual((samples["naru_loss_down_percent_sum"], samples["naru_loss_down_percent_count"]), ("33", "2"))
        self.assertEqual((samples["naru_join_seconds_count"], samples["naru_freezes_total"]), ("1", "2"))

    def test_workers_and_queues_are_shown_while_they_live(self):
        watching.redis().set(heartbeat_key("w1"), 3)
        watching.redis().set(stats_key("w1"), json.dumps({"rooms": 2, "people": 3, "packets": 12_345_678, "rate_down": 900.5}))
        watching.redis().set(stats_key("dead"), json.dumps({"rooms": 9}))
        watching.redis().rpush("celery", "task")
        make_visit(state=State.WAITING)
        samples = self.samples()
        self.assertEqual(
            (samples['naru_media_load{worker="w1"}'], samples['naru_media_packets_total{worker="w1"}']), ("3", "12345678")
        )
        self.assertNotIn('naru_media_rooms{worker="dead"}', samples)
        self.assertEqual((samples["naru_tasks_waiting"], samples['naru_visits{state="waiting"}']), ("1", "1"))

    @override_settings(REDIS_URL="redis://127.0.0.1:1/0")
    def test_without_redis_the_rest_is_still_told(self):
        make_visit(state=State.WAITING)
        samples = self.samples()
        self.assertEqual((samples["naru_redis_up"], samples['naru_visits{state="waiting"}']), ("0", "1"))

    def test_every_line_can_be_read_and_none_names_a_person(self):
        visit = make_visit(state=State.IN_PROGRESS)
        self.report()
        page = self.get().content.decode()
        for line in page.splitlines():
            self.assertTrue(line.startswith("# ") or SAMPLE.match(line), line)
        for secret in (visit.patient.name, str(visit.pk), visit.practitioner.name):
            self.assertNotIn(secret, page)

"""The waits by group are public, small groups stay hidden, and a gap is a coordinator's task."""

from datetime import timedelta

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from oversight import tasks, waits
from oversight.models import Alarm, FairnessReport
from tests.factories import make_clinic, make_doctor, make_practitioner, make_user, make_visit
from tests.oversight import make_seen
from visits import acuity, flow
from visits.models import Source, Visit


class Waits(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.clinic = make_clinic()
        for number in range(12):
            make_seen(clinic=cls.clinic, minutes=10 + number % 3)
            make_seen(clinic=cls.clinic, minutes=20 + number % 3, channel="phone")
        make_seen(clinic=cls.clinic, minutes=15, channel="clinic")
        cls.coordinator = make_practitioner(clinic=cls.clinic, role="coordinator").user

    def setUp(self):
        self.client.cookies["django_language"] = "en"


class PageTest(Waits):
    def test_everybody_may_read_it(self):
        page = self.client.get(reverse("oversight:fairness"))
        for words in ("At least 20 people", "from home", "by phone", "Fewer than 10 people", "% longer"):
            self.assertContains(page, words)
        self.assertEqual(self.client.post(reverse("oversight:fairness")).status_code, 405)

    def test_programs_read_the_same(self):
        found = self.client.get(reverse("oversight:fairness-json")).json()
        channels = {row["group"]: row for row in found["dimensions"]["channel"]}
        self.assertEqual(channels["app"]["people"], 12)
        self.assertEqual(channels["app"]["median_minutes"][0], 11)
        self.assertEqual(channels["clinic"], {
            "group": "clinic", "people": None, "median_minutes": None, "p95_minutes": None, "gap_percent": None,
            "left_percent": None, "alarm": False, "label": "at the clinic",
        })  # fmt: skip
        self.assertEqual(set(found["dimensions"]), {"channel", "clinic", "language", "age"})

    def test_it_is_weighed_once_a_day(self):
        self.client.get(reverse("oversight:fairness"))
        make_seen(clinic=self.clinic, minutes=5)
        self.client.get(reverse("oversight:fairness-json"))
        self.assertEqual(FairnessReport.objects.count(), 1)

    def test_before_anybody_was_seen_it_says_so(self):
        Visit.objects.update(called_at=None)
        self.assertContains(self.client.get(reverse("oversight:fairness")), "nothing to show yet")

    def test_the_level_at_the_call_counts_and_days_long_past_do_not(self):
        visit = make_seen(clinic=make_clinic(), minutes=5, level=2)
        Visit.objects.exclude(pk=visit.pk).update(called_at=timezone.now() - timedelta(days=60))
        acuity.judge(visit, 5, by=None, source=Source.CLINICIAN, reason="after the call")
        [(minutes, level, groups)] = waits._people(timezone.localdate())
        self.assertEqual((round(minutes), level, groups["age"]), (5, 2, "40-64"))


class LeftTest(Waits):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        yesterday = timezone.now() - timedelta(days=1)
        for channel, number in (("app", 4), ("clinic", 11), ("phone", 1)):
            for _person in range(number):
                visit = make_visit(clinic=cls.clinic, channel=channel)
                flow.leave(visit, by=None)
                Visit.objects.filter(pk=visit.pk).update(waiting_since=yesterday - timedelta(hours=1), ended_at=yesterday)

    def channels(self):
        found = self.client.get(reverse("oversight:fairness-json")).json()
        return {row["group"]: row for row in found["dimensions"]["channel"]}

    def test_who_left_without_being_seen_is_a_share_of_all_who_came(self):
        self.assertEqual(self.channels()["app"]["left_percent"], [25, 10, 49])
        self.assertContains(self.client.get(reverse("oversight:fairness")), "Left without being seen")

    def test_a_group_that_is_hardly_ever_seen_is_not_hidden_with_its_waits(self):
        row = self.channels()["clinic"]
        self.assertEqual((row["people"], row["left_percent"][0]), (None, 92))
        self.assertContains(self.client.get(reverse("oversight:fairness")), "Fewer than 10 people were seen")

    def test_who_went_before_their_booked_time_did_not_wait(self):
        Visit.objects.filter(state="cancelled").update(waiting_since=timezone.now())
        self.assertEqual(self.channels()["app"]["left_percent"][0], 0)


class AlarmTest(Waits):
    def test_a_gap_is_a_task_on_the_board_until_somebody_says_what_is_done(self):
        tasks.weigh_waits()
        tasks.weigh_waits()
        alarm = Alarm.objects.get()
        self.assertEqual((alarm.dimension, alarm.group), ("channel", "phone"))
        self.client.force_login(self.coordinator)
        self.assertContains(self.client.get(reverse("desk:board")), "Who waits longer than others")
        address = reverse("oversight:see-to", args=[alarm.pk])
        self.assertEqual(self.client.post(address, {"answer": " "}).status_code, 409)
        self.assertRedirects(self.client.post(address, {"answer": "a second line is opened"}), reverse("desk:board"))
        self.assertNotContains(self.client.get(reverse("desk:board")), "Who waits longer than others")
        alarm.refresh_from_db()
        self.assertEqual((alarm.done_by, alarm.answer), (self.coordinator, "a second line is opened"))

    def test_others_do_not_find_it(self):
        tasks.weigh_waits()
        address = reverse("oversight:see-to", args=[Alarm.objects.get().pk])
        for user in (make_user(), make_doctor(clinic=self.clinic)):
            self.client.force_login(user)
            self.assertEqual(self.client.post(address, {"answer": "x"}).status_code, 404)
        self.client.force_login(self.coordinator)
        self.assertEqual(self.client.get(address).status_code, 405)

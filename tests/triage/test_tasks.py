import threading
from contextlib import contextmanager
from datetime import timedelta

from celery import current_app
from django.db import connection
from django.db.models.signals import pre_save
from django.test import TestCase, TransactionTestCase
from django.utils import timezone

from intake import telling
from intake.models import Intake
from tests.factories import make_doctor, make_intake
from triage import assessment, outbox, tasks
from triage.models import Assessment
from visits import flow
from visits.models import Source, Visit
from visits.states import State

WAIT = 30  # seconds; a bound, not a pause


@contextmanager
def broker_at(url):
    """Another broker for a while; nothing listens on port 1."""
    before = current_app.conf.broker_url
    forget_connections()
    current_app.conf.broker_url = url
    try:
        yield
    finally:
        current_app.conf.broker_url = before
        forget_connections()


def forget_connections():
    current_app.pool.force_close_all()
    current_app._pool = current_app.amqp._producer_pool = None


def everything_is_posted():
    outbox._postman.submit(lambda: None).result(WAIT)


def letters():
    with current_app.connection_for_read() as to_broker:
        return to_broker.default_channel.client.llen("celery")


def make_overdue(**fields):
    intake = make_intake(sent=True, **fields)
    Intake.objects.filter(pk=intake.pk).update(sent_at=timezone.now() - 2 * outbox.PATIENCE)
    return intake


class ForgottenTest(TestCase):
    def test_a_sent_and_unjudged_intake_is_found(self):
        intake = make_overdue()
        self.assertEqual(list(outbox.forgotten()), [intake.pk])

    def test_what_was_sent_just_now_is_on_its_way(self):
        make_intake(sent=True)
        self.assertFalse(outbox.forgotten())

    def test_what_is_still_being_written_is_left_alone(self):
        make_intake()
        with self.subTest("an hour later"):
            Intake.objects.update(sent_at=timezone.now() - timedelta(hours=1))
            self.assertFalse(outbox.forgotten())

    def test_a_judged_intake_is_not_forgotten_until_it_changes(self):
        intake = make_overdue()
        assessment.assess(intake.pk)
        self.assertFalse(outbox.forgotten())
        telling.save_vitals(intake.visit, {"temp": "39.5"}, by=None)
        self.assertEqual(list(outbox.forgotten()), [intake.pk])

    def test_a_clinicians_word_is_not_the_missing_judgement(self):
        intake = make_overdue()
        assessment.override(intake.visit, 4, reason="seen", by=make_doctor())
        self.assertEqual(list(outbox.forgotten()), [intake.pk])

    def test_who_has_left_needs_no_judgement(self):
        flow.leave(make_overdue().visit, by=None)
        self.assertFalse(outbox.forgotten())


class TaskTest(TestCase):
    def test_a_task_judges_and_may_run_twice(self):
        intake = make_intake(sent=True)
        for _ in range(2):
            tasks.assess(intake.pk)
        self.assertEqual(Assessment.objects.filter(intake=intake).count(), 1)

    def test_the_sweeper_judges_whatever_was_forgotten(self):
        forgotten = [make_overdue() for _ in range(3)]
        tasks.sweep()
        self.assertFalse(outbox.forgotten())
        self.assertEqual(Assessment.objects.filter(intake__in=forgotten).count(), 3)

    def test_one_story_that_cannot_be_judged_does_not_keep_the_others_waiting(self):
        broken, fine = make_overdue(), make_overdue()

        def full_disk(sender, instance, **_):
            if instance.intake_id == broken.pk:
                raise OSError("No space left on device")

        pre_save.connect(full_disk, sender=Assessment)
        self.addCleanup(pre_save.disconnect, full_disk, sender=Assessment)
        with self.assertLogs("triage.tasks", "ERROR") as logs:
            tasks.sweep()
        self.assertIn(str(broken.pk), logs.output[0])
        self.assertEqual(list(Assessment.objects.values_list("intake", flat=True)), [fine.pk])

    def test_the_names_of_the_tasks_are_those_that_are_posted_and_planned(self):
        current_app.loader.import_default_modules()
        planned = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
        self.assertLessEqual({"triage.tasks.assess", *planned}, set(current_app.tasks))


class PostTest(TransactionTestCase):
    def test_a_sent_intake_is_posted_after_commit(self):
        before = letters()
        make_intake(sent=True)
        everything_is_posted()
        self.assertEqual(letters(), before + 1)

    def test_without_redis_nothing_is_lost_and_nobody_waits(self):
        with broker_at("redis://127.0.0.1:1/0"):
            intake = make_intake(words="가슴이 조이고 식은땀이 나요", sent=True)
            everything_is_posted()
        visit = Visit.objects.get(pk=intake.visit_id)
        self.assertEqual((visit.state, intake.is_sent), (State.WAITING, True))
        self.assertLessEqual(visit.acuity, 2)  # the rules need no worker
        Intake.objects.update(sent_at=timezone.now() - 2 * outbox.PATIENCE)
        tasks.sweep()
        self.assertEqual(Assessment.objects.get().intake, intake)

    def test_two_workers_with_one_intake_write_one_judgement(self):
        intake = make_intake(sent=True)
        start, judged = threading.Barrier(4), []

        def work():
            start.wait(WAIT)
            try:
                judged.append(assessment.assess(intake.pk).pk)
            finally:
                connection.close()

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(WAIT)
        self.assertEqual((len(judged), len(set(judged))), (4, 1))
        self.assertEqual(Assessment.objects.exclude(source=Source.CLINICIAN).count(), 1)

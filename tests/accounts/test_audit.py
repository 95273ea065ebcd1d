from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import TestCase

from accounts import audit
from accounts.appendonly import Unchangeable
from accounts.models import AuditEvent
from tests.factories import make_doctor, make_patient, make_visit
from visits.models import Change


class RecordTest(TestCase):
    def test_an_event_says_who_what_whose_and_why(self):
        visit, doctor = make_visit(), make_doctor()
        event = audit.record(doctor, "visit.read", visit, why="second opinion")
        self.assertEqual((event.by, event.subject, event.subject_id), (doctor, "visits.visit", str(visit.pk)))
        self.assertEqual((event.patient, event.why), (visit.patient, "second opinion"))

    def test_the_holder_of_a_link_is_nobody_by_name(self):
        self.assertIsNone(audit.record(AnonymousUser(), "patient.read", make_patient()).by)

    def test_an_event_knows_where_the_deed_came_from(self):
        with audit.coming_from(AuditEvent.Via.API, "192.0.2.7"):
            event = audit.record(None, "patient.read", make_patient())
        self.assertEqual((event.via, event.address), ("api", "192.0.2.7"))
        self.assertEqual(audit.record(None, "patient.read", make_patient()).via, "system")

    def test_a_long_why_is_cut(self):
        self.assertEqual(len(audit.record(None, "patient.read", make_patient(), why="x" * 1000).why), 300)


class AppendOnlyTest(TestCase):
    def setUp(self):
        self.event = audit.record(None, "patient.read", make_patient())

    def test_a_row_is_never_changed(self):
        self.event.action = "patient.nothing"
        with self.assertRaises(Unchangeable):
            self.event.save()

    def test_a_row_is_never_deleted(self):
        with self.assertRaises(Unchangeable):
            self.event.delete()

    def test_many_rows_are_never_changed_or_deleted(self):
        rows = AuditEvent.objects.all()
        for deed in rows.delete, lambda: rows.update(action=""), lambda: rows.bulk_update([self.event], ["action"]):
            with self.assertRaises(Unchangeable):
                deed()
        self.assertTrue(rows.filter(pk=self.event.pk).exists())


if connection.vendor == "postgresql":  # SQLite has no such triggers in Naru; the whole suite runs on both

    class TriggerTest(TestCase):
        def assert_refused(self, sql, params):
            refused = self.assertRaisesMessage(DatabaseError, "never changed")
            with refused, transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql, params)

        def test_the_database_itself_keeps_the_audit(self):
            event = audit.record(None, "patient.read", make_patient())
            self.assert_refused("UPDATE accounts_auditevent SET action = 'x' WHERE id = %s", [event.pk])
            self.assert_refused("DELETE FROM accounts_auditevent WHERE id = %s", [event.pk])

        def test_the_database_itself_keeps_the_history_of_a_visit(self):
            change = Change.objects.filter(visit=make_visit()).first()
            self.assert_refused("UPDATE visits_change SET new = 'x' WHERE id = %s", [change.pk])
            self.assert_refused("DELETE FROM visits_change WHERE id = %s", [change.pk])

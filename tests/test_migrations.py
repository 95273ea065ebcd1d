"""A database that lived with an older version comes along, whatever stands in it."""

from datetime import timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import TransactionTestCase
from django.utils import timezone

from scheduling import waitlist
from scheduling.models import Offer
from tests.factories import make_clinic, make_doctor, make_patient, make_visit
from tests.scheduling import make_open_doctor
from visits.models import Change, Visit
from visits.states import State


def migrate(*targets):
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())


class OlderDatabaseTest(TransactionTestCase):
    def before(self, app, name):
        self.addCleanup(migrate)
        migrate((app, name))

    def test_of_several_who_share_a_room_the_last_called_stays(self):
        self.before("visits", "0002_on_hold")
        clinic = make_clinic()
        doctor = make_doctor(clinic=clinic)
        visits = [make_visit(state=State.IN_PROGRESS, clinic=clinic) for _person in range(3)]
        Visit.objects.all().update(practitioner=doctor.practitioner)
        elsewhere, emergency = (make_visit(state=State.IN_PROGRESS, acuity=level) for level in (3, 1))
        migrate()
        states = [Visit.objects.get(pk=visit.pk).state for visit in visits]
        self.assertEqual(states, [State.ON_HOLD, State.ON_HOLD, State.IN_PROGRESS])
        self.assertEqual(Change.objects.filter(new=State.ON_HOLD, old=State.IN_PROGRESS).count(), 2)
        for visit in elsewhere, emergency:
            self.assertEqual(Visit.objects.get(pk=visit.pk).state, State.IN_PROGRESS)

    def test_of_several_open_offers_of_one_wish_the_newest_stays_open(self):
        self.before("scheduling", "0002_no_overlap")
        now = timezone.now()
        doctor, clinic = make_open_doctor()
        place = {"practitioner": doctor, "clinic": clinic, "until": now + timedelta(days=9)}
        wish = waitlist.ask(make_patient(clinic=clinic), by=doctor.user, **place)
        times = {"entry": wish, "end": now + timedelta(days=2), "expires_at": now + timedelta(hours=1)}
        old, new = (Offer.objects.create(start=now + timedelta(days=days), **times) for days in (1, 2))
        migrate()
        self.assertEqual([Offer.objects.get(pk=offer.pk).state for offer in (old, new)], ["expired", "open"])

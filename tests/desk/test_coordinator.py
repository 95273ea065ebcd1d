from datetime import timedelta

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.factories import make_assistant, make_clinic, make_doctor, make_practitioner, make_user, make_visit
from video import rooms
from video.models import Participant
from visits import duty, errands
from visits.models import Shift, Task, Visit
from visits.states import State


class BoardTest(TestCase):
    def setUp(self):
        self.clinic, self.other = make_clinic(), make_clinic()
        coordinator = make_practitioner(clinic=self.clinic, role="coordinator")
        coordinator.clinics.add(self.other)
        self.coordinator = coordinator.user
        self.client.force_login(self.coordinator)
        self.page = reverse("desk:board")

    def rows(self):
        return {row["clinic"]: row for row in self.client.get(self.page).context["rows"]}

    def test_each_clinic_has_its_levels_its_longest_wait_and_its_late_ones(self):
        late, fresh = make_visit(clinic=self.clinic, acuity=2), make_visit(clinic=self.clinic, acuity=4)
        Visit.objects.filter(pk=late.pk).update(waiting_since=timezone.now() - timedelta(minutes=40))
        row = self.rows()[self.clinic]
        self.assertEqual([number for _level, _name, number in row["levels"]], [0, 1, 0, 1, 0])
        self.assertEqual((row["waiting"], row["longest"], row["late"]), (2, 40, 1))
        self.assertContains(self.client.get(self.page), reverse("desk:visit", args=[fresh.pk]))

    def test_who_is_with_a_doctor_stands_beside_the_doctor(self):
        visit = make_visit(state=State.IN_PROGRESS, clinic=self.other)
        self.assertEqual(self.rows()[self.other]["busy"], [visit])
        self.assertContains(self.client.get(self.page), visit.practitioner.name)

    def test_what_is_to_be_done_stands_in_one_list_the_greatest_danger_first(self):
        asks, silent = make_visit(clinic=self.clinic, acuity=2), make_visit(clinic=self.other, acuity=2)
        low, lost = make_visit(clinic=self.clinic, acuity=5), make_visit(clinic=self.other, acuity=1, state=State.IN_PROGRESS)
        for visit, kind in (asks, Task.Kind.PERSON), (low, Task.Kind.NO_ANSWER), (silent, Task.Kind.NO_ANSWER):
            errands.make(visit, kind, by=None)
        Visit.objects.filter(pk=lost.pk).update(called_at=timezone.now() - timedelta(minutes=5))
        room = rooms.open_for(lost)
        patient = Participant.objects.create(room=room, role="patient", name=lost.patient.name)
        Participant.objects.filter(pk=patient.pk).update(joined_at=timezone.now(), left_at=timezone.now() - timedelta(minutes=4))
        todo = self.client.get(self.page).context["todo"]
        self.assertEqual([(item.visit, item.kind) for item in todo][0], (lost, "line"))
        self.assertEqual([item.visit for item in todo], [lost, silent, asks, low])

    def test_the_forecast_says_how_sure_it_is(self):
        for _person in range(12):
            make_visit(clinic=self.clinic, acuity=3)
        self.client.cookies["django_language"] = "en"
        page = self.client.get(self.page)
        self.assertContains(page, "Still a guess")
        self.assertContains(page, "No doctor is on duty")
        self.assertContains(page, "More people need help")

    def test_each_doctor_is_on_duty_on_a_break_away_or_off(self):
        names = ["on", "pause", "away", "off"]
        doctors = [make_doctor(clinic=self.clinic) for _ in names]
        for doctor in doctors[:3]:
            duty.begin(by=doctor)
        duty.pause(by=doctors[1])
        Shift.objects.filter(practitioner=doctors[2].practitioner).update(seen_at=timezone.now() - timedelta(minutes=3))
        found = {doctor.practitioner: doctor.state for doctor in self.client.get(self.page).context["doctors"]}
        self.assertEqual([found[doctor.practitioner] for doctor in doctors], names)

    def test_a_doctor_who_has_left_is_not_asked_to_come(self):
        doctor = make_doctor(clinic=self.clinic)
        self.assertContains(self.client.get(self.page), doctor.practitioner.name)
        User.objects.filter(pk=doctor.pk).update(is_active=False)
        self.assertNotContains(self.client.get(self.page), doctor.practitioner.name)

    def test_clinics_of_others_are_not_shown_but_an_administrator_sees_all(self):
        elsewhere = make_visit()
        self.assertNotContains(self.client.get(self.page), elsewhere.patient.name)
        self.client.force_login(make_user("administrator"))
        self.assertContains(self.client.get(self.page), elsewhere.patient.name)

    def test_the_board_only_reads(self):
        visit = make_visit(clinic=self.clinic)
        page = self.client.get(reverse("desk:visit", args=[visit.pk]))
        self.assertNotContains(page, reverse("desk:call-in", args=[visit.pk]))
        self.assertEqual(self.client.post(reverse("desk:call-in", args=[visit.pk])).status_code, 404)

    def test_a_longer_board_costs_no_more_queries(self):
        def asked():
            self.client.get(reverse("desk:board-fragment"))  # who was seen is written down once
            with CaptureQueriesContext(connection) as asked:
                self.client.get(reverse("desk:board-fragment"))
            return len(asked)

        for state in (State.WAITING, State.IN_PROGRESS):
            make_visit(state=state, clinic=self.clinic)
        few = asked()
        for state in (State.WAITING, State.IN_PROGRESS):
            for _person in range(3):
                make_visit(state=state, clinic=self.other)
        self.assertEqual(asked(), few)

    def test_others_do_not_find_it(self):
        for user in (make_user(), make_doctor(clinic=self.clinic), make_assistant(clinic=self.clinic)):
            self.client.force_login(user)
            for name in "board", "board-fragment":
                self.assertEqual(self.client.get(reverse(f"desk:{name}")).status_code, 404)

    def test_the_wrong_method_is_refused(self):
        for name in "board", "board-fragment":
            self.assertEqual(self.client.post(reverse(f"desk:{name}")).status_code, 405)

from datetime import timedelta

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_assistant, make_clinic, make_doctor, make_practitioner, make_user, make_visit
from visits.models import Visit
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
        self.assertEqual(dict(row["levels"]), {1: 0, 2: 1, 3: 0, 4: 1, 5: 0})
        self.assertEqual((row["waiting"], row["longest"], row["late"]), (2, 40, 1))
        self.assertContains(self.client.get(self.page), reverse("desk:visit", args=[fresh.pk]))

    def test_who_is_with_a_doctor_stands_beside_the_doctor(self):
        visit = make_visit(state=State.IN_PROGRESS, clinic=self.other)
        self.assertEqual(self.rows()[self.other]["busy"], [visit])
        self.assertContains(self.client.get(self.page), visit.practitioner.name)

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
        fragment = reverse("desk:board-fragment")
        make_visit(clinic=self.clinic)
        with self.assertNumQueries(13):
            self.client.get(fragment)
        for state in (State.WAITING, State.IN_PROGRESS):
            for _person in range(3):
                make_visit(state=state, clinic=self.other)
        with self.assertNumQueries(13):
            self.client.get(fragment)

    def test_others_do_not_find_it(self):
        for user in (make_user(), make_doctor(clinic=self.clinic), make_assistant(clinic=self.clinic)):
            self.client.force_login(user)
            for name in "board", "board-fragment":
                self.assertEqual(self.client.get(reverse(f"desk:{name}")).status_code, 404)

    def test_the_wrong_method_is_refused(self):
        for name in "board", "board-fragment":
            self.assertEqual(self.client.post(reverse(f"desk:{name}")).status_code, 405)

from datetime import date
from decimal import Decimal

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Patient
from tests.factories import make_assistant, make_clinic, make_doctor, make_intake, make_patient, make_user, make_visit
from visits.models import Visit
from visits.states import State


class FrontDeskTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.assistant = make_assistant(clinic=self.clinic)
        self.client.force_login(self.assistant)
        self.known = make_patient(clinic=self.clinic, name="최점순", birth_date=date(1939, 4, 2))
        self.page = reverse("desk:frontdesk")

    def found(self, text):
        return self.client.get(self.page, {"find": text}).context["found"]

    def test_somebody_is_found_by_a_part_of_the_name_or_by_the_date_of_birth(self):
        for text in "점순", "1939-4-2", "1939.04.02", "19390402", "390402":
            with self.subTest(text):
                self.assertEqual(self.found(text), [self.known])

    def test_patients_of_other_clinics_are_not_found(self):
        make_patient(name="최점순", birth_date=date(1939, 4, 2))
        self.assertEqual(self.found("최점순"), [self.known])

    def test_one_letter_is_too_little(self):
        page = self.client.get(self.page, {"find": "최"})
        self.assertIsNone(page.context["found"])
        self.assertTrue(page.context["find_form"].errors)

    def test_who_was_shown_is_written_down(self):
        self.found("점순")
        self.assertTrue(AuditEvent.objects.filter(action="patient.find", patient=self.known, by=self.assistant).exists())

    def test_who_was_found_comes_in_with_one_click_and_only_once(self):
        for _click in range(2):
            self.client.post(reverse("desk:bring-known", args=[self.known.pk]))
        visit = Visit.objects.get()
        self.assertEqual((visit.patient, visit.channel, visit.state), (self.known, "clinic", State.ARRIVED))

    def test_the_same_name_and_birth_date_make_no_second_record_and_the_page_says_so(self):
        facts = {"name": "최점순", "birth_date": "1939-4-2", "sex": "female", "clinic": self.clinic.pk}
        page = self.client.post(self.page, facts, follow=True)
        self.assertEqual(Patient.objects.count(), 1)
        self.assertEqual(len(page.context["messages"]), 1)

    def test_a_birth_date_in_the_future_is_explained_and_nothing_typed_is_lost(self):
        page = self.client.post(self.page, {"name": "새사람", "birth_date": "2090-1-1", "sex": "male", "clinic": self.clinic.pk})
        self.assertTrue(page.context["form"].errors["birth_date"])
        self.assertContains(page, "새사람")

    def test_no_sex_is_chosen_beforehand_and_each_missing_field_is_named(self):
        page = self.client.post(self.page, {"clinic": self.clinic.pk})
        self.assertEqual(set(page.context["form"].errors), {"name", "birth_date", "sex"})
        for sentence in ("이름을 적어 주세요.", "생년월일을 적어 주세요.", "성별을 골라 주세요."):
            self.assertContains(page, sentence)

    def test_red_flags_come_first_then_places_and_what_is_over_last(self):
        over = make_visit(state=State.COMPLETED, clinic=self.clinic)
        second, first = (make_visit(clinic=self.clinic, acuity=level) for level in (4, 2))
        alarm = make_visit(clinic=self.clinic, acuity=4, emergency_at=timezone.now())
        rows = self.client.get(self.page).context["rows"]
        self.assertEqual([visit for visit, _place in rows], [alarm, first, second, over])

    def test_the_list_shows_state_level_and_the_way_into_the_room(self):
        visit = make_visit(state=State.IN_PROGRESS, clinic=self.clinic)
        page = self.client.get(self.page)
        self.assertContains(page, reverse("video:room", args=[visit.pk]))
        self.assertContains(page, visit.practitioner.name)

    def test_a_longer_list_costs_no_more_queries(self):
        make_visit(clinic=self.clinic)
        address = reverse("desk:frontdesk-fragment")
        with self.assertNumQueries(9):
            self.client.get(address)
        for _person in range(4):
            make_visit(clinic=self.clinic)
        with self.assertNumQueries(9):
            self.client.get(address)

    def test_others_do_not_find_the_desk(self):
        for user in (make_user(), make_doctor(clinic=self.clinic)):
            self.client.force_login(user)
            self.assertEqual(self.client.get(self.page).status_code, 404)
            self.assertEqual(self.client.post(reverse("desk:bring-known", args=[self.known.pk])).status_code, 404)

    def test_an_assistant_of_another_clinic_cannot_bring_in_our_patient(self):
        self.client.force_login(make_assistant())
        self.assertEqual(self.client.post(reverse("desk:bring-known", args=[self.known.pk])).status_code, 404)

    def test_the_wrong_method_is_refused(self):
        self.assertEqual(self.client.put(self.page).status_code, 405)
        self.assertEqual(self.client.post(reverse("desk:frontdesk-fragment")).status_code, 405)
        self.assertEqual(self.client.get(reverse("desk:bring-known", args=[self.known.pk])).status_code, 405)


class HandOverTest(TestCase):
    def setUp(self):
        self.visit = make_visit(state=State.ARRIVED)
        self.client.force_login(make_assistant(clinic=self.visit.clinic))
        self.page = reverse("desk:hand-over", args=[self.visit.pk])
        self.vitals = reverse("desk:vitals", args=[self.visit.pk])

    def test_the_link_on_the_page_opens_the_visit(self):
        link = self.client.get(self.page).context["link"]
        self.client.logout()
        self.assertRedirects(self.client.get(link.removeprefix("http://testserver")), reverse("visit", args=[self.visit.pk]))

    def test_the_picture_of_the_link_is_there(self):
        self.assertContains(self.client.get(self.page), reverse("visits:qr", args=[self.visit.pk]))
        self.assertEqual(self.client.get(reverse("visits:qr", args=[self.visit.pk]))["Content-Type"], "image/svg+xml")

    def test_what_was_measured_is_saved_and_shown(self):
        page = self.client.post(self.vitals, {"hr": "88", "temp": "37,4"}, follow=True)
        self.assertEqual({vital.value for vital in self.visit.vitals.all()}, {Decimal(88), Decimal("37.4")})
        self.assertContains(page, "<b>88")

    def test_a_dangerous_value_shows_the_card_to_the_one_beside_the_patient(self):
        visit = make_intake(clinic=self.visit.clinic).visit
        Visit.objects.filter(pk=visit.pk).update(channel=Visit.Channel.CLINIC)
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post(reverse("desk:vitals", args=[visit.pk]), {"spo2": "80"})
        page = self.client.get(reverse("desk:hand-over", args=[visit.pk]))
        self.assertContains(page, 'href="tel:119"')
        self.assertContains(page, "환자 곁을 지키고")

    def test_an_impossible_value_is_explained_with_its_limits_and_the_others_are_still_there(self):
        page = self.client.post(self.vitals, {"hr": "999", "sbp": "120"})
        self.assertContains(page, "250", status_code=422)
        self.assertContains(page, 'value="120"', status_code=422)
        self.assertFalse(self.visit.vitals.exists())

    def test_an_empty_form_saves_nothing_and_says_so(self):
        page = self.client.post(self.vitals, {}, follow=True)
        self.assertEqual((len(page.context["messages"]), self.visit.vitals.count()), (1, 0))

    def test_after_the_end_nothing_is_added_and_the_page_says_why(self):
        over = make_visit(state=State.CANCELLED, clinic=self.visit.clinic)
        self.assertEqual(self.client.post(reverse("desk:vitals", args=[over.pk]), {"hr": "88"}).status_code, 409)
        self.assertEqual(self.client.get(reverse("desk:hand-over", args=[over.pk])).status_code, 200)

    def test_strangers_find_nothing(self):
        for stranger in (make_user(), make_assistant(), make_doctor(clinic=self.visit.clinic)):
            self.client.force_login(stranger)
            self.assertEqual(self.client.get(self.page).status_code, 404)
            self.assertEqual(self.client.post(self.vitals, {"hr": "88"}).status_code, 404)

    def test_the_wrong_method_is_refused(self):
        self.assertEqual(self.client.post(self.page).status_code, 405)
        self.assertEqual(self.client.get(self.vitals).status_code, 405)

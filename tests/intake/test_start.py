from datetime import timedelta
from urllib.parse import urlencode

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from accounts.models import AuditEvent, Clinic, Grant, Patient
from intake.models import Intake
from scheduling.openings import open_slots
from tests.factories import make_clinic, make_grant, make_patient, make_user, make_visit
from tests.scheduling import make_open_doctor
from visits.models import Visit
from visits.states import State

START = reverse("intake:start")


class StartPageTest(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.user = make_user()
        self.client.force_login(self.user)
        self.client.cookies["django_language"] = "en"

    def begin(self, **facts):
        """Somebody new fills in the page; words replace what is usually said."""
        usual = {"name": "Daniel Reed", "birth_date_year": "1968", "birth_date_month": "3", "birth_date_day": "9"}
        return self.client.post(START, {**usual, "sex": "male", "clinic": self.clinic.pk, "relationship": "self", **facts})

    def assert_refused(self, answer, sentence):
        self.assertContains(answer, sentence)
        self.assertFalse(Patient.objects.exists())

    def test_without_a_clinic_the_page_says_what_to_do(self):
        Clinic.objects.all().delete()
        self.assertContains(self.client.get(START), "Please call a clinic near you")
        self.client.force_login(make_user(role="administrator"))
        self.client.cookies["django_language"] = "en"
        self.assertContains(self.client.get(START), "open_clinic")

    def test_three_boxes_make_a_birth_date(self):
        self.begin()
        self.assertEqual(str(Patient.objects.get(user=self.user).birth_date), "1968-03-09")

    def test_the_boxes_stand_in_the_order_of_the_language(self):
        english = self.client.get(START).content.decode()
        self.client.cookies["django_language"] = "ko"
        korean = self.client.get(START).content.decode()
        self.assertLess(english.index("birth_date_day"), english.index("birth_date_year"))
        self.assertLess(korean.index("birth_date_year"), korean.index("birth_date_day"))

    def test_whoever_begins_is_in_the_audit(self):
        self.begin()
        self.assertEqual(AuditEvent.objects.filter(action="patient.create").get().by, self.user)

    def test_a_day_that_does_not_exist(self):
        self.assert_refused(self.begin(birth_date_month="2", birth_date_day="30"), "There is no such day")

    def test_letters_in_a_box(self):
        self.assert_refused(self.begin(birth_date_month="March"), "in numbers")

    def test_an_empty_box_is_named_and_the_others_are_kept(self):
        answer = self.begin(birth_date_month="")
        self.assert_refused(answer, "lacks one box: Month")
        self.assertContains(answer, 'value="1968"')

    def test_a_birth_date_in_the_future(self):
        tomorrow = timezone.localdate() + timedelta(days=1)
        boxes = {"birth_date_year": tomorrow.year, "birth_date_month": tomorrow.month, "birth_date_day": tomorrow.day}
        self.assert_refused(self.begin(**boxes), "cannot be right")

    def test_nobody_is_older_than_130_years(self):
        self.assert_refused(self.begin(birth_date_year=str(timezone.localdate().year - 131)), "cannot be right")

    def test_a_flood_of_digits_is_no_year(self):
        self.assert_refused(self.begin(birth_date_year="9" * 5000), "There is no such day")

    def test_a_name_is_needed(self):
        self.assert_refused(self.begin(name="  "), "Please write the name.")

    def test_somebody_without_a_record_may_begin_for_their_child(self):
        self.begin(relationship="child", name="Mia Reed", birth_date_year="2022")
        child = Grant.objects.get(user=self.user).patient
        self.assertEqual((child.name, child.user, Intake.objects.get().for_whom), ("Mia Reed", None, "child"))

    def test_a_second_click_makes_no_second_person(self):
        for _click in range(2):
            answer = self.begin()
        self.assertEqual((Patient.objects.count(), Visit.objects.count(), answer.status_code), (1, 1, 302))

    def test_for_somebody_known_nothing_is_asked_again(self):
        mother = make_patient(clinic=self.clinic)
        grant = make_grant(user=self.user, patient=mother)
        grant.relationship = "elder"
        grant.save()
        self.client.post(START, {"who": mother.pk, "clinic": self.clinic.pk})
        self.assertEqual(Intake.objects.get(visit__patient=mother).for_whom, "elder")

    def test_the_patients_own_clinic_is_chosen_beforehand(self):
        make_patient(user=self.user, clinic=self.clinic)
        make_clinic()
        self.assertContains(self.client.get(START), f'<option value="{self.clinic.pk}" selected>')

    def test_an_open_visit_goes_on_whichever_clinic_was_chosen(self):
        patient = make_patient(user=self.user, clinic=self.clinic)
        visit = make_visit(patient=patient, state=State.ARRIVED)
        self.assertContains(self.client.get(START), "open visit already")
        answer = self.client.post(START, {"who": patient.pk, "clinic": make_clinic().pk})
        self.assertRedirects(answer, reverse("intake:resume", args=[visit.pk]), fetch_redirect_response=False)

    def test_nobody_begins_for_a_stranger(self):
        stranger = make_patient(clinic=self.clinic)
        for who in (stranger.pk, "9" * 30, "²"):
            with self.subTest(who=who):
                self.client.post(START, {"who": who, "clinic": self.clinic.pk})
                self.assertFalse(Visit.objects.exists())

    def test_an_ended_grant_opens_nothing(self):
        mother = make_patient(clinic=self.clinic)
        make_grant(user=self.user, patient=mother, expires_at=timezone.now() - timedelta(days=1))
        self.assertNotContains(self.client.get(START), mother.name)

    def test_who_is_signed_out_signs_in_first(self):
        self.client.logout()
        self.assertRedirects(self.client.get(START), f"{reverse('account_login')}?next={START}")

    def test_another_method_is_refused(self):
        self.assertEqual(self.client.put(START).status_code, 405)


class OnTheWayToABookingTest(TestCase):
    """The booking page only wants to know who it is for."""

    def setUp(self):
        self.doctor, self.clinic = make_open_doctor()
        self.user = make_user(language="en")
        self.client.force_login(self.user)
        slot = open_slots(self.doctor, self.clinic)[2]
        time = urlencode({"start": slot.start.isoformat(), "end": slot.end.isoformat()})
        self.page = f"{reverse('scheduling:book', args=[self.clinic.pk, self.doctor.pk])}?{time}"
        self.facts = {"name": "Daniel Reed", "birth_date": "1968-3-9", "sex": "male", "clinic": self.clinic.pk}

    def say_who(self, page, **changes):
        return self.client.post(f"{START}?{urlencode({'next': page})}", {**self.facts, **changes})

    def test_somebody_new_says_who_they_are_and_is_back_at_the_time_without_a_visit(self):
        self.assertContains(self.client.get(self.page), f"{START}?next=%2Fbooking%2F")
        self.assertRedirects(self.say_who(self.page), self.page)
        self.assertContains(self.client.get(self.page), "For Daniel Reed")
        self.assertFalse(Visit.objects.exists())

    def test_a_time_for_a_mother_who_is_not_known_yet(self):
        make_patient(user=self.user, clinic=self.clinic)
        self.assertContains(self.client.get(self.page), "It is for somebody else I care for")
        self.say_who(self.page, name="Ann Reed", birth_date="1938-3-9", sex="female", who="other", relationship="elder")
        self.assertContains(self.client.get(self.page), "Ann Reed")
        self.assertFalse(Visit.objects.exists())

    def test_what_is_missing_is_said_and_the_way_back_is_kept(self):
        answer = self.say_who(self.page, name="")
        self.assertContains(answer, "Please write the name.")
        self.assertContains(answer, escape(self.page))

    def test_nobody_is_sent_to_another_house(self):
        for page in "https://elsewhere.example/", "elsewhere", "front":
            self.assertIn("/visit/", self.say_who(page).url)

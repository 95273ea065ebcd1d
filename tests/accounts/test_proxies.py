from datetime import timedelta

import time_machine
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts import proxies, tasks
from accounts.errors import NotAllowed, Refused
from accounts.models import AuditEvent, Grant, Patient, Scope
from accounts.signals import grant_ended
from scheduling.openings import open_slots
from tests.factories import make_assistant, make_clinic, make_doctor, make_grant, make_intake, make_patient, make_user, make_visit
from tests.messaging import make_booking
from tests.scheduling import make_open_doctor
from visits.states import State

EVERYTHING = set(Scope.values)


class ProxyCase(TestCase):
    """Choi Jeomsun, and Lee Minho, who may act for her."""

    def setUp(self):
        self.doctor, self.clinic = make_open_doctor()
        self.mother = make_user(first_name="Choi Jeomsun", language="en")
        self.patient = make_patient(clinic=self.clinic, user=self.mother, name="Choi Jeomsun")
        self.son = make_user(first_name="Lee Minho", language="en")

    def offer(self, by=None, **facts):
        return proxies.offer(self.patient, **{"scopes": EVERYTHING, "by": by or self.mother, **facts})

    def may(self, scope):
        return self.patient in Patient.objects.acted_for_by(self.son, scope)


class RulesTest(ProxyCase):
    def test_an_offer_allows_nothing_until_it_is_taken(self):
        grant = self.offer()
        self.assertFalse(Grant.objects.live().exists())
        proxies.take(grant, by=self.son)
        self.assertTrue(all(self.may(scope) for scope in Scope))

    def test_only_what_was_given_is_allowed(self):
        proxies.take(self.offer(scopes={"book"}), by=self.son)
        self.assertEqual([self.may(scope) for scope in Scope], [True, False, False])

    def test_it_ends_by_itself_on_its_day(self):
        proxies.take(self.offer(days=30), by=self.son)
        with time_machine.travel(timezone.now() + timedelta(days=30, seconds=1)):
            self.assertFalse(self.may(Scope.BOOK))

    def test_on_its_day_it_ends_once_for_open_pages_and_rooms_too(self):
        proxies.take(self.offer(days=30), by=self.son)
        ended = []
        grant_ended.connect(lambda grant, **_: ended.append(grant.user), weak=False, dispatch_uid="test")
        self.addCleanup(grant_ended.disconnect, dispatch_uid="test")
        tasks.end_old_rights()
        with time_machine.travel(timezone.now() + timedelta(days=30, seconds=1)):
            tasks.end_old_rights()
            tasks.end_old_rights()
        self.assertEqual(ended, [self.son])
        self.assertEqual(AuditEvent.objects.filter(action="grant.run-out", patient=self.patient).count(), 1)

    def test_both_may_end_it_and_nobody_else(self):
        for who in self.mother, self.son, make_assistant(clinic=self.clinic):
            grant = proxies.take(self.offer(), by=self.son)
            with self.assertRaises(NotAllowed):
                proxies.end(grant, by=make_user())
            proxies.end(grant, by=who, why="no longer needed")
            self.assertFalse(self.may(Scope.JOIN))

    def test_a_link_is_taken_once_and_a_second_click_changes_nothing(self):
        grant = proxies.take(self.offer(), by=self.son)
        proxies.take(grant, by=self.son)
        self.assertEqual(AuditEvent.objects.filter(action="grant.take").count(), 1)
        with self.assertRaises(proxies.OfferEnded):
            proxies.take(grant, by=make_user())

    def test_a_new_right_replaces_the_old_one(self):
        proxies.take(self.offer(), by=self.son)
        proxies.take(self.offer(scopes={"read"}), by=self.son)
        self.assertEqual([self.may(scope) for scope in Scope], [False, False, True])

    def test_staff_give_it_with_a_reason_and_take_none_themselves(self):
        assistant = make_assistant(clinic=self.clinic)
        with self.assertRaisesMessage(Refused, ""):
            self.offer(by=assistant)
        grant = self.offer(by=assistant, why="she asked for it at the desk")
        self.assertEqual(AuditEvent.objects.get(action="grant.give").why, "she asked for it at the desk")
        with self.assertRaises(NotAllowed):
            proxies.take(grant, by=assistant)
        with self.assertRaises(NotAllowed):
            self.offer(by=make_assistant(), why="another clinic")

    def test_nobody_acts_for_themselves_and_who_acts_gives_no_rights(self):
        with self.assertRaises(Refused):
            proxies.take(self.offer(), by=self.mother)
        proxies.take(self.offer(), by=self.son)
        with self.assertRaises(NotAllowed):
            self.offer(by=self.son)

    def test_a_crowd_is_no_family_and_what_ran_out_does_not_count(self):
        for _ in range(proxies.MOST_OPEN):
            self.offer(days=1)
        with self.assertRaises(Refused):
            self.offer()
        with time_machine.travel(timezone.now() + timedelta(days=2)):
            self.offer()

    def test_nothing_to_do_is_no_right(self):
        with self.assertRaises(Refused):
            self.offer(scopes=[])


class PagesTest(ProxyCase):
    def test_the_patient_gives_it_the_son_takes_it_and_she_ends_it(self):
        self.client.force_login(self.mother)
        page = self.client.post(reverse("people:mine"), {"scopes": ["book", "join"], "days": 30})
        link = page.context["link"]
        self.assertContains(page, "Nobody has taken this yet")
        self.client.force_login(self.son)
        self.assertContains(self.client.get(link), "Act for Choi Jeomsun")
        self.assertContains(self.client.post(link, follow=True), "You may act for Choi Jeomsun now.")
        self.client.force_login(self.mother)
        self.assertContains(self.client.get(reverse("people:mine")), "Lee Minho")
        end = reverse("people:end", args=[Grant.objects.get().pk])
        self.assertContains(self.client.post(end, follow=True), "It has ended.")
        self.assertFalse(self.may(Scope.BOOK))

    def test_staff_do_it_for_a_patient_of_theirs_with_a_reason(self):
        self.client.force_login(make_assistant(clinic=self.clinic))
        page = reverse("people:of-patient", args=[self.patient.pk])
        answer = self.client.post(page, {"scopes": ["book"], "days": 0}, headers={"Accept-Language": "en"})
        self.assertEqual(answer.status_code, 400)
        answer = self.client.post(page, {"scopes": ["book"], "days": 0, "why": "at the desk"})
        self.assertIn("/people/take/", answer.context["link"])
        self.client.post(reverse("people:end", args=[Grant.objects.get().pk]), {"why": "a mistake"})
        self.assertIsNotNone(Grant.objects.get().revoked_at)

    def test_strangers_find_nothing_and_wrong_methods_are_refused(self):
        grant = proxies.take(self.offer(), by=self.son)
        page, end = reverse("people:of-patient", args=[self.patient.pk]), reverse("people:end", args=[grant.pk])
        for stranger in make_user(), make_doctor(clinic=make_clinic()):
            self.client.force_login(stranger)
            self.assertEqual(self.client.get(page).status_code, 404)
            self.assertEqual(self.client.post(end).status_code, 404)
        self.assertEqual(self.client.get(end).status_code, 405)
        self.assertEqual(self.client.put(reverse("people:mine")).status_code, 405)
        self.assertEqual(self.client.put(page).status_code, 405)
        self.assertEqual(self.client.put(proxies.link(grant)).status_code, 405)

    def test_a_link_that_was_taken_broken_or_is_old_says_so(self):
        grant = self.offer()
        link = proxies.link(grant)
        with time_machine.travel(timezone.now() + timedelta(hours=49)):
            self.client.force_login(self.son)
            self.assertContains(self.client.get(link), "This link no longer works.", status_code=410)
        self.client.force_login(self.son)
        self.assertContains(self.client.get(link[:-3] + "x/"), "This link no longer works.", status_code=410)
        for _click in range(2):
            self.assertRedirects(self.client.post(link), reverse("people:mine"))
        self.client.force_login(make_user(language="en"))
        self.assertContains(self.client.post(link), "This link no longer works.", status_code=410)


class ActingTest(ProxyCase):
    def allow(self, *scopes):
        grant = make_grant(user=self.son, patient=self.patient, **{f"may_{scope}": scope in scopes for scope in Scope})
        self.client.force_login(self.son)
        return grant

    def page(self, appointment, name="ahead"):
        return reverse(f"visits:{name}", args=[appointment.pk])

    def test_a_booking_by_grant_shows_both_names_on_the_page_and_in_the_audit(self):
        self.allow("book")
        slot = open_slots(self.doctor, self.clinic)[3]
        times = {"start": slot.start.isoformat(), "end": slot.end.isoformat()}
        book = reverse("scheduling:book", args=[self.clinic.pk, self.doctor.pk])
        self.assertContains(self.client.get(book, times), "For Choi Jeomsun")
        key = "8fcd97dd-93b6-4495-80db-04b651aa5148"
        page = self.client.post(book, {**times, "patient": self.patient.pk, "request_key": key}, follow=True)
        self.assertContains(page, "Lee Minho for Choi Jeomsun")
        self.assertEqual(AuditEvent.objects.get(action="appointment.book").who, "Lee Minho for Choi Jeomsun")

    def test_who_may_only_read_sees_the_appointment_and_changes_nothing(self):
        appointment = make_booking(patient=self.patient, plan=False)
        self.allow("read")
        self.assertNotContains(self.client.get(self.page(appointment)), self.page(appointment, "cancel"))
        for name in "move", "cancel":
            answer = self.client.post(self.page(appointment, name))
            self.assertContains(answer, "You may act for Choi Jeomsun, but not in this", status_code=403)
        answer = self.client.post(reverse("desk:join", args=[appointment.pk]))
        self.assertEqual(answer.status_code, 403)
        self.assertFalse(self.client.get(reverse("intake:start")).context["people"])

    def test_who_may_join_and_not_read_is_in_the_visit_and_not_in_what_was_said(self):
        visit = make_intake(patient=self.patient, sent=True).visit
        self.allow("join")
        page = reverse("visit", args=[visit.pk])
        self.assertEqual(self.client.get(page).status_code, 200)
        over = make_visit(patient=make_patient(clinic=self.clinic), state=State.COMPLETED)
        make_grant(user=self.son, patient=over.patient, may_read=False)
        for name in "visit", "records:summary":
            answer = self.client.get(reverse(name, args=[over.pk]))
            self.assertContains(answer, "Read what was said in earlier visits", status_code=403)

    def test_a_right_that_ended_opens_nothing_with_the_next_request(self):
        visit = make_intake(patient=self.patient, sent=True).visit
        grant = self.allow(*Scope.values)
        pages = [reverse("visit", args=[visit.pk]), reverse("desk:visit-fragment", args=[visit.pk])]
        self.assertEqual([self.client.get(page).status_code for page in pages], [200, 200])
        proxies.end(grant, by=self.mother)
        self.assertEqual([self.client.get(page).status_code for page in pages], [404, 404])

    def test_who_acts_gets_no_link_that_would_outlive_the_right(self):
        visit = make_intake(patient=self.patient, sent=True).visit
        self.allow(*Scope.values)
        self.assertNotContains(self.client.get(reverse("visit", args=[visit.pk])), "/v/")
        self.client.force_login(self.mother)
        self.assertContains(self.client.get(reverse("visit", args=[visit.pk])), "/v/")

    def test_the_patient_reads_who_acted_for_them(self):
        visit = make_visit(patient=self.patient, state=State.COMPLETED)
        self.allow(*Scope.values)
        self.client.get(reverse("records:summary", args=[visit.pk]))
        self.client.force_login(self.mother)
        self.assertContains(self.client.get(reverse("records:summary", args=[visit.pk])), "Lee Minho for Choi Jeomsun")

"""Where AI and clinician differed: who may read what, two blind verdicts, and who was right."""

import csv
import io

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.appendonly import Unchangeable
from accounts.errors import Refused
from accounts.models import AuditEvent, User
from oversight import adjudication, cases, report
from oversight.deidentify import masked
from oversight.forms import months
from oversight.models import Verdict
from tests.factories import make_assistant, make_clinic, make_doctor, make_practitioner, make_user
from tests.oversight import make_pair
from triage import assessment, outcomes
from visits.models import Source
from visits.states import State


class Ledger(TestCase):
    def setUp(self):
        self.clinic = make_clinic()
        self.author, self.first, self.second = (make_doctor(clinic=self.clinic) for _ in range(3))
        self.coordinator = make_practitioner(clinic=self.clinic, role="coordinator").user
        self.client.cookies["django_language"] = "en"

    def pair(self, ai=2, clinician=4, **fields):
        return make_pair(ai, clinician, clinic=self.clinic, by=self.author, **fields)

    def page(self, user, name="ledger", *args, **query):
        self.client.force_login(user)
        return self.client.get(reverse(f"oversight:{name}", args=args), query)

    def judge(self, user, case, level, reason="as told"):
        self.client.force_login(user)
        return self.client.post(reverse("oversight:judge", args=[case.pk]), {"level": level, "reason": reason})


class ListTest(Ledger):
    def test_it_lists_every_difference_with_its_outcome_and_nothing_else(self):
        case, _same = self.pair(state=State.IN_PROGRESS), self.pair(3, 3)
        outcomes.say(case.visit, "admitted", by=self.author)
        page = self.page(self.coordinator)
        self.assertEqual([found.row for found in page.context["cases"]], [case])
        for words in ("AI <b>2</b>", "Clinician <b>4</b>", "walks and talks", "In hospital, or worse"):
            self.assertContains(page, words)

    def test_it_is_one_click_from_the_home_of_doctor_and_coordinator(self):
        for user, home in ((self.first, "desk:queue"), (self.coordinator, "desk:board")):
            self.client.force_login(user)
            self.assertContains(self.client.get(reverse(home)), reverse("oversight:ledger"))

    def test_only_the_first_answer_to_the_ai_counts(self):
        case = self.pair(2, 2)
        assessment.override(case.visit, 5, reason="much better now", by=self.author)
        self.assertEqual(list(cases.differing(cases.signed())), [])

    def test_where_the_ai_was_off_there_is_no_case(self):
        self.pair(model_acuity=None, source=Source.RULES)
        self.assertFalse(cases.signed().exists())

    def test_month_and_direction_choose(self):
        high, low = self.pair(2, 4), self.pair(4, 2)
        for query, expected in (
            ({"direction": "higher"}, [high]),
            ({"direction": "lower"}, [low]),
            ({"month": timezone.localdate().isoformat()[:7]}, [low, high]),
            ({"month": months()[1].isoformat()[:7]}, []),
            ({"month": "x", "direction": "y"}, [low, high]),
        ):
            found = self.page(self.coordinator, **query).context["cases"]
            self.assertEqual([case.row for case in found], expected, query)

    def test_as_a_table_it_says_the_same_and_begins_no_formula(self):
        self.pair(2, 4), self.pair(4, 3, reason="=1+1")
        rows = list(csv.reader(io.StringIO(self.page(self.coordinator, "download").content.decode("utf-8-sig"))))
        self.assertEqual([row[4:8] for row in rows[1:]], [
            ["4", "AI suggestion", "3", "'=1+1"], ["2", "AI suggestion", "4", "walks and talks"],
        ])  # fmt: skip

    def test_patients_assistants_and_other_clinics_find_nothing(self):
        case = self.pair()
        for user in (make_user(), make_assistant(clinic=self.clinic)):
            for name, args in (("ledger", []), ("download", []), ("report", []), ("case", [case.pk])):
                self.assertEqual(self.page(user, name, *args).status_code, 404)
        self.assertEqual(self.page(make_doctor(), "case", case.pk).status_code, 404)
        self.assertEqual(self.judge(make_doctor(), case, 3).status_code, 404)

    def test_pages_are_read_and_verdicts_are_posted(self):
        case = self.pair()
        self.client.force_login(self.first)
        for name, args in (("ledger", []), ("download", []), ("report", []), ("case", [case.pk])):
            self.assertEqual(self.client.post(reverse(f"oversight:{name}", args=args)).status_code, 405)
        self.assertEqual(self.client.get(reverse("oversight:judge", args=[case.pk])).status_code, 405)


class BlindVerdictTest(Ledger):
    def test_until_both_verdicts_are_in_a_reviewer_sees_neither_who_said_what_nor_the_other_verdict(self):
        case = self.pair(2, 4)
        self.judge(self.first, case, 3, reason="a secret thought")
        for user in (self.first, self.second):
            for page in (self.page(user), self.page(user, "case", case.pk), self.page(user, "download")):
                self.assertNotContains(page, "walks and talks")
                self.assertNotContains(page, "AI <b>")
                self.assertNotContains(page, reverse("desk:visit", args=[case.visit_id]))
        self.assertNotContains(self.page(self.second, "case", case.pk), "a secret thought")
        self.assertNotContains(self.page(self.coordinator, "case", case.pk), "a secret thought")
        self.judge(self.second, case, 3, reason="so do I")
        page = self.page(self.second, "case", case.pk)
        for words in ("a secret thought", "so do I", "walks and talks", "Both reviewers: level 3 was right"):
            self.assertContains(page, words)

    def test_asking_for_a_direction_tells_no_reviewer_who_said_what(self):
        self.pair(2, 4)
        for direction in ("higher", "lower"):
            self.assertEqual(self.page(self.first, direction=direction).context["cases"], [])
        self.assertContains(self.page(self.first, direction="higher"), "1 more case is left out")

    def test_who_gave_the_level_does_not_judge_it(self):
        case = self.pair()
        self.assertEqual(self.judge(self.author, case, 4).status_code, 404)
        self.assertContains(self.page(self.author, "case", case.pk), "walks and talks")

    def test_nobody_judges_twice_and_there_is_no_third_seat(self):
        case = self.pair()
        self.judge(self.first, case, 3)
        self.assertContains(self.judge(self.first, case, 4), "judged this case already", status_code=409)
        self.judge(self.second, case, 4)
        third = make_doctor(clinic=self.clinic)
        self.assertContains(self.judge(third, case, 4), "take another one", status_code=409)
        self.assertEqual(list(Verdict.objects.values_list("by", "seat")), [(self.first.pk, 1), (self.second.pk, 2)])

    def test_after_a_verdict_the_next_case_is_one_click_away(self):
        cases_here = [self.pair(), self.pair()]
        self.judge(self.first, cases_here[1], 3)
        link = f'href="{reverse("oversight:case", args=[cases_here[0].pk])}">Judge the next case'
        self.assertContains(self.page(self.first, "case", cases_here[1].pk), link)
        self.judge(self.first, cases_here[0], 3)
        self.assertNotContains(self.page(self.first, "case", cases_here[0].pk), "Judge the next case")

    def test_a_verdict_needs_level_and_reason_and_is_never_changed(self):
        case = self.pair()
        for level, reason in ((3, " "), (9, "x"), ("", "x")):
            self.assertEqual(self.judge(self.first, case, level, reason).status_code, 409)
        with self.assertRaises(Refused):
            adjudication.judge(case, 3, by=self.first, reason=" ")
        verdict = adjudication.judge(case, 3, by=self.first, reason="x")
        with self.assertRaises(Unchangeable):
            verdict.save()

    def test_each_look_and_each_verdict_is_written_down(self):
        case = self.pair()
        self.page(self.first, "case", case.pk)
        self.judge(self.first, case, 3)
        written = AuditEvent.objects.filter(by=self.first, patient=case.visit.patient)
        self.assertEqual(set(written.values_list("action", flat=True)), {"case.read", "case.judge"})


class ReviewerTest(Ledger):
    """Who watches over the AI reads every case, and no name."""

    def setUp(self):
        super().setUp()
        self.reviewer = make_user(User.Role.REVIEWER)

    def test_there_is_no_name_no_day_and_no_clinic(self):
        case = self.pair(words="여기는 한지민, 010-1234-5678, 지민이가 아파요")
        case.visit.patient.name = "한지민"
        case.visit.patient.save()
        page, one = self.page(self.reviewer), self.page(self.reviewer, "case", case.pk)
        day = timezone.localtime(case.created_at).strftime("%Y-%m-%d")
        for gone in ("지민", "1234", self.clinic.name_en, day, str(case.visit_id), "walks and talks (Dr"):
            self.assertNotContains(page, gone)
            self.assertNotContains(one, gone)
        self.assertContains(page, "AI <b>2</b>")

    def test_a_reviewer_reads_only_this(self):
        case = self.pair()
        self.client.force_login(self.reviewer)
        self.assertRedirects(self.client.get("/home/"), reverse("oversight:ledger"))
        for name in ("desk:visit", "desk:patient-fragment"):
            self.assertEqual(self.client.get(reverse(name, args=[case.visit_id])).status_code, 404)
        for name in ("desk:queue", "desk:board", "desk:frontdesk"):
            self.assertEqual(self.client.get(reverse(name)).status_code, 404)
        self.assertEqual(self.judge(self.reviewer, case, 3).status_code, 404)

    def test_names_numbers_and_addresses_are_taken_out(self):
        for words, names, left in (
            ("Grace Miller here, grace@example.org", ["Grace Miller"], "○○ here, ○○"),
            ("지민이가 아파요. 900101-2345678", ["한지민"], "○○이가 아파요. ○○"),
            ("Reading hurts since 3 days, 38.5", ["Tom Read"], "Reading hurts since 3 days, 38.5"),
        ):
            self.assertEqual(masked(words, names), left)


class ReportTest(Ledger):
    def month(self):
        return report.of(cases.told_to(self.coordinator, cases.visible_to(self.coordinator), {}))

    def settle(self, case, first, second):
        for user, level in ((self.first, first), (self.second, second)):
            adjudication.judge(case, level, by=user, reason="x")

    def test_it_says_who_was_right(self):
        for levels, verdicts in (
            ((2, 4), (2, 2)),
            ((2, 4), (4, 4)),
            ((4, 2), (3, 3)),
            ((2, 3), (2, 3)),
            ((2, 3), None),
            ((3, 3), None),
        ):
            case = self.pair(*levels)
            if verdicts:
                self.settle(case, *verdicts)
        made = self.month()
        counts = [
            (found.number, found.of) for found in (made.same, made.settled, made.agreed, made.ai, made.clinician, made.neither)
        ]
        self.assertEqual(counts, [(1, 6), (4, 5), (3, 4), (1, 3), (1, 3), (1, 3)])
        self.assertEqual((made.higher, made.lower, made.too_high.number, made.too_low.number), (4, 1, 1, 1))
        page = self.page(self.coordinator, "report")
        self.assertContains(page, "Of 3 cases on which two reviewers agree, the AI was right in 1")

    def test_both_arms_are_compared_and_red_flags_stand_aside(self):
        for blind, clinician in ((False, 3), (False, 3), (True, 3), (True, 4)):
            self.pair(3, clinician, blind=blind)
        self.pair(2, 2, blind=True, source=Source.RULES)
        made = self.month()
        self.assertEqual((made.arms["shown"].same[:2], made.arms["blind"].same[:2]), ((2, 2), (1, 2)))
        self.assertAlmostEqual(made.anchoring.value, 0.5)
        self.assertContains(self.page(self.coordinator, "report"), "the same level change by +50")

    def test_an_empty_month_says_so(self):
        page = self.page(self.coordinator, "report", month=months()[2].isoformat()[:7])
        self.assertContains(page, "nobody can say who was right")

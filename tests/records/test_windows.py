from django.test import SimpleTestCase, TestCase
from django.urls import reverse

from records import letters, signing
from records.models import Letter, Note
from records.windows import join
from tests.factories import make_visit
from tests.records.test_signing import TEXTS
from visits.states import State

MARK = "[above: written in another window at the same time]"


class JoinTest(SimpleTestCase):
    def join(self, theirs, mine, *known):
        return join(theirs, mine, list(known), "en")

    def test_what_this_window_knew_it_may_change(self):
        for known in (["old"], ["older", "old"], ["old\r\n"]):
            self.assertEqual(self.join("old", "new", *known), ("new", ""))

    def test_what_it_did_not_know_stays_above_its_own_words(self):
        self.assertEqual(self.join("theirs", "mine", "old"), (f"theirs\n{MARK}\nmine", f"theirs\n{MARK}\n"))

    def test_what_nobody_touched_here_stays_as_the_other_wrote_it(self):
        self.assertEqual(self.join("theirs", "old", "old"), ("theirs", ""))

    def test_what_holds_the_others_words_at_its_beginning_replaces_them(self):
        self.assertEqual(self.join("rest", "rest, fluids", "old"), ("rest, fluids", ""))

    def test_what_is_joined_already_is_not_joined_again(self):
        both, before = self.join("theirs", "mine", "old")
        self.assertEqual(self.join(both, "mine", "old"), (both, before))
        self.assertEqual(self.join(both, "both, tidied", both), ("both, tidied", ""))

    def test_whoever_names_nothing_simply_writes(self):
        self.assertEqual(self.join("theirs", "mine"), ("mine", ""))


class TwoWindowsTest(TestCase):
    """A doctor has the same visit open twice, without any script."""

    def setUp(self):
        self.visit = make_visit(state=State.IN_PROGRESS)
        self.doctor = self.visit.practitioner.user
        self.note = signing.draft_for(self.visit, by=self.doctor)
        self.client.force_login(self.doctor)
        self.client.cookies["django_language"] = "en"
        signing.save_draft(self.note, TEXTS | {"plan": "theirs"}, by=self.doctor)

    def send(self, name="draft", **typed):
        """A page that was opened before the other window wrote its plan."""
        fields = {f"note-{field}": text for field, text in (TEXTS | typed).items()}
        known = {f"known-note-{field}": text for field, text in TEXTS.items()}
        return self.client.post(reverse(f"records:{name}", args=[self.note.pk]), fields | known)

    def plan(self):
        return Note.objects.get().plan

    def test_both_texts_are_kept_and_shown(self):
        self.assertContains(self.send(plan="mine"), "theirs", status_code=409)
        self.assertTrue(self.plan().startswith("theirs\n[") and self.plan().endswith("]\nmine"))

    def test_it_is_not_signed_before_somebody_looked(self):
        self.assertContains(self.send("sign", plan="mine"), "Both texts are kept", status_code=409)
        self.assertFalse(Note.objects.get().is_signed)

    def test_what_was_not_touched_here_is_not_wiped(self):
        self.assertEqual(self.send(summary="You have a cold. Rest.").status_code, 302)
        self.assertEqual((self.plan(), Note.objects.get().summary), ("theirs", "You have a cold. Rest."))

    def test_a_letter_is_kept_the_same_way(self):
        letter = letters.begin(self.visit, "referral", by=self.doctor)
        letters.keep(letter, by=self.doctor, to="Cardiology", text="theirs")
        field = f"letter-{letter.pk}-text"
        answer = self.client.post(reverse("records:draft", args=[self.note.pk]), {field: "mine", f"known-{field}": letter.text})
        self.assertContains(answer, f'data-joined="{field}"', status_code=409)
        self.assertTrue(Letter.objects.get().text.startswith("theirs\n["))

    def test_the_page_says_what_it_knows(self):
        page = self.client.get(reverse("desk:visit", args=[self.visit.pk]))
        self.assertContains(page, '<input type="hidden" form="note-form" name="known-note-plan" value="theirs">', html=True)

"""What is wrong is named right. Pure; the faults are made in faults.py."""

import random
from collections import Counter
from dataclasses import replace

from django.conf import settings
from django.test import SimpleTestCase

from video.media.protocol import Heard
from video.quality import Cause, Facts, Level, cause_of, level_of

from .faults import FAULTS, HEARD, WELL

CASES = 400  # of each fault


class NamedRightTest(SimpleTestCase):
    def test_of_injected_faults_at_least_95_of_100_are_named_right_and_none_looks_good(self):
        dice, right, wrong, unseen = random.Random(20261125), 0, Counter(), Counter()
        for cause, make in FAULTS.items():
            for _case in range(CASES):
                facts = make(dice)
                found = cause_of(facts)
                right += found == cause
                wrong[f"{cause} was named {found}"] += found != cause
                works = cause == Cause.BLOCKED and facts.report.transport == "tcp"
                unseen[cause] += level_of(facts) == Level.GREEN and cause != Cause.FINE and not works
        share = right / (CASES * len(FAULTS))
        self.assertGreaterEqual(share, 0.95, +wrong)
        self.assertLessEqual(unseen.total() / (CASES * len(FAULTS)), 0.02, +unseen)

    def test_each_cause_is_named_right_at_least_9_times_of_10(self):
        dice = random.Random(7)
        for cause, make in FAULTS.items():
            named = Counter(cause_of(make(dice)) for _case in range(CASES))
            with self.subTest(cause=cause):
                self.assertGreaterEqual(named[cause] / CASES, 0.9, named)

    def test_every_cause_stands_in_the_documents(self):
        page = (settings.BASE_DIR / "docs" / "rescue.md").read_text()
        for cause in Cause:
            self.assertIn(f"`{cause}`", page)


class OneByOneTest(SimpleTestCase):
    def facts(self, **more):
        return Facts(**{"report": WELL, "heard": HEARD, **more})

    def test_who_is_well_is_fine(self):
        self.assertEqual((cause_of(self.facts()), level_of(self.facts())), (Cause.FINE, Level.GREEN))

    def test_who_just_came_and_of_whom_nothing_is_known_yet_is_fine(self):
        self.assertEqual(cause_of(Facts()), Cause.FINE)

    def test_what_the_other_side_loses_on_the_way_to_us_is_not_our_fault(self):
        deaf = replace(WELL, lost_down=30, concealed=40)
        self.assertEqual(cause_of(self.facts(report=deaf)), Cause.FINE)
        self.assertEqual(cause_of(self.facts(report=deaf, heard=None)), Cause.WEAK)

    def test_without_a_microphone_nobody_hears_them_which_is_worse_than_no_camera(self):
        mute = replace(WELL, problem="denied", camera="none", microphone="none", up="none")
        self.assertEqual(level_of(self.facts(report=mute)), Level.RED)
        self.assertEqual(level_of(self.facts(report=replace(mute, microphone="on"))), Level.AMBER)

    def test_a_line_that_never_stood_is_blocked_after_four_seconds_and_a_line_that_stood_is_cut(self):
        nothing = Heard()
        for met, cause in ((False, Cause.BLOCKED), (True, Cause.UPLINK)):
            looking = replace(WELL, up="looking", down="none", met=met, looking=4.0)
            self.assertEqual(cause_of(self.facts(report=looking, heard=nothing)), cause)
        early = replace(WELL, up="looking", down="none", met=False, looking=2.0)
        self.assertEqual(cause_of(self.facts(report=early, heard=nothing)), Cause.FINE)

    def test_the_browser_need_not_say_again_that_it_is_still_looking(self):
        looking = replace(WELL, up="looking", down="none", met=False, looking=1.0)
        self.assertEqual(cause_of(self.facts(report=looking, heard=Heard(), age=4.0)), Cause.BLOCKED)

    def test_a_relay_is_named_and_is_good(self):
        relayed = self.facts(report=replace(WELL, path="relayed"))
        self.assertEqual((cause_of(relayed), level_of(relayed)), (Cause.BLOCKED, Level.GREEN))

    def test_it_turns_red_when_it_does_not_mend_itself(self):
        for seconds, level in ((3, Level.AMBER), (20, Level.RED)):
            self.assertEqual(level_of(self.facts(heard=replace(HEARD, heard=seconds))), level)
        for seconds, level in ((1, Level.AMBER), (40, Level.RED)):
            self.assertEqual(level_of(Facts(doctor=True, inside=False, away=seconds)), level)

    def test_a_patient_who_was_just_called_has_time_to_come(self):
        self.assertEqual(cause_of(Facts(inside=False, came=False, away=20)), Cause.FINE)
        self.assertEqual(cause_of(Facts(inside=False, came=False, away=40)), Cause.PATIENT_GONE)

    def test_who_has_no_microphone_may_be_quiet_for_longer(self):
        quiet = replace(WELL, microphone="none", problem="nosound")
        self.assertEqual(cause_of(self.facts(report=quiet, heard=replace(HEARD, heard=5))), Cause.DEVICE)
        self.assertEqual(cause_of(self.facts(report=quiet, heard=replace(HEARD, heard=9))), Cause.UPLINK)

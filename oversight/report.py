"""Who was right this month, with numbers and intervals."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from triage import blind

from .cases import Case
from .shares import Difference, Share, difference, share


@dataclass(frozen=True)
class Arm:
    """One way of working: the AI's level shown first, or the clinician's given first."""

    same: Share  # clinician and AI gave the same level
    ai: Share  # of the differing cases on whose level two reviewers agree
    clinician: Share


@dataclass(frozen=True)
class Report:
    """All of one month. Of settled cases both verdicts are in; agreed ones name one level."""

    same: Share
    higher: int
    lower: int
    settled: Share
    agreed: Share
    ai: Share
    clinician: Share
    neither: Share
    too_high: Share
    too_low: Share
    arms: dict[str, Arm]
    anchoring: Difference | None  # how much more often both give the same level where the AI is shown first


def of(cases: Iterable[Case]) -> Report:
    """The month's report from its pairs, those that agree included."""
    pairs = list(cases)
    differ = [case for case in pairs if case.ai != case.clinician]
    settled = [case for case in differ if case.is_settled]
    agreed = [case for case in settled if case.right]
    comparable = [case for case in pairs if blind.may_wait(case.row.visit, case.row.against)]
    shown, first = (_arm([case for case in comparable if case.row.against.blind is way]) for way in (False, True))
    return Report(
        same=_share_of(pairs, lambda case: case.ai == case.clinician),
        higher=sum(case.ai < case.clinician for case in differ),
        lower=sum(case.ai > case.clinician for case in differ),
        settled=_share_of(differ, lambda case: case.is_settled),
        agreed=_share_of(settled, lambda case: case.right),
        ai=_share_of(agreed, lambda case: case.ai == case.right),
        clinician=_share_of(agreed, lambda case: case.clinician == case.right),
        neither=_share_of(agreed, lambda case: case.right not in (case.ai, case.clinician)),
        too_high=_share_of(agreed, lambda case: case.ai < case.right),
        too_low=_share_of(agreed, lambda case: case.ai > case.right),
        arms={"shown": shown, "blind": first},
        anchoring=difference(shown.same, first.same),
    )


def _arm(pairs: list[Case]) -> Arm:
    agreed = [case for case in pairs if case.ai != case.clinician and case.right]
    return Arm(
        same=_share_of(pairs, lambda case: case.ai == case.clinician),
        ai=_share_of(agreed, lambda case: case.ai == case.right),
        clinician=_share_of(agreed, lambda case: case.clinician == case.right),
    )


def _share_of(cases: list[Case], is_so: Callable[[Case], object]) -> Share:
    return share(sum(bool(is_so(case)) for case in cases), len(cases))

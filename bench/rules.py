"""How often are the safety rules right by themselves? `python -m bench.rules`, and `--show FLAG` for the sentences.

Sentences: triage/corpus, split by theme into two halves. Rules are mended by looking at sentences of the first half only;
the second half says whether the mending helps with wording that nobody looked at.
"""

import argparse
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from tqdm import tqdm

from triage.inference.case import Case, Finding
from triage.knowledge import red_flags
from triage.knowledge.signs import signs
from triage.training.corpus import LANGUAGES, Sentence, sentences

HALVES = ("looked at", "not looked at")
SEED = "rules"
DANGER = 2  # at levels 1 and 2 minutes count
COLUMNS = ("sentences", "too urgent", "by 2 or more", "level 3-5", "called 1", "level 1-2", "caught", "level 1", "caught as 1")


class Heard(NamedTuple):
    """A sentence and the flags its words raise, most urgent first."""

    said: Sentence
    flags: list[Finding]

    @property
    def level(self) -> int:
        """The level of the rules alone; 5 if they are silent."""
        return min((flag.level for flag in self.flags), default=5)


def half_of(sentence: Sentence) -> str:
    """Wordings of one theme stand in one half."""
    return HALVES[zlib.crc32(f"{SEED} {sentence.group}".encode()) % 2]


def hear() -> list[Heard]:
    """All sentences with their flags."""
    told = tqdm(sentences(), desc="rules", unit="sentence", leave=False)
    return [Heard(said, red_flags.find(Case(said.text, said.language, said.age, said.sex))) for said in told]


def totals(part: list[Heard]) -> tuple[int, ...]:
    """How many sentences each of COLUMNS counts."""
    mild = [one for one in part if one.said.level > DANGER]
    grave = [one for one in part if one.said.level <= DANGER]
    gravest = [one for one in part if one.said.level == 1]
    return (
        len(part),
        sum(one.level < one.said.level for one in part),
        sum(one.level < one.said.level - 1 for one in part),
        len(mild),
        sum(one.level == 1 for one in mild),
        len(grave),
        sum(one.level <= DANGER for one in grave),
        len(gravest),
        sum(one.level == 1 for one in gravest),
    )


def fired(part: list[Heard]) -> Iterator[tuple[object, ...]]:
    """Each flag: how often it fires, and how often by 0, 1, 2, 3, 4 levels too urgently; the worst first."""
    steps: dict[str, Counter[int]] = {}
    for one in part:
        for flag in one.flags:
            steps.setdefault(flag.code, Counter())[max(one.said.level - flag.level, 0)] += 1
    for code, counted in sorted(steps.items(), key=lambda item: item[1][0] - item[1].total()):
        yield (code, counted.total(), *(counted[step] for step in range(5)))


def missed(part: list[Heard]) -> Iterator[tuple[object, ...]]:
    """Each danger sign: in how many sentences of levels 1-2 it stands, and how many of them no rule catches."""
    dangers = {sign.id for sign in signs().values() if min(row.level for row in sign.rows) <= DANGER}
    grave = [one for one in part if one.said.level <= DANGER]
    stand = Counter(sign for one in grave for sign in one.said.present & dangers)
    lost = Counter(sign for one in grave if one.level > DANGER for sign in one.said.present & dangers)
    for sign, count in lost.most_common():
        yield sign, stand[sign], count


def shown(part: list[Heard], wanted: str) -> Iterator[tuple[object, ...]]:
    """The false alarms of a flag, or what no rule catches of a sign, to read; only from the half that may be read."""
    for said, flags in part:
        for flag in flags:
            if wanted in (flag.code, "all") and flag.level < said.level:
                yield flag.code, flag.level, said.level, f"[{said.text[flag.start : flag.end]}]", said.line, said.text
        if wanted in said.present and said.level <= DANGER and not any(flag.level <= DANGER for flag in flags):
            yield wanted, "-", said.level, "", said.line, said.text


def table(title: str, head: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> None:
    """Print rows under their heads."""
    print(f"\n{title:<24}" + "".join(f"{name:>14}" for name in head))
    for name, *numbers in rows:
        print(f"{name!s:<24}" + "".join(f"{number!s:>14}" for number in numbers))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--show", metavar="FLAG", help="sentences of a flag or a sign in the half that may be looked at")
    wanted = asked.parse_args().show
    everything = hear()
    parts = {
        (half, language): [one for one in everything if half_of(one.said) == half and one.said.language == language]
        for half in HALVES
        for language in LANGUAGES
    }
    if wanted:
        for language in LANGUAGES:
            for line in shown(parts[HALVES[0], language], wanted):
                print(*line)
        return
    table("rules alone", COLUMNS, ((f"{half}, {language}", *totals(part)) for (half, language), part in parts.items()))
    for (half, language), part in parts.items():
        table(f"{half}, {language}", ("fires", "right", "1 too urgent", "2", "3", "4"), fired(part))
        table("uncaught dangers", ("level 1-2", "uncaught"), missed(part))


if __name__ == "__main__":
    main()

"""Simulated patients: `python -m bench.interview TABLE.csv`, a copy of the public Korean triage table (notice 2023-287).

For each row a patient who begins with the bare name of the complaint and answers every question truthfully from the
row's severity modifier. Columns wanted: age_group, category, symptom, ktas_level. Which signs a modifier means stands in
modifiers.json; rows with another modifier are counted as not covered.
"""

import csv
import json
import re
import statistics
import sys
from pathlib import Path
from time import perf_counter

from tqdm import tqdm

from triage.inference import model as inference
from triage.inference.case import Case
from triage.interview import next_question
from triage.judgement import judge
from triage.training.patients import code_of

MODIFIERS = Path(__file__).with_name("modifiers.json")
ADULT, CHILD = 45.0, 8.0
EVERY = 17  # one row of five: the rest differ in the complaint's name alone


def measure(table: Path) -> dict[str, object]:
    """Share with the row's level after the interview, too low, too high, and how many questions it took."""
    model = inference.load()
    rows = list(csv.DictReader(table.open(encoding="utf-8-sig")))
    known = {_plain(name): each for name, each in json.loads(MODIFIERS.read_text(encoding="utf-8")).items()}
    covered = [row for row in rows if _plain(row["symptom"]) in known]
    ends = [_visit(model, row, known[_plain(row["symptom"])]) for row in tqdm(covered[::EVERY], unit="patient")]
    moved = [level - gold for gold, level, _asked, _spent in ends]
    asked = [count for _gold, _level, count, _spent in ends]
    spent = sorted(each for *_, each in ends)
    return {
        "rows covered": f"{len(covered)} of {len(rows)}",
        "patients": len(ends),
        "right level": round(moved.count(0) / len(ends), 3),
        "too low": round(sum(move > 0 for move in moved) / len(ends), 3),
        "too high": round(sum(move < 0 for move in moved) / len(ends), 3),
        "median questions": statistics.median(asked),
        "most questions": max(asked),
        "p95 of one question, ms": round(spent[int(len(spent) * 0.95)] * 1000),
    }


def _visit(model, row, modifier) -> tuple[int, int, int, float]:
    """(level of the row, level found, questions asked, seconds for a question)."""
    words = f"{row['category'].split('(')[0].strip()} 때문에 왔어요"
    age = modifier.get("age", CHILD if "미만" in row["age_group"] else ADULT)
    case = Case(words, "ko", age)
    began = perf_counter()
    while question := next_question(case, model):
        case = Case(words, "ko", age, answers={**case.answers, question.id: code_of(question, modifier["signs"])})
    spent = (perf_counter() - began) / (len(case.answers) + 1)
    return int(row["ktas_level"]), judge(case, model).level, len(case.answers), spent


def _plain(name: str) -> str:
    return re.sub(r"[\s,]", "", name)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Please name a copy of the public table: python -m bench.interview TABLE.csv")
    for name, value in measure(Path(sys.argv[1])).items():
        print(f"{name:<28} {value}")

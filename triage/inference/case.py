"""One case as rules and model see it: plain data, no name."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """What is known of one person at one moment.

    words: their own words, Korean or English, any length.
    language: "ko" or "en".  age: years, None if unknown.  sex: "F", "M" or None.
    answers: codes by question (triage/knowledge/questions.jsonl), onset minutes|hours|days|weeks, each may be "unknown";
      conditions, medicines, allergies are free text.
    vitals: temp (degrees C), hr and rr (per minute), sbp and dbp (mmHg), spo2 (percent), glucose (mg/dL), pain (0-10).
    """

    words: str
    language: str = "ko"
    age: float | None = None
    sex: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    vitals: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One reason for a level, tied to the very input it came from.

    source: "words", "answer" or "vital".  key: the answer's question or the vital's name, "" for words.
    start, end: the span in `Case.words` (0, 0 when the source is not words).
    text: for clinicians, plain: for patients; both {"ko", "en"}.
    """

    code: str
    level: int
    source: str
    key: str
    start: int
    end: int
    text: dict[str, str]
    plain: dict[str, str]

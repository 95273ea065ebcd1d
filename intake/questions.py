"""The guided questions, in both languages. Codes are what rules and model read; "unknown" is always an answer."""

from dataclasses import dataclass, field

UNKNOWN = ("unknown", {"ko": "모르겠어요", "en": "I don't know"})


@dataclass(frozen=True)
class Question:
    """One question: choices to pick from, or free text when there are none."""

    key: str
    title: dict[str, str]
    hint: dict[str, str] = field(default_factory=dict)
    choices: tuple[tuple[str, dict[str, str]], ...] = ()
    sex: str = ""
    ages: tuple[int, int] = (0, 200)

    def asked_of(self, patient) -> bool:
        """Whether this question makes sense for this person."""
        return (not self.sex or patient.sex == self.sex) and self.ages[0] <= patient.age <= self.ages[1]

    def in_words(self, value, language) -> str:
        """An answer as the person chose or wrote it."""
        return dict((*self.choices, UNKNOWN)).get(value, {}).get(language, value)


QUESTIONS = [
    Question(
        "onset",
        {"ko": "언제부터 그랬나요?", "en": "When did it start?"},
        choices=(
            ("minutes", {"ko": "방금, 한 시간 안에", "en": "Just now, within an hour"}),
            ("hours", {"ko": "오늘", "en": "Today"}),
            ("days", {"ko": "며칠 됐어요", "en": "Some days ago"}),
            ("weeks", {"ko": "일주일이 넘었어요", "en": "More than a week ago"}),
            UNKNOWN,
        ),
    ),
    Question(
        "pregnant",
        {"ko": "임신 중이거나 임신일 수 있나요?", "en": "Pregnant, or possibly pregnant?"},
        choices=(("no", {"ko": "아니요", "en": "No"}), ("yes", {"ko": "네", "en": "Yes"}), UNKNOWN),
        sex="female",
        ages=(10, 55),
    ),
    Question(
        "conditions",
        {"ko": "앓고 있는 병이 있나요?", "en": "Any long-term illnesses?"},
        {"ko": "예: 당뇨, 고혈압, 천식. 없으면 비워 두세요.", "en": "For example diabetes, high blood pressure, asthma. Leave empty if none."},
    ),
    Question(
        "medicines",
        {"ko": "먹고 있는 약이 있나요?", "en": "Any medicines?"},
        {"ko": "이름을 모르면 무슨 약인지만 적어 주세요. 피를 묽게 하는 약은 꼭 적어 주세요.",
         "en": "If you do not know the name, say what it is for. Please mention blood thinners."},
    ),
    Question(
        "allergies",
        {"ko": "알레르기가 있나요?", "en": "Any allergies?"},
        {"ko": "약이나 음식 알레르기를 적어 주세요. 없으면 비워 두세요.", "en": "To medicines or food. Leave empty if none."},
    ),
]  # fmt: skip
BY_KEY = {question.key: question for question in QUESTIONS}


def told(answers, language) -> list[tuple[str, str]]:
    """Answers as (question, answer) in words of a language."""
    given = [question for question in QUESTIONS if answers.get(question.key)]
    return [(question.title[language], question.in_words(answers[question.key], language)) for question in given]

"""What a person agrees to, word for word, in both languages. Change a word: raise the version."""

from typing import NamedTuple


class Wording(NamedTuple):
    """One consent: its scope, the version of its text, and the text."""

    scope: str
    version: str
    required: bool
    title: dict[str, str]
    text: dict[str, str]


WORDINGS = [
    Wording(
        scope="video-visit",
        version="2026-11-1",
        required=True,
        title={"ko": "화상 진료에 동의합니다", "en": "I agree to a video visit"},
        text={
            "ko": "의사가 화면으로 진료합니다. 직접 만져 보는 검사는 할 수 없으며, 필요하면 병원에 직접 오시도록 안내합니다. "
            "언제든지 그만둘 수 있습니다.",
            "en": "A doctor sees you on the screen. They cannot examine you by hand and may ask you to come in person. "
            "You can stop at any time.",
        },
    ),
    Wording(
        scope="health-data",
        version="2026-11-1",
        required=True,
        title={"ko": "건강 정보 이용에 동의합니다", "en": "I agree that my health information is used for this visit"},
        text={
            "ko": "적어 주신 증상과 진료 기록은 이 진료를 위해서만 쓰고, 진료를 맡은 의료진만 봅니다. 누가 보았는지 기록이 남습니다.",
            "en": "What you write and the notes of this visit are used for your care only. Only the staff who care for you "
            "see them, and every look is written down.",
        },
    ),
    Wording(
        scope="ai-advice",
        version="2026-11-1",
        required=False,
        title={"ko": "AI가 급한 정도를 먼저 살펴보는 데 동의합니다", "en": "I agree that an AI suggests how urgent this is"},
        text={
            "ko": "AI는 급한 정도를 의료진에게 제안만 합니다. 결정은 사람이 합니다. 동의하지 않아도 진료를 받을 수 있으며, "
            "그때는 정해진 안전 규칙과 도착한 순서를 따릅니다.",
            "en": "The AI only gives a suggestion to the staff. People decide. If you do not agree you are still seen: "
            "then fixed safety rules and the order of arrival are used.",
        },
    ),
]

# Asked in the video room, of everybody there; {days} is how long the house keeps recordings.
RECORDING = Wording(
    scope="recording",
    version="2026-11-1",
    required=False,
    title={"ko": "이 진료를 녹화하는 데 동의합니다", "en": "I agree that this visit is recorded"},
    text={
        "ko": "모두가 동의하는 동안에만 화면과 소리를 녹화합니다. 녹화는 암호화해서 {days}일 동안 보관한 뒤 지웁니다. 환자 쪽과 진료한 "
        "의사만 다시 볼 수 있고, 볼 때마다 기록이 남습니다. 동의하지 않아도 진료는 그대로 이어집니다. 동의는 언제든지 거둘 수 있고, "
        "그러면 녹화가 바로 멈춥니다. 그때까지 녹화된 것은 남습니다.",
        "en": "Picture and sound are recorded only while everybody agrees. The recording is encrypted, kept for {days} days and then "
        "deleted. Only the patient's side and the treating doctor can play it, and each time is written down. If you do not agree, "
        "the visit goes on just the same. You can take your consent back at any time: the recording then stops at once, and what "
        "was recorded until then stays.",
    },
)


def wording(scope: str) -> Wording:
    """The present wording of a consent."""
    return next(item for item in WORDINGS if item.scope == scope)

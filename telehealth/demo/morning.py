"""The people of the demo: invented, three clinics, one morning. Words are in the language in which they were said."""

from datetime import date
from typing import NamedTuple


class Clinic(NamedTuple):
    key: str
    name_ko: str
    name_en: str
    link_class: str
    phone: str


class Staff(NamedTuple):
    email: str
    role: str
    name: str
    specialty_ko: str
    specialty_en: str
    clinics: tuple[str, ...]
    language: str = "ko"


class Signed(NamedTuple):
    """A patient who signs in."""

    email: str
    name: str
    birth_date: date
    sex: str
    language: str


class Waiting(NamedTuple):
    """Somebody who has told their story already."""

    name: str
    birth_date: date
    sex: str
    clinic: str
    minutes: int
    language: str
    words: str
    answers: dict
    vitals: dict


CLINICS = [
    Clinic("seoul", "나루 서울의원", "Naru Seoul Clinic", "good", "02-555-0101"),
    Clinic("gangneung", "강릉 바다의원", "Gangneung Seaside Clinic", "good", "033-555-0102"),
    Clinic("village", "산너머마을 보건진료소", "Sanneomeo Village Health Post", "weak", "033-555-0103"),
]
STAFF = [
    Staff("doctor@naru.example", "doctor", "김서연", "내과", "Internal medicine", ("seoul", "gangneung", "village")),
    Staff("doctor.en@naru.example", "doctor", "Emily Carter", "가정의학과", "Family medicine", ("seoul", "village"), "en"),
    Staff("assistant@naru.example", "assistant", "박미영", "", "", ("village",)),
    Staff("assistant.seoul@naru.example", "assistant", "최은지", "", "", ("seoul",)),
    Staff("coordinator@naru.example", "coordinator", "정현우", "", "", ("seoul", "gangneung", "village")),
    Staff("admin@naru.example", "administrator", "오세훈", "", "", ()),
    Staff("reviewer@naru.example", "reviewer", "문가람", "", "", ()),
]
PATIENTS = [
    Signed("patient@naru.example", "한지민", date(1968, 3, 9), "female", "ko"),
    Signed("patient.en@naru.example", "Daniel Reed", date(1991, 11, 2), "male", "en"),
]
PHRASES = {
    "doctor@naru.example": [
        ("감기", "급성 비인두염", "쉬기, 물 자주 마시기, 열나면 해열제. 사흘 뒤에도 열이 나면 다시 진료.",
         "감기로 보입니다. 푹 쉬고 물을 자주 드세요. 숨이 차거나 사흘 넘게 열이 나면 다시 연락 주세요."),
        ("허리", "급성 요통, 신경 증상 없음", "가벼운 움직임 유지, 진통제, 2주 뒤 재진.",
         "허리 근육이 놀란 것입니다. 조금씩 움직이세요. 다리에 힘이 빠지거나 소변 보기가 어려우면 바로 연락 주세요."),
    ],
    "doctor.en@naru.example": [
        ("cold", "Acute nasopharyngitis", "Rest, fluids, paracetamol for fever. Back if feverish after three days.",
         "You have a cold. Rest and drink a lot. Call again if you are short of breath or feverish for more than three days."),
        ("back", "Acute low back pain without nerve signs", "Keep moving gently, painkillers, review in two weeks.",
         "You have strained your back. Move a little and often. Call at once if a leg grows weak or you cannot pass water."),
    ],
}  # fmt: skip
WAITING = [
    Waiting("윤복순", date(1944, 2, 1), "female", "village", 34, "ko",
            "사흘 전부터 기침이 나고 어젯밤부터 열이 나요. 밥맛이 없고 기운이 하나도 없어요.",
            {"onset": "days", "ask-pain": "moderate", "ask-breathing": "effort", "allergies": "페니실린 맞고 두드러기가 났어요",
             "medicines": "암로디핀 5mg"}, {"temp": "38.4", "hr": "98", "spo2": "94"}),
    Waiting("강태식", date(1957, 8, 21), "male", "village", 12, "ko",
            "어제 밭일하다가 허리를 삐끗했는데 오늘은 일어나 앉기도 힘드네요. 다리가 저리지는 않아요.",
            {"onset": "days", "ask-pain": "moderate"}, {"sbp": "142", "dbp": "88", "hr": "76"}),
    Waiting("서민재", date(2022, 6, 30), "male", "seoul", 21, "ko",
            "네 살 아이인데 어제저녁부터 다섯 번 토하고 물도 잘 못 마셔요. 소변을 거의 안 봤어요.",
            {"onset": "hours", "ask-awake": "clear"}, {"temp": "37.9"}),
    Waiting("Grace Miller", date(1985, 1, 14), "female", "seoul", 48, "en",
            "I have had burning when I pee since yesterday and I need to go every half hour. No fever, no back pain.",
            {"onset": "days", "ask-danger": "none"}, {}),
    Waiting("조은비", date(1999, 12, 5), "female", "seoul", 63, "ko",
            "팔 안쪽이 일주일째 가렵고 빨갛게 올라왔어요. 새로 바꾼 세제 때문인가 싶어요.",
            {"onset": "weeks", "ask-danger": "none"}, {}),
    Waiting("Tom Whitfield", date(1973, 5, 28), "male", "gangneung", 26, "en",
            "My blood pressure pills run out on Friday, I just need a repeat. I feel well.",
            {"onset": "unknown", "ask-danger": "none"}, {"sbp": "132", "dbp": "84"}),
    Waiting("문경자", date(1951, 10, 17), "female", "gangneung", 9, "ko",
            "아침에 일어나니까 머리가 핑 돌고 속이 메스꺼워요. 가만히 누워 있으면 괜찮고 말은 또렷해요.",
            {"onset": "hours", "ask-pain": "none", "ask-awake": "clear"}, {"sbp": "151", "dbp": "90", "hr": "82"}),
]  # fmt: skip

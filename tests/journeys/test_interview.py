"""Five very different people answer what the interview asks, in a real browser and in their own language."""

import pytest

from . import steps

# words in both languages, answers (else "I don't know"), what has to be asked, what would be nonsense, levels allowed
PEOPLE = {
    "headache": (
        "머리가 아파요", "I have a headache",
        {"danger": "none", "pain": "severe", "headache": "yes"}, {"danger"}, {"testicle", "bite"}, (1, 2),
    ),
    "runny nose": (
        "이틀째 콧물이 나요. 열은 없어요", "My nose has been running for two days, no fever",
        {"danger": "none", "pain": "none", "fever": "no"}, set(), {"fever", "testicle", "pain_place", "death_wish"}, (3, 5),
    ),
    "belly": (
        "배가 아파요", "My belly hurts",
        {"danger": "none", "pain": "moderate", "fever": "no"}, set(), {"eye", "bite", "stroke"}, (2, 4),
    ),
    "twisted ankle": (
        "발목을 삐었는데 걸을 수는 있어요", "I twisted my ankle but I can walk",
        {"danger": "none", "pain": "mild", "pain_place": "outside", "limb": "moves"},
        set(), {"stroke", "sepsis", "death_wish"}, (3, 5),
    ),
    "cannot breathe": (
        "숨이 너무 차서 말을 못 하겠어요", "I can't breathe, too breathless to talk",
        {}, set(), {"fever", "pain_place", "usual"}, (1, 1),
    ),
}  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("language", ["ko", "en"])
def test_five_people_are_asked_what_matters(sign_in, product, subtests, language):
    doctor = sign_in("김서연")
    for name, (korean, english, answers, must, nonsense, (most, least)) in PEOPLE.items():
        with subtests.test(name):
            page = sign_in("박미영", locale=language, viewport={"width": 390, "height": 844})
            page.context.add_cookies([{"name": "django_language", "value": language, "url": product.url}])
            steps.walk_in(page, f"{name} {language}", "1979-03-02")
            page.locator("main a.nhsuk-button").first.click()
            visit = steps.say_and_agree(page, korean if language == "ko" else english, start=False)
            asked = steps.answer_all(page, answers)
            assert must <= set(asked), asked
            assert not set(asked) & nonsense, asked
            assert len(asked) == len(set(asked)) <= 8
            if "/desk/visit/" not in page.url:  # an emergency was sent at once
                assert "/intake/summary/" in page.url
                steps.send(page, visit)
            steps.wait_for(lambda visit=visit: steps.level(doctor, visit), what="a judged level")
            assert most <= steps.level(doctor, visit) <= least

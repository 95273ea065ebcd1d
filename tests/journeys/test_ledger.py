"""A doctor signs a level with one key and one reason; a colleague judges the difference blind, on a phone."""

import pytest

from . import steps

PHONE = {"width": 360, "height": 740}
PEOPLE = {
    "ko": ("한지민", "이틀째 콧물이 나요. 열은 없어요"),
    "en": ("Daniel Reed", "My nose has been running for two days, no fever"),
}


@pytest.mark.once
@pytest.mark.parametrize("language", ["ko", "en"])
def test_two_signatures_and_a_blind_verdict(sign_in, product, language):
    def window(name, **options):
        page = sign_in(name, locale=language, **options)
        page.context.add_cookies([{"name": "django_language", "value": language, "url": product.url}])
        return page

    person, words = PEOPLE[language]
    patient, doctor, colleague = window(person), window("김서연"), window("Emily Carter", viewport=PHONE)
    visit = steps.tell(patient, words)
    doctor.goto("/desk/queue/")
    suggested = steps.wait_for(lambda: steps.level(doctor, visit), what="a judged level")
    doctor.goto(f"/desk/visit/{visit}/")
    given = 3 if suggested != 3 else 4
    doctor.keyboard.press(str(given))
    doctor.keyboard.press("Enter")
    doctor.locator("#level:not([open])").wait_for()
    assert str(given) in doctor.locator(".naru-signatures div:nth-child(2) b").first.inner_text()

    colleague.goto("/home/")
    colleague.locator(".naru-nav summary").press("Enter")  # on a phone the rarer pages are folded
    colleague.locator("a[href='/ledger/']").click()
    assert colleague.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    colleague.locator(".naru-ledger li").first.locator("a.naru-row__name").click()
    case = colleague.url
    assert colleague.locator(f"a[href='/desk/visit/{visit}/']").count() == 0  # who said what is hidden
    colleague.locator(f"input[name=level][value='{given}']").check()
    colleague.locator("[name=reason]").fill("OK")
    colleague.locator("form[action$='/verdict/'] button").click()
    colleague.wait_for_url(case)
    assert colleague.locator("form[action$='/verdict/']").count() == 0
    doctor.goto(case)
    assert doctor.locator(f"a[href='/desk/visit/{visit}/']").count() == 1  # her own case: she knows who said what

    steps.leave(patient, visit)

"""A second patient while the first is in the room: a page asks, by keyboard, and the first hears nothing of the second."""

import pytest
from playwright.sync_api import expect

from . import steps

pytestmark = pytest.mark.once
PEOPLE = ("한지민", "Daniel Reed")
WORDS = "I have had a runny nose for two days"
SIZE = {"ko": {"width": 360, "height": 740}, "en": {"width": 1280, "height": 800}}
TABS_TO_THE_PAGE = 60  # more links stand before no page


def press(page, button):
    """Go to it with the Tab key, as who uses no mouse, and press it."""
    for _tab in range(TABS_TO_THE_PAGE):
        if button.evaluate("button => button === document.activeElement"):
            return page.keyboard.press("Enter")
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not reach it")


def break_off(doctor, visit):
    """The visit ends, so that the next test's doctor has an empty room."""
    doctor.goto(f"/desk/visit/{visit}/")
    form = doctor.locator(f"form[action='/desk/visit/{visit}/break-off/']")
    form.evaluate("form => { form.reason.value = 'over'; form.submit(); }")
    doctor.wait_for_url("**/desk/queue/")


@pytest.mark.parametrize("language", SIZE)
def test_the_second_patient_waits_until_the_doctor_says_so(sign_in, product, language):
    first, second = (steps.tell(sign_in(name, locale="en"), WORDS) for name in PEOPLE)
    doctor = sign_in("김서연", locale=language, viewport=SIZE[language])
    doctor.context.add_cookies([{"name": "django_language", "value": language, "url": product.url}])
    doctor.goto("/desk/queue/")
    steps.call_in(doctor, first)
    doctor.wait_for_url(f"**/desk/visit/{first}/")

    first_tab, doctor = doctor, doctor.context.new_page()
    expect(first_tab.locator("[data-room-tiles] video").first).to_be_visible()  # a page that is left open
    doctor.goto("/desk/queue/")
    steps.row(doctor, second).locator("[data-call-in]").click()
    expect(doctor.locator("main [role=alert]")).to_contain_text(PEOPLE[0])
    assert doctor.evaluate("document.documentElement.scrollWidth <= innerWidth")
    press(doctor, doctor.locator("main form button"))
    doctor.wait_for_url(f"**/desk/visit/{second}/")
    expect(first_tab.locator("#room")).to_have_count(0)  # there nobody sees or hears the doctor any more
    expect(first_tab.locator("#note-form")).to_be_visible()

    doctor.goto("/desk/queue/")
    doctor.locator(f"form[action='/desk/visit/{first}/resume/'] button").click()
    expect(doctor.locator("main [role=alert]")).to_contain_text(PEOPLE[1])
    press(doctor, doctor.locator("main a.nhsuk-button"))
    doctor.wait_for_url(f"**/desk/visit/{second}/")
    for visit in first, second:
        break_off(doctor, visit)

"""A coordinator by keyboard alone: a free time of the calendar is booked for somebody, moved, and its doctor runs late."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.once
WORDS = {"en": ("Ann Lee", "Week"), "ko": ("이하나", "주간")}


def press(page, target):
    """Go there and press Enter, as somebody does who has no mouse."""
    target.focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_free_time_is_booked_moved_and_found_again_by_keyboard_on_a_phone(sign_in, product, language):
    name, week = WORDS[language]
    page = sign_in("정현우", locale=language, viewport={"width": 360, "height": 780})
    page.context.add_cookies([{"name": "django_language", "value": language, "url": product.url}])
    page.goto("/desk/calendar/")
    page.locator("#doctor").select_option(label="김서연")
    press(page, page.locator(".naru-whose button"))
    press(page, page.locator("a[rel=next]"))
    press(page, page.locator(".naru-entry--free a").nth(3))
    page.locator("[name=name]").focus()
    page.keyboard.type(name)
    page.locator("[name=birth_date]").fill("1970-05-17")
    page.locator("[name=sex]").select_option("female")
    press(page, page.locator("form:has([name=name]) button"))
    page.wait_for_url("**/desk/appointment/*/")
    expect(page.locator("h1")).to_have_text(name)
    press(page, page.locator("main a.nhsuk-button"))
    press(page, page.locator("button[name=slot]").nth(8))
    page.wait_for_url("**/desk/appointment/*/")
    expect(page.locator("main ul li")).to_have_count(2)
    page.goto("/desk/calendar/?" + page.locator("main a").first.get_attribute("href").partition("?")[2])
    press(page, page.get_by_role("link", name=week, exact=True))
    expect(page.locator(".naru-entry--booked", has_text=name)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= 360")
    press(page, page.locator(".naru-entry--booked a", has_text=name))
    press(page, page.locator("form[action$='/cancel/'] button"))
    expect(page.locator("main ul li")).to_have_count(3)

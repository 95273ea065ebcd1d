"""A relative books for somebody who let them, in English; a coordinator books for a caller by the keyboard alone, in Korean."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.once


def test_a_relative_is_let_in_books_for_somebody_and_is_out_again(sign_in):
    patient, relative = sign_in("한지민", locale="ko"), sign_in("Daniel Reed", locale="en")
    patient.goto("/people/")
    patient.get_by_role("button", name="링크 만들기").click()
    relative.goto(patient.locator(".naru-link a").get_attribute("href"))
    relative.get_by_role("button", name="Yes, I act for them").click()
    relative.goto("/booking/")
    for _choice in "clinic", "doctor":
        relative.locator("main p a.nhsuk-button").first.click()
    relative.locator("nav.naru-slots a").last.click()
    relative.locator(".naru-slots a:has(time)").first.click()
    relative.get_by_label("한지민").check()
    relative.get_by_role("button", name="Book this time").click()
    expect(relative.locator("main")).to_contain_text("Booked for 한지민")
    expect(relative.locator("main")).to_contain_text("Daniel Reed for 한지민")
    relative.get_by_role("link", name="Cancel this appointment").click()
    relative.get_by_role("button", name="Yes, cancel it").click()
    expect(relative.locator("main")).to_contain_text("This appointment was cancelled.")
    patient.goto("/people/")
    patient.get_by_role("button", name="지금 끝내기").click()
    assert relative.reload().status == 404


def test_somebody_calls_and_is_booked_by_the_keyboard_alone(sign_in):
    page = sign_in("정현우", locale="ko")
    page.goto("/desk/caller/")
    keys = []

    def press(key):
        keys.append(key)
        page.keyboard.press(key)

    for field in "조순자", "19510412", "010-2345-6789":
        page.keyboard.type(field)
        press("Tab")
    press("Tab")  # past the question whether the person is known
    press("Enter")  # the first free time
    page.wait_for_url(re.compile(r"/desk/caller/[0-9a-f-]{36}/"))
    expect(page.locator(".naru-words")).to_contain_text("조순자 님")
    expect(page.locator(".naru-words")).to_contain_text("끝자리 6789")
    press("Enter")  # the next caller
    page.wait_for_url("**/desk/caller/?clinic=*")
    expect(page.locator("[name=name]")).to_be_focused()
    assert len(keys) == 6

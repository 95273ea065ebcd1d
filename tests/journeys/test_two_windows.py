"""A doctor has the same visit open twice: what is written in one window is not wiped by the other."""

import re

import pytest
from playwright.sync_api import expect

from . import steps

pytestmark = pytest.mark.once


def kept(page, name, text):
    """Write in one field and wait until it is kept."""
    page.locator(f"[name=note-{name}]").fill(text)
    expect(page.locator("[data-note-status]")).to_contain_text("Kept")


def test_two_windows_of_one_doctor_write_one_note(sign_in, product):
    visit = steps.tell(sign_in("Daniel Reed", locale="en"), "I have had a runny nose for two days")
    first = sign_in("김서연", locale="en")
    first.context.add_cookies([{"name": "django_language", "value": "en", "url": product.url}])
    first.goto("/desk/queue/")
    steps.call_in(first, visit)
    first.wait_for_url(f"**/desk/visit/{visit}/")
    second = first.context.new_page()
    second.goto(f"/desk/visit/{visit}/")
    kept(first, "assessment", "A cold")
    kept(second, "plan", "Rest")
    second.locator("[name=note-assessment]").fill("No fever")  # where the first window wrote
    expect(second.locator("[data-note-refused]")).to_contain_text("Both texts are kept")
    expect(second.locator("[name=note-assessment]")).to_have_value(re.compile(r"^A cold\n\[.+\]\nNo fever$"))
    kept(second, "assessment", "A cold, no fever")
    second.reload()
    expect(second.locator("[name=note-assessment]")).to_have_value("A cold, no fever")
    kept(first, "summary", "You have a cold.")
    first.locator("#sign").click()
    expect(first.locator("#note-form")).to_have_count(0)
    for words in ("A cold, no fever", "Rest", "You have a cold."):
        expect(first.locator("main")).to_contain_text(words)

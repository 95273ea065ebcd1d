"""A doctor works by keyboard alone: next, write, prescribe, a sick note, sign everything, next."""

import pytest
from playwright.sync_api import expect

from . import steps

pytestmark = pytest.mark.once
DOCTORS = {"ko": ("김서연", "감기", "급성 비인두염"), "en": ("Emily Carter", "cold", "Acute nasopharyngitis")}


def focus(page, selector):
    expect(page.locator(selector)).to_be_focused()


def add_medicine(page, name):
    focus(page, "[name=medicine-medication]")
    page.keyboard.type(name)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_doctor_needs_no_mouse(sign_in, product, language):
    name, shortcut, meaning = DOCTORS[language]
    doctor = sign_in(name, locale=language)
    doctor.context.add_cookies([{"name": "django_language", "value": language, "url": product.url}])
    press, write = doctor.keyboard.press, doctor.keyboard.type
    medicines = doctor.locator("#prescription .naru-medicines li")
    listens = doctor.locator("[data-keys-open]")  # shown by the script that hears the keys
    doctor.goto("/desk/queue/")
    expect(listens).to_be_visible()
    press("?")
    expect(doctor.locator("[data-keys]")).to_be_visible()
    press("Escape")
    expect(doctor.locator("[data-keys]")).to_be_hidden()

    press("n")
    doctor.wait_for_url("**/desk/visit/*/")
    expect(listens).to_be_visible()
    seen = steps.VISIT.search(doctor.url).group(1)
    press("w")
    write(f"/{shortcut} ")
    expect(doctor.locator("[name=note-summary]")).not_to_be_empty()
    write("n")  # a letter in a field is a letter
    expect(doctor.locator("[name=note-assessment]")).to_have_value(f"{meaning}n")
    press("Escape")
    press("p")
    add_medicine(doctor, "타이레놀 500mg")
    expect(medicines).to_have_count(1)
    add_medicine(doctor, "아세트아미노펜 325mg")
    focus(doctor, "[name=medicine-override_reason]")
    write("밤에는 다른 것")
    press("Enter")
    expect(medicines).to_have_count(2)
    focus(doctor, "[name=medicine-medication]")
    press("Escape")
    press("s")
    focus(doctor, "#letter-sick-note [name$=first_day]")
    press("Escape")
    press("f")
    focus(doctor, "#sign-all")
    expect(doctor.locator("#review-dialog")).to_contain_text("밤에는 다른 것")
    press("2")  # how it ended
    expect(doctor.locator("#review-dialog [value=treated]")).to_be_checked()
    press("Enter")
    expect(doctor.locator("#note-form")).to_have_count(0)
    expect(doctor.locator("#urgency b").last).to_have_text({"ko": "여기서 진료를 마침", "en": "Treated here"}[language])
    doctor.goto(f"/visit/{seen}/prescription/")
    expect(doctor.locator("main")).to_contain_text("타이레놀 500mg")

    doctor.goto(f"/desk/visit/{seen}/")
    expect(listens).to_be_visible()
    doctor.locator("[data-keys-on]").dispatch_event("keydown", {"key": "n"})  # a box with the focus takes no letters
    doctor.wait_for_url(lambda url: seen not in url)
    expect(listens).to_be_visible()
    press("w")
    write(f"/{shortcut} ")
    expect(doctor.locator("[name=note-summary]")).not_to_be_empty()
    doctor.reload()  # at once: the last words are still on their way
    expect(listens).to_be_visible()
    expect(doctor.locator("[name=note-assessment]")).to_have_value(meaning)
    expect(doctor.locator("[data-note-status]")).not_to_be_empty()  # and they are kept without another key
    press("Escape")
    press("Shift+Digit1")
    expect(doctor.locator("[name=outcome][value=advice]")).to_be_checked()
    press("Control+Enter")
    expect(doctor.locator("#note-form")).to_have_count(0)

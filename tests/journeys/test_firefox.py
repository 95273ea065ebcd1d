"""Not everybody has Chromium: one visit whose patient has Firefox, and whose doctor has first Firefox and then Chromium."""

import pytest
from playwright.sync_api import expect

from tests.firefox import firefox

from . import steps

pytestmark = pytest.mark.once
THEIRS = ".naru-tile:not(.naru-tile--self) video"
NEXT = "main form[method=post] button.nhsuk-button"


def on(window, path):
    """Wait until a window shows this page."""
    steps.wait_for(lambda: window.evaluate("document.readyState === 'complete' && location.pathname") == path, what=path)


def shows(window, selector):
    """Wait until something is on the page."""
    steps.wait_for(lambda: window.evaluate(f"Boolean(document.querySelector('{selector}'))"), what=selector)


def moves(window):
    """The other person's picture goes on."""
    time = f"document.querySelector('{THEIRS}')?.currentTime || 0"
    steps.wait_for(lambda: window.evaluate(time), what="a first picture")
    before = window.evaluate(time)
    steps.wait_for(lambda: window.evaluate(time) > before, what="a second picture")


def test_a_visit_in_firefox(product, sign_in):
    assistant = sign_in("박미영")
    steps.walk_in(assistant, "여우비", "1962-3-4")
    link = assistant.locator(".naru-link a").get_attribute("href")
    assistant.locator("main a.nhsuk-button").first.click()
    visit = steps.VISIT.search(assistant.url).group(1)
    with firefox() as browser:
        patient, doctor = browser.window(product.url), browser.window(product.url)
        patient.goto(link.removeprefix(product.url))
        patient.goto(f"/visit/{visit}/intake/words/")
        patient.click("textarea[name=words]")
        patient.press(*"가슴이 조이고 식은땀이 나요")
        patient.click(NEXT)
        shows(patient, ".naru-emergency")
        patient.goto(f"/visit/{visit}/intake/consent/")
        patient.evaluate("document.querySelectorAll('main input[type=checkbox]').forEach((box) => box.click())")
        patient.click(NEXT)
        on(patient, f"/visit/{visit}/intake/questions/")
        patient.goto(f"/visit/{visit}/intake/summary/")
        patient.click("#send")
        on(patient, f"/visit/{visit}/")

        doctor.goto("/demo/")
        doctor.evaluate("[...document.querySelectorAll('button')].find((one) => one.textContent.includes('김서연')).click()")
        on(doctor, "/desk/queue/")
        doctor.goto(f"/desk/visit/{visit}/")
        doctor.press("n")
        shows(doctor, "#room, [name=instead]")
        doctor.evaluate("document.querySelector('[name=instead]')?.form.submit()")  # whom an earlier test left in the room
        shows(doctor, "#room")
        shows(patient, "#join")
        patient.click("#join")
        shows(patient, THEIRS)
        for window in (patient, doctor):
            steps.sees_and_hears(window)
            moves(window)

        doctor = sign_in("김서연")  # goes on in another browser, and the first page stops
        doctor.goto(f"/desk/visit/{visit}/")
        for window in (patient, doctor):
            steps.sees_and_hears(window)
            moves(window)
        patient.goto(f"/visit/{visit}/room/")
        shows(patient, "[data-room-status] button")  # a page without a tap plays no sound, but shows the picture
        moves(patient)
        patient.click("[data-room-status] button")
        steps.wait_for(lambda: patient.evaluate(f"[...document.querySelectorAll('{THEIRS}')].every(({{ muted }}) => !muted)"))
        moves(patient)
        doctor.locator("[name=note-assessment]").fill("협심증 의심")
        doctor.locator("[name=note-plan]").fill("119로 이송")
        doctor.locator("[name=note-summary]").fill("구급차를 불렀습니다.")
        doctor.locator("#sign").click()
        expect(doctor.locator("[name=note-plan]")).to_have_count(0)
        assert browser.mistakes == []

"""Before the call: the check ends in a clear success, or in a phone call that keeps the place."""

import pytest
from playwright.sync_api import expect

from . import steps

pytestmark = pytest.mark.once


def waiting(sign_in, name):
    """Somebody who waits, on their own phone, with nothing but the visit's link."""
    assistant, patient = sign_in("박미영"), sign_in(None)
    steps.walk_in(assistant, name, "1961-5-6")
    link = assistant.locator(".naru-link a").get_attribute("href")
    assistant.locator("main a.nhsuk-button").first.click()
    visit = steps.tell(assistant, "이틀째 콧물이 나요", start=False)
    patient.goto(link)
    return patient, visit


def test_own_sound_and_picture_come_back_from_the_server(sign_in):
    patient, visit = waiting(sign_in, "한소리")
    patient.goto(f"/visit/{visit}/check/")
    patient.locator("[data-check-start]").focus()
    patient.keyboard.press("Enter")
    expect(patient.locator("[data-check-status]")).to_have_class("naru-message naru-message--good", timeout=20_000)
    for step in ("video", "audio", "way"):
        expect(patient.locator(f"[data-check-step={step}]")).to_have_attribute("data-state", "yes")
    steps.wait_for(lambda: patient.evaluate("window.naruEcho.lines.stats()")["sound"] > 0, what="the own voice")
    steps.wait_for(lambda: patient.evaluate("window.naruEcho.player.currentTime") > 0, what="the own voice is played")
    patient.locator("[data-check-sound]").click()
    expect(patient.locator("[data-check-step=video]")).to_have_attribute("data-state", "without")
    expect(patient.locator("[data-check-status]")).to_have_class("naru-message naru-message--good", timeout=20_000)
    patient.locator("[data-check-picture]").click()
    expect(patient.locator("[data-check-step=video]")).to_have_attribute("data-state", "yes")


def test_what_is_blocked_has_words_and_a_way_out(sign_in):
    patient, visit = waiting(sign_in, "한막힘")
    patient.goto(f"/visit/{visit}/check/")
    for error, name in (("NotAllowedError", "denied"), ("NotReadableError", "busy"), ("NotFoundError", "nothing")):
        patient.evaluate(
            "name => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', name)) }", error
        )  # a browser of the tests has no user who says no
        patient.locator("[data-check-start]").click()
        expect(patient.locator("[data-check-status]")).to_have_text(patient.locator("#check").get_attribute(f"data-{name}"))
        expect(patient.locator("[data-check-step=way]")).to_have_attribute("data-state", "without")
    expect(patient.locator("#phone")).to_be_visible()


def test_by_phone_instead_keeps_the_place_and_the_doctor_sees_the_number(sign_in):
    patient, visit = waiting(sign_in, "한전화")
    doctor = sign_in("김서연")
    before = steps.order(doctor)
    patient.goto(f"/visit/{visit}/check/")
    patient.locator("#phone [name=number]").fill("010-2222-3333")
    patient.locator("#phone form").first.locator("button").press("Enter")
    patient.wait_for_url(f"**/visit/{visit}/")
    expect(patient.locator("#by-phone")).to_contain_text("01022223333")
    expect(steps.row(doctor, visit).locator("a[href^='tel:']")).to_have_text("01022223333")  # without a reload
    assert steps.order(doctor) == before
    patient.goto(f"/visit/{visit}/check/")
    patient.locator("#phone form").last.locator("button").click()
    expect(steps.row(doctor, visit).locator("a[href^='tel:']")).to_have_count(0)

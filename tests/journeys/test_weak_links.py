"""A visit over a link that becomes narrow, or whose address changes: voices go on, and everything comes back by itself."""

import re

import pytest
from playwright.sync_api import expect

from . import steps

pytestmark = pytest.mark.once
LONG = 40  # seconds


@pytest.fixture(scope="module")
def product(product_by_link):
    """Reached by the link only."""
    return product_by_link


@pytest.fixture
def meeting(product, sign_in, link, request):
    """The doctor and the assistant in one room."""
    link.set("both", delay=10)
    assistant, doctor = sign_in("박미영"), sign_in("김서연")
    steps.walk_in(assistant, f"김{request.node.name[5:15]}", "1950-1-1")
    assistant.locator("main a.nhsuk-button").first.click()
    visit = steps.tell(assistant, "무릎이 아파요", start=False)
    doctor.goto(f"/desk/visit/{visit}/")
    steps.call_in(doctor, visit)
    assistant.goto(f"/visit/{visit}/room/")
    steps.sees_and_hears(doctor)
    steps.sees_and_hears(assistant)
    yield doctor, assistant
    link.set("both")


def hears(page, seconds=LONG):
    before = steps.received(page)["sound"]
    steps.wait_for(lambda: steps.received(page)["sound"] > before, seconds, "the voice goes on")


def status(page):
    return page.locator("[data-room-status]")


def words(page, name):
    return page.locator("#room").get_attribute(f"data-{name}")


def frames(page):
    return steps.received(page)["frames"]


def test_on_a_narrow_link_voices_go_on_and_the_picture_comes_back(meeting, link):
    doctor, assistant = meeting
    link.set("both", delay=20, kbit=150)  # for both people together
    for page in meeting:
        expect(status(page)).to_contain_text(words(page, "weak"), timeout=LONG * 1000)
        hears(page)
    link.set("both", delay=10)
    for page in meeting:
        expect(status(page)).not_to_contain_text(words(page, "weak"), timeout=LONG * 1000)
        steps.sees_and_hears(page, LONG)


def test_another_address_is_the_same_conversation(meeting, link):
    doctor, assistant = meeting
    for page in meeting:
        page.evaluate("window.before = [...window.naruRoom.lines.values()]")
    link.move()
    for page in meeting:
        steps.sees_and_hears(page, LONG)
        assert page.evaluate("window.before.every((line) => [...window.naruRoom.lines.values()].includes(line))")


def test_sound_only_is_a_choice(meeting):
    doctor, assistant = meeting
    assistant.locator("[data-room-soundonly]").click()
    expect(status(assistant)).to_contain_text(words(assistant, "soundonly"))
    for page in meeting:  # nobody sends a picture that nobody gets

        def stands_still(page=page):
            before = frames(page)
            page.wait_for_timeout(1000)
            return frames(page) == before

        steps.wait_for(stands_still, LONG, "the picture stops")
        hears(page)
    assistant.locator("[data-room-soundonly]").click()
    for page in meeting:
        steps.sees_and_hears(page, LONG)


def test_who_reloads_is_back_in_the_same_visit(meeting):
    doctor, assistant = meeting
    mute = assistant.locator("[data-room-mute]")
    mute.click()
    assistant.reload()
    expect(mute).to_have_class(re.compile("naru-room__off"))  # nobody is suddenly heard
    mute.click()
    for page in meeting:
        steps.sees_and_hears(page, LONG)

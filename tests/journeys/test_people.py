"""More than two people in a visit: guests at the door, a third picture, a shared screen, somebody who reloads."""

import pytest
from playwright.sync_api import expect

from . import steps

pytestmark = pytest.mark.once
KOREAN = {"locale": "ko"}


@pytest.fixture
def meeting(sign_in, request):
    """The doctor and the assistant, who sits beside the patient, in one room."""
    assistant, doctor = sign_in("박미영", **KOREAN), sign_in("김서연", **KOREAN)
    steps.walk_in(assistant, f"이{request.node.name[5:15]}", "1950-1-1")
    assistant.locator("main a.nhsuk-button").first.click()
    visit = steps.tell(assistant, "무릎이 아파요", start=False)
    doctor.goto(f"/desk/visit/{visit}/")
    steps.call_in(doctor, visit)
    assistant.goto(f"/visit/{visit}/room/")
    steps.sees_and_hears(doctor)
    steps.sees_and_hears(assistant)
    return doctor, assistant


def invite(page, role):
    """Make a link in the room, without leaving it."""
    page.locator(".naru-invite summary").click()
    page.locator(".naru-invite [name=role]").select_option(role)
    page.locator(".naru-invite form button").click()
    return page.locator("[data-invited] .naru-link a").get_attribute("href")


def come_as_guest(sign_in, link, name):
    """Open an invitation on a device of one's own and ask to come in."""
    guest = sign_in(None, **KOREAN)
    guest.goto(link)
    guest.locator("[name=name]").fill(name)
    guest.locator("main form button").click()
    expect(guest.locator("#now")).to_contain_text("문 앞")
    return guest


def tile_of(page, name):
    return page.locator(".naru-tile", has=page.locator("figcaption", has_text=name))


def test_an_interpreter_is_invited_let_in_and_made_large(meeting, sign_in):
    doctor, assistant = meeting
    interpreter = come_as_guest(sign_in, invite(assistant, "interpreter"), "민수")
    expect(doctor.locator("[data-room-door]")).to_contain_text("민수 님이 들어오려고 합니다.")
    doctor.locator("[data-admit]").focus()
    doctor.keyboard.press("Enter")
    expect(doctor.locator("[data-admit]")).to_have_count(0)
    interpreter.locator("#join").focus()
    interpreter.keyboard.press("Enter")
    for page in (doctor, assistant, interpreter):
        expect(page.locator(".naru-tile:not(.naru-tile--self)")).to_have_count(2)
        steps.sees_and_hears(page)
    pin = tile_of(doctor, "민수").locator("button")
    pin.focus()
    doctor.keyboard.press("Space")
    expect(pin).to_be_focused()
    expect(doctor.locator(".naru-tile").first).to_contain_text("민수")
    expect(doctor.locator(".naru-tile--large")).to_have_count(1)
    doctor.reload()
    expect(doctor.locator(".naru-tile--large")).to_contain_text("민수")  # the choice outlives a reload
    for page in (doctor, assistant, interpreter):
        steps.sees_and_hears(page)
    tile_of(doctor, "민수").locator("button").click()
    expect(doctor.locator(".naru-tile--large")).to_have_count(0)


def test_not_now_and_then_yes(meeting, sign_in):
    doctor, assistant = meeting
    daughter = come_as_guest(sign_in, invite(doctor, "companion"), "영희")
    assistant.locator("[data-room-door] form", has_text="나중에").locator("button").click()
    daughter.get_by_role("button", name="다시 요청하기").click()
    doctor.locator("[data-admit]").click()
    daughter.locator("#join").click()
    steps.sees_and_hears(daughter)
    doctor.locator("[data-room-door] summary").click()
    doctor.locator(".naru-door__inside button").click()
    expect(daughter.locator("#now")).to_contain_text("나중에", timeout=20_000)
    expect(doctor.locator(".naru-tile:not(.naru-tile--self)")).to_have_count(1)


REPLAY = """async (seat) => {
  const { token } = await (await fetch(seat)).json();
  const come = () => new Promise((done) => {
    const { pathname } = new URL(naruRoom.texts.socket, location);
    const socket = new WebSocket(`${location.origin.replace("http", "ws")}${pathname}?token=${token}`);
    socket.onclose = ({ code }) => done(code);
    socket.onmessage = ({ data }) => JSON.parse(data).type === "joined" && done("joined");
  });
  return [await come(), await come()];
}"""


def test_a_pass_is_good_for_one_socket(meeting):
    _doctor, assistant = meeting
    assert assistant.evaluate(REPLAY, assistant.locator("#room").get_attribute("data-seat")) == ["joined", 4404]


def moves(page, selector):
    """The picture in a tile goes on."""
    shown = f"document.querySelector('{selector} video')?.currentTime || 0"
    before = page.evaluate(shown)
    steps.wait_for(lambda: page.evaluate(shown) > before, what=f"{selector} moves")


def test_a_screen_is_large_for_the_other_and_ends_by_itself(meeting):
    doctor, assistant = meeting
    doctor.locator("[data-room-share]").focus()
    doctor.keyboard.press("Enter")
    expect(assistant.locator(".naru-tile").first).to_have_class("naru-tile naru-tile--screen naru-tile--large")
    moves(assistant, ".naru-tile--screen")
    steps.sees_and_hears(assistant)  # the camera runs on beside it
    assistant.reload()
    moves(assistant, ".naru-tile--screen")
    doctor.evaluate("window.naruRoom.rejoin()")  # whatever breaks, what was shown is shown on
    expect(assistant.locator(".naru-tile--screen")).to_have_count(0)
    moves(assistant, ".naru-tile--screen")
    doctor.evaluate("window.naruRoom.screen.track.dispatchEvent(new Event('ended'))")  # "stop" in the browser's own bar
    expect(assistant.locator(".naru-tile--screen")).to_have_count(0)
    steps.sees_and_hears(assistant)
    expect(doctor.locator("[data-room-share]")).to_have_text("화면 공유")

"""The rescue board: each fault is named while it happens, and what the coordinator does about it works, in real browsers."""

import pytest
from playwright.sync_api import expect

from . import steps
from .faults import WHILE_COMING, WHILE_TALKING, Visit

pytestmark = pytest.mark.once
BAD = ("amber", "red")


@pytest.fixture(scope="module")
def product(product_by_link):
    """Reached by the link only."""
    return product_by_link


@pytest.fixture
def visit(product, sign_in, link, request):
    link.set("both", delay=10)
    yield Visit(sign_in, f"김{request.node.name[-14:]}")
    link.set("both")


@pytest.mark.parametrize("fault", [*WHILE_COMING, *WHILE_TALKING], ids=lambda fault: fault.__name__)
def test_the_fault_is_named(visit, link, fault):
    if fault in WHILE_TALKING:
        visit.meet()
    visit.until_board_says(fault(visit, link), *BAD)


def test_a_line_that_mends_itself_is_good_again(visit, link):
    visit.meet().cut(link)
    visit.until_board_says("uplink", *BAD)
    link.set("both", delay=10)
    visit.until_board_says("fine", "green", seconds=60)


def test_who_leaves_and_comes_again_is_gone_and_back(visit):
    visit.meet().patient.locator("[data-room-leave]").click()
    visit.until_board_says("patient-gone", *BAD)
    visit.patient.locator("[data-room-join]").click()
    visit.until_board_says("fine", "green")


def switch(visit):
    visit.row.locator("form[action$='/sound/'] button").click()


def is_without_pictures(page):
    return page.evaluate("Boolean(window.naruRoom?.noPictures)")


def test_the_coordinator_switches_both_to_sound_and_back_and_opens_nobodys_camera(visit):
    visit.meet().patient.locator("[data-room-camera]").click()
    switch(visit)
    for page in (visit.doctor, visit.patient):
        steps.wait_for(lambda page=page: is_without_pictures(page), what="sound only")
    switch(visit)
    steps.sees_and_hears(visit.patient, 40)
    assert not is_without_pictures(visit.patient)
    assert visit.patient.evaluate("window.naruRoom.own.off.video")  # they had closed it themselves


def test_who_comes_again_is_with_sound_only_too(visit):
    switch(visit.meet())
    steps.wait_for(lambda: is_without_pictures(visit.patient), what="sound only")
    visit.patient.reload()
    steps.wait_for(lambda: is_without_pictures(visit.patient), what="still sound only")


def test_the_place_is_kept_while_a_visit_is_parked(visit):
    visit.meet()
    visit.row.locator("form[action$='/park/'] button").click()
    expect(visit.row.locator("form[action$='/take-back/']")).to_be_visible()
    steps.sees_and_hears(visit.patient)  # nobody is thrown out of the room
    visit.row.locator("form[action$='/take-back/'] button").click()
    expect(visit.row.locator("form[action$='/park/']")).to_be_visible()


def test_two_clicks_reach_the_patient(visit):
    visit.row.locator("form[action$='/link/'] button").click()
    expect(visit.coordinator.locator(".naru-words")).to_contain_text("/v/")
    patient = visit.sign_in(None)
    patient.goto(visit.coordinator.locator(".naru-words").inner_text().split()[-1])
    expect(patient.locator("#join")).to_be_visible()

"""A visit is recorded in real browsers: only while both agree, and what was recorded plays."""

import io
from urllib.parse import urlsplit

import av
import pytest
from playwright.sync_api import expect

from . import steps

pytestmark = pytest.mark.once
LONG = 60  # seconds


@pytest.fixture
def meeting(product, sign_in, request):
    """The doctor, and the patient on a phone of her own with the link of the visit; the visit's id."""
    assistant, doctor, patient = sign_in("박미영"), sign_in("김서연"), sign_in(None)
    steps.walk_in(assistant, f"녹화 {request.node.name[-12:]}", "1951-2-3")
    link = assistant.locator(".naru-link a").get_attribute("href")
    assistant.locator("main a.nhsuk-button").first.click()
    visit = steps.tell(assistant, "무릎이 아파서 걷기가 힘들어요", start=False)
    doctor.goto(f"/desk/visit/{visit}/")
    steps.call_in(doctor, visit)
    patient.goto(urlsplit(link).path)
    patient.goto(f"/visit/{visit}/room/")
    steps.sees_and_hears(doctor)
    steps.sees_and_hears(patient)
    return doctor, patient, visit


def banner(page):
    return page.locator(".naru-recording--on")


def ask(doctor):
    doctor.locator(".naru-recording__ask summary").click()
    doctor.locator("[data-recording-ask]").click()


def files(product):
    return sorted((product.state / "recordings").rglob("*.enc"))


def sizes(product):
    return {path.name: path.stat().st_size for path in files(product)}


def recorded(product, before, count=2, least=300_000):
    """Wait until so many new files hold several seconds."""
    new = {name: size for name, size in sizes(product).items() if name not in before}
    return new if sum(size > least for size in new.values()) >= count else None


def addresses(doctor, visit, count):
    """The files of all recordings of the visit, once so many are stored; ends on the page of the newest."""

    def found():
        doctor.goto(f"/desk/visit/{visit}/")
        pages = doctor.locator("#recordings a").evaluate_all("links => links.map((link) => link.href)")
        films = []
        for page in pages:
            doctor.goto(page)
            films += doctor.locator("video").evaluate_all("films => films.map((film) => film.src)")
        return len(films) >= count and films

    return steps.wait_for(found, 3 * LONG, "the recording is stored")


def film(doctor, address):
    """Frames of a file, its length, and where one lands when one seeks to its last third; None: it holds next to nothing."""
    body = doctor.request.get(address).body()
    with av.open(io.BytesIO(body)) as file:
        kinds = {stream.type: 0 for stream in file.streams}
        for frame in file.decode(*file.streams):
            kinds["video" if isinstance(frame, av.VideoFrame) else "audio"] += 1
        if not file.duration or file.duration < 500_000:
            return None  # whoever joins twice begins two files
        file.seek(file.duration * 2 // 3)
        landed = next(file.decode(video=0)).time
        return kinds, file.duration / 1_000_000, landed


def test_both_agree_are_recorded_and_one_takes_it_back(product, meeting):
    doctor, patient, visit = meeting
    before = sizes(product)
    ask(doctor)
    expect(patient.locator(".naru-recording--asks")).to_be_visible()
    expect(doctor.locator(".naru-recording form")).to_be_visible()
    assert sizes(product) == before  # nothing is written before both agreed
    patient.locator("[name=agreed][value=yes]").click()
    expect(patient.locator(".naru-recording--asks")).to_have_count(0)
    for page in (doctor, patient):
        expect(banner(page)).to_have_count(1)
        expect(page.locator("[data-room-people]")).to_contain_text("Naru")
    steps.wait_for(lambda: recorded(product, before), LONG, "five seconds are recorded")
    patient.locator(".naru-recording--on [name=agreed][value=no]").click()
    for page in (doctor, patient):
        expect(banner(page)).to_have_count(0)
        expect(page.locator("[data-room-people]")).not_to_contain_text("Naru")
        steps.sees_and_hears(page)  # and the visit goes on
    films = addresses(doctor, visit, 2)
    after = sizes(product)
    assert len(films) == 2
    for address in films:
        kinds, seconds, landed = film(doctor, address)
        assert kinds["video"] > 50
        assert abs(kinds["audio"] * 0.02 - seconds) < 0.5
        assert seconds > 3
        assert landed < seconds
    doctor.locator("[data-playback-all] button").click()
    plays = "films => films.every((film) => film.currentTime > 1 && film.videoWidth > 0 && film.duration > 3)"
    steps.wait_for(lambda: doctor.locator("video").evaluate_all(plays), LONG, "both films play in the browser")
    assert sizes(product) == after


def test_a_newcomer_is_asked_and_a_killed_worker_loses_nothing_that_was_written(product, meeting, sign_in):
    doctor, patient, visit = meeting
    before = sizes(product)
    ask(doctor)
    patient.locator("[name=agreed][value=yes]").click()
    expect(banner(doctor)).to_be_visible()
    steps.wait_for(lambda: recorded(product, before, 2, 50_000), LONG, "both are recorded")
    assistant = sign_in("박미영")
    assistant.goto(f"/visit/{visit}/room/")
    expect(assistant.locator(".naru-recording--asks")).to_be_visible()
    expect(banner(doctor)).to_have_count(0)
    assistant.locator("[name=agreed][value=yes]").click()
    for page in (doctor, patient, assistant):
        expect(banner(page)).to_be_visible()
    steps.wait_for(lambda: recorded(product, before, 5, 50_000), LONG, "now all three are recorded")
    was = product.kill("media")
    product.wait_until_back("media", was)
    steps.wait_for(lambda: recorded(product, before, 8, 50_000), LONG, "the next worker goes on")
    doctor.locator(".naru-recording--on button").click()
    expect(banner(patient)).to_have_count(0)

    def whole():
        films = [film(doctor, address) for address in addresses(doctor, visit, 8)]
        return sum(found is not None for found in films) >= 8 and [found for found in films if found]

    for kinds, _seconds, _landed in steps.wait_for(whole, LONG, "eight files that play"):
        assert kinds["video"] > 5

"""Ways to the media process other than the usual one: through a relay where UDP is blocked, and over IPv6."""

import tempfile
from pathlib import Path

import pytest

from tests import relays, services
from tests.product import running

from . import steps

pytestmark = pytest.mark.once
LONG = 40  # seconds
NO_UDP = [
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--ignore-certificate-errors",
]  # the relay's certificate is its own
PATH = """async () => {
  const found = [];
  for (const line of window.naruRoom.lines.values()) {
    const reports = await line.getStats();
    const transport = [...reports.values()].find(({ type }) => type === "transport");
    const pair = reports.get(transport.selectedCandidatePairId);
    const own = reports.get(pair.localCandidateId);
    found.push([own.candidateType, own.relayProtocol || own.protocol, reports.get(pair.remoteCandidateId).address]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def coturn():
    with relays.coturn() as settings:
        yield settings


@pytest.fixture(scope="module", params=["blocked", "ipv6"])
def way(request):
    return request.param


@pytest.fixture(scope="module")
def product(way, request):
    """A product that can be reached this way."""
    env = request.getfixturevalue("coturn") if way == "blocked" else {"MEDIA_ADDRESSES": "::1"}
    with tempfile.TemporaryDirectory(prefix="naru-reach-") as folder, running(Path(folder) / "state", **env) as started:
        yield started


@pytest.fixture(scope="module")
def chromium(way, playwright):
    """A browser in a clinic that lets no UDP out, or an ordinary one."""
    flags = [*services.BROWSER_FLAGS, *(NO_UDP if way == "blocked" else [])]
    browser = playwright.chromium.launch(executable_path=services.browser(), args=flags)
    yield browser
    browser.close()


def test_they_see_and_hear_each_other_all_the_same(way, sign_in):
    assistant, doctor = sign_in("박미영"), sign_in("김서연")
    steps.walk_in(assistant, "박길동", "1950-1-1")
    assistant.locator("main a.nhsuk-button").first.click()
    visit = steps.tell(assistant, "무릎이 아파요", start=False)
    doctor.goto(f"/desk/visit/{visit}/")
    steps.call_in(doctor, visit)
    assistant.goto(f"/visit/{visit}/room/")
    for page in (doctor, assistant):
        steps.sees_and_hears(page, LONG)
        for kind, protocol, address in page.evaluate(PATH):
            assert (kind, protocol) == ("relay", "tls") if way == "blocked" else address == "::1"

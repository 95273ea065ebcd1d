"""Every page for everybody: no barrier that axe knows (WCAG 2.2 A and AA), and nothing cut off at 320 px (400 % zoom)."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from . import steps

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}
DESKTOP, ZOOMED = {"width": 1280, "height": 860}, {"width": 320, "height": 640}
SIDEWAYS = """() => {
  const width = document.documentElement.clientWidth;
  const inside = (element) => element.closest("[data-scrolls], pre, .naru-hidden, .nhsuk-u-visually-hidden");
  const wide = [...document.querySelectorAll("main *")].filter(
    (element) => element.getBoundingClientRect().right > width + 1 && element.offsetWidth && !inside(element));
  const scrolls = [...document.querySelectorAll(".naru-scroll")].filter((box) => box.scrollWidth > box.clientWidth + 1);
  const found = document.documentElement.scrollWidth > width ? wide.slice(0, 5) : scrolls;
  return found.map((element) => element.outerHTML.slice(0, 120));
}"""
SIZE = {"ko": ZOOMED, "en": DESKTOP}
PERSON = {"ko": "한지민", "en": "Daniel Reed"}
DOCTOR = ["/desk/calendar/", "/desk/hours/", "/desk/kinds/", "/booking/calendars/", "/desk/duty/handover/", "/fairness/"]
STEPS = ["words", "onset", "conditions", "vitals", "photo", "consent", "summary"]


@pytest.fixture
def look(subtests, language):
    """Look at a page, without an address at what is there now: for barriers in one size a language, for width in both."""

    def look(page, address=None):
        with subtests.test(address=address or page.url):
            if address:
                page.goto(address)
            page.set_viewport_size(SIZE[language])
            found = Axe().run(page, options=RULES).response["violations"]
            page.set_viewport_size(ZOOMED)
            barriers = [f"{rule['id']} {node['html'][:140]}" for rule in found for node in rule["nodes"]]
            barriers += [f"sideways: {element}" for element in page.evaluate(SIDEWAYS)]
            assert not barriers, "\n".join(barriers)

    return look


def invited(page):
    """Make a link for an interpreter on the page of guests."""
    page.locator("[name=role]").select_option("interpreter")
    page.locator("main form[action$='/invite/'] button").click()
    return page.locator("[data-invited] .naru-link a").get_attribute("href")


@pytest.mark.once
@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_page_shuts_anybody_out(sign_in, product, look, language):
    def window(name):
        page = sign_in(name, locale=language)
        page.context.add_cookies([{"name": "django_language", "value": language, "url": product.url}])
        return page

    stranger, patient = window(None), window(PERSON[language])
    doctor, assistant, coordinator = window("김서연"), window("박미영"), window("정현우")
    for address in ("/", "/demo/", "/account/login/", "/account/signup/", "/account/password/reset/", "/link/", "/nowhere/"):
        look(stranger, address)
    for address in ("/home/", "/start/", "/booking/", "/booking/mine/", "/people/", "/account/2fa/", "/account/email/"):
        look(patient, address)
    patient.goto("/booking/mine/")
    booked = re.search(r"/appointment/([0-9a-f-]{36})/", patient.content()).group(1)
    for address in (f"/appointment/{booked}/", f"/appointment/{booked}/move/", f"/appointment/{booked}/cancel/"):
        look(patient, address)
    look(patient, f"/appointment/{booked}/check/")
    patient.goto("/start/")
    patient.locator("form.naru-card button").first.click()
    visit = steps.VISIT.search(patient.url).group(1)
    for step in STEPS:
        look(patient, f"/visit/{visit}/intake/{step}/")
    patient.goto(f"/visit/{visit}/intake/words/")
    steps.tell(patient, "가슴이 조이고 식은땀이 나요" if language == "ko" else "I have chest pain and cold sweat", start=False)
    for address in (f"/visit/{visit}/", f"/visit/{visit}/check/", f"/visit/{visit}/guests/"):
        look(patient, address)
    guest = window(None)
    link = invited(patient)
    look(guest, link)
    guest.locator("[name=name]").fill("민수")
    guest.locator("main form button").click()
    look(guest, guest.url)
    for address in DOCTOR:
        look(doctor, address)
    look(doctor, "/ledger/")
    look(doctor, doctor.locator(".naru-ledger a.naru-row__name").first.get_attribute("href"))
    look(doctor, "/desk/queue/")
    look(assistant, "/desk/frontdesk/")
    for address in ("/desk/board/", "/desk/caller/", "/desk/missed/"):
        look(coordinator, address)
    steps.call_in(doctor, visit)
    look(doctor, f"/desk/visit/{visit}/")
    look(patient, f"/visit/{visit}/room/")
    doctor.locator("[data-admit]").click()
    guest.locator("#join").click()
    look(guest, guest.url)
    for address in ("/desk/rescue/", f"/desk/rescue/{visit}/"):
        look(coordinator, address)
    doctor.set_viewport_size(DESKTOP)
    steps.write_papers(doctor)
    look(doctor)
    look(doctor, doctor.locator("#review").get_attribute("formaction"))  # the same as a page, where no script runs
    doctor.locator("#sign-all").click()
    doctor.wait_for_url("**/desk/visit/*/")
    look(doctor, f"/desk/visit/{visit}/")
    patient.wait_for_url(f"**/visit/{visit}/")  # the room has closed, and the page goes there by itself
    for address in (f"/visit/{visit}/summary/", f"/visit/{visit}/prescription/"):
        look(patient, address)
    patient.goto(f"/visit/{visit}/summary/")
    look(patient, patient.locator("a[href*='/letter/']").get_attribute("href"))

"""Pictures of the main pages, each role, both languages, phone and desktop: `make shots` writes them to docs/pictures."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import services
from tests.journeys import steps
from tests.product import ROOT, running

FOLDER = ROOT / "docs" / "pictures"
DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
STORIES = {"ko": ("한지민", "가슴이 조이고 식은땀이 나요"), "en": ("Daniel Reed", "I have had a runny nose for two days")}
NOTES = {
    "ko": (
        "급성 관상동맥 증후군 의심",
        "119로 응급실 이송",
        "심장에 피가 잘 통하지 않을 수 있습니다. 지금 119로 응급실에 가세요. 운전은 하지 마세요.",
    ),
    "en": (
        "Acute nasopharyngitis",
        "Rest, fluids, paracetamol for fever",
        "You have a cold. Rest and drink a lot. Call again if you have a fever.",
    ),
}


class Camera:
    """Opens windows as people of the demo and takes pictures."""

    def __init__(self, browser, product, folder):
        self.browser, self.product, self.folder = browser, product, folder

    def window(self, person, language, size):
        context = self.browser.new_context(
            base_url=self.product.url, viewport=size, permissions=["camera", "microphone"], locale=language
        )
        page = context.new_page()
        page.set_default_timeout(20_000)
        if person:
            page.goto("/demo/")
            page.get_by_role("button", name=person).click()
        context.add_cookies([{"name": "django_language", "value": language, "url": self.product.url}])
        return page

    def take(self, page, name, language, address=None, whole=False):
        if address:
            page.goto(address)
        page.wait_for_timeout(600)
        shape = "phone" if page.viewport_size["width"] < 500 else "desktop"
        page.screenshot(path=self.folder / f"{name}-{language}-{shape}.png", full_page=whole)
        print(f"  {name}-{language}-{shape}.png", flush=True)


def one_language(camera, language):
    """One visit, photographed at each step."""
    person, words = STORIES[language]
    camera.take(camera.window(None, language, PHONE), "front", language, "/")
    patient = camera.window(person, language, PHONE)
    camera.take(patient, "home", language, "/home/")
    camera.take(patient, "booking", language, "/booking/")
    camera.take(patient, "start", language, "/start/")
    patient.locator("form.naru-card button").first.click()
    camera.take(patient, "words", language)
    visit = steps.VISIT.search(patient.url).group(1)
    patient.goto(f"/visit/{visit}/intake/words/")
    patient.locator("textarea[name=words]").fill(words)
    patient.locator("main form[method=post] button.nhsuk-button").first.click()
    camera.take(patient, "question", language)
    camera.take(patient, "consent", language, f"/visit/{visit}/intake/consent/")
    for box in patient.locator("main input[type=checkbox]").all():
        box.check()
    patient.locator("main form[method=post] button.nhsuk-button").first.click()
    camera.take(patient, "summary", language, f"/visit/{visit}/intake/summary/")
    patient.locator("#send").click()
    camera.take(patient, "waiting", language)
    for size in (DESKTOP, PHONE):
        doctor = camera.window("김서연", language, size)
        camera.take(doctor, "queue", language, "/desk/queue/")
    doctor = camera.window("김서연", language, DESKTOP)
    doctor.goto("/desk/queue/")
    steps.call_in(doctor, visit)
    patient.goto(f"/visit/{visit}/room/")
    steps.sees_and_hears(doctor)
    camera.take(patient, "room", language)
    camera.take(doctor, "workspace", language)
    for size in (DESKTOP, PHONE):
        camera.take(camera.window("정현우", language, size), "rescue", language, "/desk/rescue/")
    steps.write_papers(doctor, *NOTES[language])
    camera.take(doctor, "finish", language)
    doctor.locator("#sign-all").click()
    doctor.locator("[name=note-plan]").wait_for(state="detached")
    camera.take(doctor, "report", language, "/ledger/report/")
    camera.take(patient, "finished", language, f"/visit/{visit}/summary/")
    camera.take(camera.window("박미영", language, DESKTOP), "frontdesk", language, "/desk/frontdesk/")
    camera.take(camera.window("정현우", language, DESKTOP), "board", language, "/desk/board/")


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as state, running(Path(state) / "state") as product, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=services.browser(), args=services.BROWSER_FLAGS)
        for language in ("ko", "en"):
            one_language(Camera(browser, product, folder), language)
        browser.close()


if __name__ == "__main__":
    main()

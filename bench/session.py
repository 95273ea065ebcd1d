"""A doctor's ten patients by keyboard alone, real browsers, video: `python -m bench.session [ko|en]`; keys, clicks and seconds.

Each patient waits with an open page and joins when called. Nobody thinks and nobody talks: the seconds are the product's own.
Keys are counted as they are pressed, typed letters apart; clicks are counted by the page, from the pointer alone.
"""

import contextlib
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import sync_playwright

from tests import services
from tests.journeys import steps
from tests.product import running

CLICKS = """() => addEventListener("click", (event) => {
  if (event.isTrusted && event.detail) sessionStorage.clicks = 1 + Number(sessionStorage.clicks || 0);
}, true)"""
NEXT = "[data-call-in]"
SEOUL = "나루 서울의원"  # as the coordinator reads it


class Work(NamedTuple):
    """What one patient needs beside the note; by the place of the word in what a language says."""

    phrase: int
    medicines: tuple[int, ...] = ()
    letter: str = ""
    follow_up: bool = False


COLD, BACK = range(2)
PARACETAMOL, LOXOPROFEN, EPERISONE, CETIRIZINE, AMBROXOL = range(5)
DAY = [
    Work(COLD, (PARACETAMOL,)),
    Work(BACK, (LOXOPROFEN, EPERISONE)),
    Work(COLD),
    Work(COLD, (CETIRIZINE,), "s"),
    Work(BACK, follow_up=True),
    Work(COLD, (PARACETAMOL, AMBROXOL, CETIRIZINE)),
    Work(BACK, (), "r"),
    Work(COLD, (PARACETAMOL,)),
    Work(BACK, (LOXOPROFEN,), "", True),
    Work(COLD, (PARACETAMOL,), "s"),
]


class Words(NamedTuple):
    """The doctor of the demo who speaks this language, and what is typed."""

    doctor: str
    phrases: tuple[str, ...]
    medicines: tuple[str, ...]
    specialty: str
    story: str


SAID = {
    "ko": Words(
        "김서연", ("/감기 ", "/허리 "),
        ("타이레놀 500mg", "록소프로펜 60mg", "에페리손 50mg", "세티리진 10mg", "암브록솔 30mg"),
        "정형외과", "이틀째 콧물이 나요",
    ),
    "en": Words(
        "Emily Carter", ("/cold ", "/back "),
        ("paracetamol 500mg", "loxoprofen 60mg", "eperisone 50mg", "cetirizine 10mg", "ambroxol 30mg"),
        "orthopaedics", "I have had a runny nose for two days",
    ),
}  # fmt: skip


class Doctor:
    """A doctor's window, and the keys pressed in it."""

    def __init__(self, page):
        self.page, self.keys, self.letters = page, 0, 0
        page.add_init_script(f"({CLICKS})()")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def write(self, text):
        self.page.keyboard.type(text)
        self.letters += len(text)

    def focused(self, selector):
        steps.wait_for(lambda: self.page.evaluate("s => document.activeElement?.matches(s)", selector), what=selector)

    @property
    def clicks(self):
        return int(self.page.evaluate("sessionStorage.clicks || 0"))


def one(doctor, patient, work, said):
    """Seconds until both see and hear each other, and until everything is signed."""
    page, at = doctor.page, doctor.page.url
    ready(page)
    began = time.monotonic()
    doctor.press("n")
    page.wait_for_url(lambda url: url != at)
    ready(page)
    patient.locator("#join").click()
    steps.sees_and_hears(page)
    met = time.monotonic() - began
    doctor.press("w")
    doctor.write(said.phrases[work.phrase])
    for number, medicine in enumerate(work.medicines):
        prescribe(doctor, said.medicines[medicine], number)
    if work.letter:
        write_letter(doctor, work.letter, said)
    if work.follow_up:
        doctor.press("Escape", "a")
        doctor.focused(".naru-slots button")
        doctor.press("Enter")
        page.locator("#follow-up p b").first.wait_for()
    doctor.press("Control+Enter")
    if work.medicines or work.letter:
        doctor.focused("#sign-all")
        doctor.press("Enter")
    page.locator("#note-form").wait_for(state="detached")
    return met, time.monotonic() - began


def ready(page):
    """The script that hears the keys shows the button of their help."""
    page.locator("[data-keys-open]").wait_for()


def prescribe(doctor, name, number):
    if number == 0:
        doctor.press("Escape", "p")
    doctor.focused("[name=medicine-medication]")
    doctor.write(name)
    doctor.press("Enter")
    steps.wait_for(lambda: doctor.page.locator("#prescription .naru-medicines li").count() == number + 1, what=name)


def write_letter(doctor, key, said):
    doctor.press("Escape", key)
    doctor.focused(".naru-paper input")
    if key == "r":
        doctor.write(said.specialty)


def main(language="ko"):
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="naru-session-"))
        product = stack.enter_context(running(Path(folder) / "state"))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=services.browser(), args=services.BROWSER_FLAGS)
        stack.callback(browser.close)
        rows = session(browser, product.url, language)
    show(rows)


def session(browser, url, language):
    said = SAID[language]
    open_window = partial(window, browser, url, language)
    coordinator, doctor = open_window("정현우"), Doctor(open_window(said.doctor))
    for number in range(len(DAY)):  # beside those who wait in the demo already
        steps.walk_in(coordinator, f"이나루{number}", "1960-1-1", SEOUL)  # where both doctors work
        coordinator.locator("main a.nhsuk-button").first.click()
        steps.tell(coordinator, said.story, start=False)
    doctor.page.goto("/desk/queue/")
    rows = []
    for work in DAY:
        patient = open_page_of(next_visit(doctor.page), coordinator, open_window)
        doctor.page.bring_to_front()
        doctor.page.reload()  # so that the list on the page is the one just read
        before = doctor.keys, doctor.letters, doctor.clicks
        met, done = one(doctor, patient, work, said)
        after = doctor.keys, doctor.letters, doctor.clicks
        rows.append((work, *(now - then for now, then in zip(after, before, strict=True)), met, done))
        print(len(rows), f"{met:.1f} s to meet, {done:.1f} s in all", flush=True)
        patient.context.close()
    return rows


def next_visit(page):
    """Whom the next key would call in."""
    page.locator(NEXT).first.wait_for()
    if page.url.endswith("/queue/"):
        return steps.order(page)[0]
    return steps.VISIT.search(page.locator(NEXT).first.evaluate("button => button.form.action")).group(1)


def open_page_of(visit, coordinator, open_window):
    """The patient's own window, by the link of the visit, on the page of the visit."""
    coordinator.goto(f"/desk/frontdesk/{visit}/")
    patient = open_window()
    patient.goto(coordinator.locator(".naru-link a").first.get_attribute("href"))
    return patient


def window(browser, url, language, name=None):
    context = browser.new_context(permissions=["camera", "microphone"], base_url=url, locale=language)
    context.add_cookies([{"name": "django_language", "value": language, "url": url}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    if name:
        page.goto("/demo/")
        page.get_by_role("button", name=name).click()
    return page


def show(rows):
    print("| patient | medicines | letter | follow-up | keys | letters typed | clicks | seconds to meet | seconds in all |")
    print("|---|---|---|---|---|---|---|---|---|")
    for number, (work, keys, letters, clicks, met, done) in enumerate(rows, 1):
        kind = {"r": "referral", "s": "sick note"}.get(work.letter, "")
        facts = f"{len(work.medicines)} | {kind} | {'yes' if work.follow_up else ''} | {keys} | {letters} | {clicks}"
        print(f"| {number} | {facts} | {met:.1f} | {done:.1f} |")
    keys, letters, clicks, met, done = (sum(column) for column in list(zip(*rows, strict=True))[1:])
    print(f"| all | | | | {keys} | {letters} | {clicks} | {met:.1f} | {done:.1f} |")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""What people do on the pages, as sentences."""

import re
import time

VISIT = re.compile(r"/visit/([0-9a-f-]{36})/")


def walk_in(page, name, born, clinic=None):
    """Write a person's name, birth date and sex on the front desk and bring them in; ends on the hand-over page."""
    page.goto("/desk/frontdesk/")
    if clinic:
        page.locator("[name=clinic]").select_option(label=clinic)
    page.locator("[name=name]").fill(name)
    page.locator("[name=birth_date]").fill(born)
    page.locator("[name=sex]").select_option("female")
    page.locator("main form[method=post] button.nhsuk-button").first.click()
    page.wait_for_url("**/desk/frontdesk/*/")


def tell(page, words, *, start=True):
    """Tell a story from "I am unwell" to the last page, passing over the questions; returns the visit's id."""
    visit = say_and_agree(page, words, start=start)
    send(page, visit)
    return visit


def say_and_agree(page, words, *, start=True):
    """The words and the consents; ends where the questions begin, or on the summary when there are none."""
    if start:
        page.goto("/start/")
        page.locator("form.naru-card button").first.click()
    page.locator("textarea[name=words]").fill(words)
    page.locator("main form[method=post] button.nhsuk-button").first.click()
    visit = VISIT.search(page.url).group(1)
    page.goto(f"/visit/{visit}/intake/consent/")
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    page.locator("main form[method=post] button.nhsuk-button").first.click()
    return visit


def answer_all(page, answers):
    """Answer every question of the interview, "I don't know" where nothing else is given; which were asked, in order."""
    asked = []
    while "/intake/questions/" in page.url and len(asked) < 20:
        asked.append(page.locator("input[name=question]").input_value())
        page.locator(f"input[name=value][value={answers.get(asked[-1], 'unknown')}]").check()
        page.locator("main form[method=post] button.nhsuk-button").first.click()
    return asked


def send(page, visit):
    """Send what was told."""
    page.goto(f"/visit/{visit}/intake/summary/")
    page.locator("#send").click()
    page.wait_for_url(f"**/visit/{visit}/")


def write_papers(doctor, *note):
    """A note, a medicine and a sick note; ends at the last look before the signature."""
    for name, text in zip(("assessment", "plan", "summary"), note or "———", strict=True):
        doctor.locator(f"[name=note-{name}]").fill(text)
    doctor.locator("#prescription summary").click()
    doctor.locator("[name=medicine-medication]").fill("타이레놀 500mg")
    doctor.locator("[name=medicine-medication]").press("Enter")
    doctor.locator("#prescription .naru-medicines li").wait_for()
    doctor.locator("#letter-sick-note button").click()
    doctor.locator("#letter-sick-note textarea").wait_for()
    doctor.locator("#review").click()
    doctor.locator("#sign-all").wait_for()


def leave(page, visit):
    """The patient goes: the next test's people are new."""
    way_out = page.locator(f"form[action='/visit/{visit}/leave/']")
    way_out.evaluate("form => form.submit()")
    way_out.wait_for(state="detached")  # the answer is there


def row(page, visit):
    """A visit's line in the queue."""
    return page.locator(f"#visit-{visit}, #emergency-{visit}")


def call_in(doctor, visit):
    """The doctor calls this patient in; whoever an earlier test left in the room goes on hold."""
    address = f"/desk/visit/{visit}/call-in/"
    button = doctor.locator(f"form[action='{address}'] button, button[formaction='{address}']").first
    with doctor.expect_navigation():
        button.evaluate(
            "button => { button.form.insertAdjacentHTML('beforeend', '<input type=hidden name=instead>'); button.click(); }"
        )


def level(page, visit):
    """The level in the doctor's list, or None until somebody has judged."""
    page.reload()
    judged = row(page, visit).locator(".naru-acuity:not(.naru-acuity--open)")
    return int(re.search(r"[1-5]", judged.first.inner_text()).group()) if judged.count() else None


def order(page):
    """The visits in the queue, from the top."""
    return page.locator("[data-visit]").evaluate_all("rows => rows.map(row => row.dataset.visit)")


def wait_for(question, seconds=20, what=""):
    """Ask again until it is so."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {what or question}")


def received(page):
    """What a room really receives: decoded frames and the energy of the sound."""
    return page.evaluate("window.naruRoom ? window.naruRoom.stats() : {frames: 0, sound: 0, packets: 0}")


def sees_and_hears(page, seconds=25):
    """Wait until picture moves and sound has energy, from now on."""
    before = received(page)

    def more():
        now = received(page)
        fresh = now["frames"] < before["frames"]  # a new connection counts from zero
        frames = now["frames"] - (0 if fresh else before["frames"])
        sound = now["sound"] - (0 if fresh else before["sound"])
        return frames > 10 and sound > 0 and now

    return wait_for(more, seconds, "picture and sound of the other side")

"""Whatever dies in the middle of a visit, nothing is lost and everybody comes back."""

from playwright.sync_api import expect

from . import steps

BACK = 60  # seconds: restart with back-off, then the sweeper


def bring_in(page, name, words):
    """An assistant brings somebody in and tells their story."""
    steps.walk_in(page, name, "1950-1-1")
    page.locator("main a.nhsuk-button").first.click()
    return steps.tell(page, words, start=False)


def finish(doctor, visit):
    """The doctor signs a note."""
    doctor.goto(f"/desk/visit/{visit}/")
    for name in ("assessment", "plan", "summary"):
        doctor.locator(f"[name=note-{name}]").fill("검사 완료")
    doctor.locator("#sign").click()
    expect(doctor.locator("[name=note-plan]")).to_have_count(0)


def test_a_worker_killed_with_a_story_in_hand(product, sign_in):
    assistant, doctor = sign_in("박미영"), sign_in("김서연")
    with product.without("worker"):  # it stands still, so the story is certainly in its hands when it dies
        visit = bring_in(assistant, "김일남", "어제부터 기침이 나요")
        product.kill("worker")
    steps.wait_for(lambda: steps.level(doctor, visit), BACK, "the story is judged by the next worker")


def test_redis_killed_while_a_story_is_sent(product, sign_in):
    assistant, doctor = sign_in("박미영"), sign_in("김서연")
    was = product.kill("redis")
    visit = bring_in(assistant, "김이순", "목이 아프고 열이 조금 나요")
    doctor.goto("/desk/queue/")
    expect(steps.row(doctor, visit)).to_be_visible()  # in the queue at once, whatever Redis does
    product.wait_until_back("redis", was)
    steps.wait_for(lambda: steps.level(doctor, visit), BACK, "the story is judged when Redis is back")


def test_the_media_process_killed_during_a_visit(product, sign_in):
    assistant, doctor = sign_in("박미영"), sign_in("김서연")
    visit = bring_in(assistant, "김삼식", "허리가 아파요")
    doctor.goto(f"/desk/visit/{visit}/")
    steps.call_in(doctor, visit)
    assistant.goto(f"/visit/{visit}/room/")
    steps.sees_and_hears(doctor)
    steps.sees_and_hears(assistant)
    product.kill("media")
    steps.wait_for(lambda: steps.received(doctor)["frames"] == 0, BACK, "the old line is given up")
    steps.sees_and_hears(doctor, BACK)
    steps.sees_and_hears(assistant, BACK)
    finish(doctor, visit)

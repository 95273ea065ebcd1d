"""Somebody who waits asks why, has a person look, and grows worse: in a real browser, in both languages."""

import pytest

from . import steps

WORDS = {"ko": "이틀째 콧물이 나요. 열은 없어요", "en": "My nose has been running for two days, no fever"}
PEOPLE = {"ko": "한지민", "en": "Daniel Reed"}


@pytest.mark.once
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_person_looks_and_who_grows_worse_moves_forward(sign_in, product, language):
    patient = sign_in(PEOPLE[language], locale=language, viewport={"width": 390, "height": 844})
    patient.context.add_cookies([{"name": "django_language", "value": language, "url": product.url}])
    visit = steps.tell(patient, WORDS[language])
    doctor, coordinator = sign_in("김서연"), sign_in("정현우")
    doctor.goto("/desk/queue/")
    before = steps.wait_for(lambda: steps.level(doctor, visit), what="a judged level")

    patient.locator("details", has=patient.locator("ul")).first.locator("summary").click()
    assert patient.locator("details[open] li").count() > 0
    patient.locator("details", has=patient.locator("#person-words")).locator("summary").click()
    patient.locator("#person-words").fill("?")
    patient.locator(f"form[action='/visit/{visit}/person/'] button").click()
    coordinator.goto("/desk/board/")
    task = coordinator.locator(".naru-row--task", has=coordinator.locator(f"a[href='/desk/visit/{visit}/']"))
    task.locator("input[name=answer]").fill("OK, 9")
    task.locator("button").click()
    patient.get_by_text("OK, 9").wait_for()

    patient.goto(f"/visit/{visit}/how-are-you/")
    patient.locator("input[name=feeling][value=worse]").check()
    patient.locator("input[name=danger][value=none]").check()
    patient.locator("main form button.nhsuk-button").click()
    patient.wait_for_url(f"**/visit/{visit}/")
    assert steps.level(doctor, visit) == before - 1

    steps.leave(patient, visit)
    doctor.reload()
    assert not steps.row(doctor, visit).count()

"""A relative books for somebody who let them; a coordinator books for a caller by the keyboard alone: in both languages."""

import re

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import expect

pytestmark = [pytest.mark.once, pytest.mark.parametrize("language", ["ko", "en"])]
OTHER = {"ko": "en", "en": "ko"}
PEOPLE = {"ko": "한지민", "en": "Daniel Reed"}


def words(language, text):
    """What a page says, in the language of its reader."""
    with override(language):
        return gettext(text)


def press(page, language, text, role="button"):
    page.get_by_role(role, name=words(language, text)).click()


def test_a_relative_is_let_in_books_for_somebody_and_is_out_again(sign_in, language):
    name, theirs = PEOPLE[OTHER[language]], OTHER[language]
    patient, relative = sign_in(name, locale=theirs), sign_in(PEOPLE[language], locale=language)
    patient.goto("/people/")
    press(patient, theirs, "Make a link")
    relative.goto(patient.locator(".naru-link a").get_attribute("href"))
    press(relative, language, "Yes, I act for them")
    relative.goto("/booking/")
    relative.locator("main p a.nhsuk-button").first.click()  # one doctor there: nobody is asked which
    relative.locator("nav.naru-slots a[href*=day]").last.click()
    relative.locator(".naru-slots a:has(time)").first.click()
    relative.get_by_label(name).check()
    press(relative, language, "Book this time")
    both = words(language, "%(who)s for %(patient)s") % {"who": PEOPLE[language], "patient": name}
    expect(relative.locator("main")).to_contain_text(both)
    press(relative, language, "Cancel this appointment", role="link")
    press(relative, language, "Yes, cancel it")
    expect(relative.locator("main")).to_contain_text(words(language, "This appointment was cancelled."))
    patient.goto("/people/")
    press(patient, theirs, "End it now")
    assert relative.reload().status == 404


def test_somebody_calls_and_is_booked_by_the_keyboard_alone(sign_in, product, language):
    page = sign_in("정현우", locale=language)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": product.url}])
    page.goto("/desk/caller/")
    keys = []

    def hit(key):
        keys.append(key)
        page.keyboard.press(key)

    for field in "조순자", "19510412", "010-2345-6789":
        page.keyboard.type(field)
        hit("Tab")
    hit("Tab")  # past the question whether the person is known
    hit("Enter")  # the first free time
    page.wait_for_url(re.compile(r"/desk/caller/[0-9a-f-]{36}/"))
    expect(page.locator(".naru-words")).to_contain_text("조순자")
    expect(page.locator(".naru-words")).to_contain_text("6789")
    hit("Enter")  # the next caller
    page.wait_for_url("**/desk/caller/?clinic=*")
    expect(page.locator("[name=name]")).to_be_focused()
    assert len(keys) == 6

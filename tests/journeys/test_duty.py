"""A coordinator on a phone sees who is on duty and asks a doctor to come; the doctor hears it on an open page, and comes."""

import pytest


@pytest.mark.once
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_coordinator_asks_a_doctor_to_come_and_the_doctor_comes(sign_in, product, language):
    doctor, coordinator = sign_in("Emily Carter"), sign_in("정현우", viewport={"width": 360, "height": 800})
    for page in doctor, coordinator:
        page.context.add_cookies([{"name": "django_language", "value": language, "url": product.url}])
    end_of_shift(doctor)
    coordinator.goto("/desk/board/")
    row = coordinator.locator(".naru-doctors li", has_text="Emily Carter")
    row.locator("button").click()
    doctor.locator("form[id^=duty-call] button[value=yes]").click()  # it came by itself
    row.locator(".naru-doctors__state--on").wait_for()
    assert coordinator.evaluate("document.documentElement.scrollWidth <= innerWidth")
    end_of_shift(doctor)
    row.locator(".naru-doctors__state--off").wait_for()


def end_of_shift(doctor):
    """Off duty, whatever was before; ends on the queue."""
    doctor.goto("/desk/duty/handover/")
    over = doctor.locator("form[action='/desk/duty/end/'] button")
    if over.count():
        over.click()
        doctor.wait_for_url("**/desk/queue/")
    else:
        doctor.goto("/desk/queue/")

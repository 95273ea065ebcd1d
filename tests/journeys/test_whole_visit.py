"""From "it hurts" to a signed note, in real browsers against the whole product."""

from playwright.sync_api import expect

from . import steps


def test_a_whole_visit(sign_in):
    doctor = sign_in("김서연")
    expect(doctor.locator("#queue")).to_be_visible()
    mild = sign_in("Daniel Reed")
    cold = steps.tell(mild, "I have had a runny nose for two days")
    expect(steps.row(doctor, cold)).to_be_visible()

    patient = sign_in("한지민")
    heart = steps.tell(patient, "가슴이 조이고 식은땀이 나요")
    expect(patient.locator(".naru-emergency")).to_be_visible()
    expect(steps.row(doctor, heart)).to_be_visible()
    steps.wait_for(lambda: steps.row(doctor, heart).locator(".naru-acuity--2").count(), what="level 2 on the open page")
    steps.wait_for(lambda: steps.row(doctor, cold).locator(".naru-acuity--open").count() == 0, what="the cold is judged")
    order = steps.order(doctor)
    assert order.index(heart) < order.index(cold)

    steps.call_in(doctor, heart)
    doctor.wait_for_url(f"**/desk/visit/{heart}/")
    assert doctor.locator(".naru-words mark").first.inner_text() in "가슴이 조이고 식은땀이 나요"
    patient.locator("#join").click()
    assert steps.sees_and_hears(patient)["sound"] > 0
    assert steps.sees_and_hears(doctor)["sound"] > 0

    patient.locator("[data-room-say] input[name=text]").fill("왼팔도 저려요")
    patient.locator("[data-room-say] button").click()
    expect(doctor.locator("[data-room-chat]")).to_contain_text("왼팔도 저려요")

    doctor.locator("[name=note-assessment]").fill("급성 관상동맥증후군 의심")
    doctor.locator("[name=note-plan]").fill("119로 이송, 심전도")
    doctor.locator("#sign").click()
    expect(doctor.locator("[data-note-refused]")).to_be_visible()  # the words for the patient are missing
    doctor.goto(f"/desk/visit/{heart}/")
    expect(doctor.locator("[name=note-plan]")).to_have_value("119로 이송, 심전도")
    doctor.locator("[name=note-summary]").fill("심장 문제일 수 있어 구급차를 불렀습니다.")
    doctor.locator("#sign").click()
    expect(doctor.locator("[name=note-plan]")).to_have_count(0)

    patient.goto(f"/visit/{heart}/summary/")
    expect(patient.locator("main")).to_contain_text("심장 문제일 수 있어 구급차를 불렀습니다.")
    expect(patient.locator("main table")).to_contain_text("김서연")


def test_the_village_brings_in_a_patient_without_a_user(sign_in):
    assistant = sign_in("박미영")
    steps.walk_in(assistant, "최점순", "1939-4-2")
    link = assistant.locator(".naru-link a").get_attribute("href")
    assistant.locator("main a.nhsuk-button").first.click()
    visit = steps.tell(assistant, "무릎이 아파서 걷기가 힘들어요", start=False) if "/intake/" in assistant.url else None
    assert visit

    doctor = sign_in("김서연")
    steps.wait_for(lambda: steps.row(doctor, visit).count(), what="the village patient in the queue")
    steps.call_in(doctor, visit)
    doctor.wait_for_url(f"**/desk/visit/{visit}/")

    tablet = sign_in(None)  # the patient's own device: no account, only the link
    tablet.goto(link)
    tablet.locator("#join").click()
    assistant.goto(f"/visit/{visit}/room/")
    steps.sees_and_hears(tablet)
    steps.sees_and_hears(doctor)
    steps.sees_and_hears(assistant)
    for name, text in (("assessment", "무릎 관절염"), ("plan", "진통제"), ("summary", "무릎이 닳아서 아픈 것입니다.")):
        doctor.locator(f"[name=note-{name}]").fill(text)
    doctor.locator("#sign").click()
    expect(doctor.locator("[name=note-plan]")).to_have_count(0)
    tablet.goto(f"/visit/{visit}/")
    expect(tablet.locator("main")).to_contain_text("무릎이 닳아서 아픈 것입니다.")

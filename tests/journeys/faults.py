"""A visit between a doctor and a patient who came by the link, a coordinator at the rescue board, and faults to inject."""

from . import steps


class Visit:
    """The windows of everybody, and what the board says."""

    def __init__(self, sign_in, name):
        self.sign_in = sign_in
        assistant, self.doctor, self.coordinator = sign_in("박미영"), sign_in("김서연"), sign_in("정현우")
        steps.walk_in(assistant, name, "1950-1-1")
        self.link = assistant.locator(".naru-link a").get_attribute("href")
        assistant.locator("main a.nhsuk-button").first.click()
        self.id = steps.tell(assistant, "무릎이 아파요", start=False)
        self.doctor.goto(f"/desk/visit/{self.id}/")
        self.doctor.locator(f"form[action='/desk/visit/{self.id}/call-in/'] button").click()
        self.coordinator.goto("/desk/rescue/")

    def patient_comes(self, **how):
        """The patient opens the link on a device of their own and goes into the room."""
        self.patient = self.sign_in(None, **how)
        self.patient.goto(self.link)
        self.patient.goto(f"/visit/{self.id}/room/")
        return self.patient

    def meet(self):
        """Both see and hear each other."""
        self.patient_comes()
        steps.sees_and_hears(self.doctor)
        steps.sees_and_hears(self.patient)
        self.until_board_says("fine", "green")
        return self

    @property
    def row(self):
        return self.coordinator.locator(f"#rescue-{self.id}")

    def board(self):
        """The level of the visit, and everybody's cause, as the open board shows them now."""
        causes = self.row.locator("[data-cause]").evaluate_all("lines => lines.map((line) => line.dataset.cause)")
        return self.row.get_attribute("data-level") if causes else None, causes

    def until_board_says(self, cause, *levels, seconds=40):
        """Wait for a cause (`fine`: nothing else is said of anybody) and one of the levels; nobody reloads the board."""

        def said():
            level, causes = self.board()
            return level in levels and (cause in causes if cause != "fine" else set(causes) == {"fine"})

        return steps.wait_for(said, seconds, f"the board says {cause}; it says {self.board()}")

    # --- faults

    def deny_devices(self):
        self.patient_comes(allowed=False)

    def cut(self, link):
        link.set("both", loss=100)

    def block_udp(self, link):
        """Nothing passes before the patient ever had a line."""
        link.set("both", loss=100)
        self.patient_comes()

    def doctor_goes(self):
        self.doctor.close()

    def patient_goes(self):
        self.patient.locator("[data-room-leave]").click()

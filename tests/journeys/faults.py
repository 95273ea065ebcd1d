"""A visit between a doctor and a patient who came by the link, a coordinator at the rescue board, and faults to inject."""

from . import steps

NO_DEVICES = "Object.defineProperty(navigator, 'mediaDevices', { value: undefined })"
BUSY = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('in use', 'NotReadableError'))"


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
        steps.call_in(self.doctor, self.id)
        self.coordinator.goto("/desk/rescue/")

    def patient_comes(self, script="", **how):
        """The patient opens the link on a device of their own, which a script may make worse, and goes into the room."""
        self.patient = self.sign_in(None, **how)
        self.patient.add_init_script(script)
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

    # --- faults; each returns the cause that the board must name

    def denied(self, _link):
        """The browser refuses camera and microphone."""
        self.patient_comes(allowed=False)
        return "denied"

    def busy(self, _link):
        """Another program has camera and microphone."""
        self.patient_comes(BUSY)
        return "device"

    def old(self, _link):
        """The browser knows no cameras."""
        self.patient_comes(NO_DEVICES)
        return "browser"

    def blocked(self, link):
        """No UDP passes, from before the patient comes."""
        link.set("both", loss=100)
        self.patient_comes()
        return "blocked"

    def cut(self, link):
        """Nothing passes any more."""
        link.set("both", loss=100)
        return "uplink"

    def deaf(self, link):
        """Nothing passes from the server to the people any more."""
        link.set("down", loss=100)
        return "downlink"

    def narrow(self, link):
        """The link carries voices alone."""
        link.set("both", delay=20, kbit=150)
        return "weak"

    def doctor_gone(self, _link):
        """The doctor's page is closed."""
        self.doctor.close()
        return "doctor-gone"

    def patient_gone(self, _link):
        """The patient's page is closed."""
        self.patient.close()
        return "patient-gone"


WHILE_COMING = (Visit.denied, Visit.busy, Visit.old, Visit.blocked)
WHILE_TALKING = (Visit.cut, Visit.deaf, Visit.narrow, Visit.doctor_gone, Visit.patient_gone)
